package dev.andiron.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Inserts many rows with few statements. For the writer's thread.
 *
 * @param <R> a row
 */
final class BulkInsert<R> {
    /** Rows a statement: as many as there are, in these portions. */
    private static final int[] PORTIONS = {50, 10, 3, 1};

    private final String[] statements = new String[PORTIONS.length];
    private final Binder<R> binder;

    /** Binds the columns of a row. */
    @FunctionalInterface
    interface Binder<R> {
        /**
         * @param first the index of the row's first bind variable
         * @return the index behind its last one
         */
        int bind(PreparedStatement statement, int first, R row) throws SQLException;
    }

    /**
     * @param insert the statement up to {@code VALUES}
     * @param columns how many bind variables a row has
     */
    BulkInsert(String insert, int columns, Binder<R> binder) {
        this.binder = binder;
        String row = "(" + String.join(", ", Collections.nCopies(columns, "?")) + ")";
        for (int i = 0; i < PORTIONS.length; i++) {
            statements[i] =
                    insert + " VALUES " + String.join(", ", Collections.nCopies(PORTIONS[i], row));
        }
    }

    /** Inserts the rows and forgets them. */
    void flush(Session session, ArrayList<R> rows) throws SQLException {
        insert(session, rows);
        rows.clear();
    }

    /** Inserts the rows. */
    void insert(Session session, List<R> rows) throws SQLException {
        int next = 0;
        for (int portion = 0; portion < PORTIONS.length; portion++) {
            while (rows.size() - next >= PORTIONS[portion]) {
                PreparedStatement statement = session.prepare(statements[portion]);
                int index = 1;
                for (int i = 0; i < PORTIONS[portion]; i++) {
                    index = binder.bind(statement, index, rows.get(next));
                    next++;
                }
                statement.executeUpdate();
            }
        }
    }
}
