package dev.andiron.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Inserts many rows with few statements. Rows of which many in a row are the same in their first
 * columns have those bound once for all of them: to bind a variable takes about as long as SQLite
 * takes over it. For the writer's thread.
 *
 * @param <R> a row
 */
final class BulkInsert<R> {
    /** Rows a statement: as many as there are, in these portions. */
    private static final int[] PORTIONS = {50, 10, 3, 1};

    /** The portions that are worth a statement of their own for what they share. */
    private static final int SHARING_PORTIONS = 2;

    private final String[] statements = new String[PORTIONS.length];
    private final String[] sharing = new String[SHARING_PORTIONS];
    private final Binder<R> shared;
    private final Binder<R> own;
    private final BiPredicate<R, R> share;
    private final boolean isSharing;

    /** Binds columns of a row. */
    @FunctionalInterface
    interface Binder<R> {
        /**
         * @param first the index of the first bind variable
         * @return the index behind the last one
         */
        int bind(PreparedStatement statement, int first, R row) throws SQLException;
    }

    /**
     * @param insert the statement up to {@code VALUES}
     * @param columns how many bind variables a row has
     */
    BulkInsert(String insert, int columns, Binder<R> binder) {
        this(insert, 0, columns, (_, first, _) -> first, binder, (_, _) -> false);
    }

    /**
     * @param insert the statement up to {@code VALUES}, which names first the columns that rows
     *     share
     * @param sharedColumns how many those are
     * @param ownColumns how many others there are
     * @param share whether two rows are the same in the columns that are shared
     */
    BulkInsert(
            String insert,
            int sharedColumns,
            int ownColumns,
            Binder<R> shared,
            Binder<R> own,
            BiPredicate<R, R> share) {
        this.shared = shared;
        this.own = own;
        this.share = share;
        isSharing = sharedColumns > 0;
        String row =
                "(" + String.join(", ", Collections.nCopies(sharedColumns + ownColumns, "?")) + ")";
        for (int i = 0; i < PORTIONS.length; i++) {
            statements[i] =
                    insert + " VALUES " + String.join(", ", Collections.nCopies(PORTIONS[i], row));
        }
        for (int i = 0; i < SHARING_PORTIONS; i++) {
            sharing[i] =
                    insert
                            + " VALUES "
                            + IntStream.range(0, PORTIONS[i])
                                    .mapToObj(place -> sharing(sharedColumns, ownColumns, place))
                                    .collect(Collectors.joining(", "));
        }
    }

    /** The variables of a row that begins with those that all rows have. */
    private static String sharing(int sharedColumns, int ownColumns, int place) {
        int first = sharedColumns + place * ownColumns;
        return IntStream.concat(
                        IntStream.rangeClosed(1, sharedColumns),
                        IntStream.rangeClosed(first + 1, first + ownColumns))
                .mapToObj(number -> "?" + number)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    /** Inserts the rows and forgets them. */
    void flush(Session session, ArrayList<R> rows) throws SQLException {
        insert(session, rows);
        rows.clear();
    }

    /** Inserts the rows. */
    void insert(Session session, List<R> rows) throws SQLException {
        insertSingly(session, isSharing ? insertRuns(session, rows) : rows);
    }

    /**
     * Inserts those that share enough.
     *
     * @return the others, in their order
     */
    private List<R> insertRuns(Session session, List<R> rows) throws SQLException {
        int least = PORTIONS[SHARING_PORTIONS - 1];
        if (rows.size() < least) {
            return rows;
        }
        var rest = new ArrayList<R>();
        int next = 0;
        while (next < rows.size()) {
            R first = rows.get(next);
            int end = next + 1;
            while (end < rows.size() && share.test(first, rows.get(end))) {
                end++;
            }
            for (int portion = 0; portion < SHARING_PORTIONS; portion++) {
                while (end - next >= PORTIONS[portion]) {
                    PreparedStatement statement = session.prepare(sharing[portion]);
                    int index = shared.bind(statement, 1, first);
                    int stop = next + PORTIONS[portion];
                    for (; next < stop; next++) {
                        index = own.bind(statement, index, rows.get(next));
                    }
                    statement.executeUpdate();
                }
            }
            for (; next < end; next++) {
                rest.add(rows.get(next));
            }
        }
        return rest;
    }

    private void insertSingly(Session session, List<R> rows) throws SQLException {
        int next = 0;
        for (int portion = 0; portion < PORTIONS.length; portion++) {
            while (rows.size() - next >= PORTIONS[portion]) {
                PreparedStatement statement = session.prepare(statements[portion]);
                int index = 1;
                int stop = next + PORTIONS[portion];
                for (; next < stop; next++) {
                    R row = rows.get(next);
                    index = own.bind(statement, shared.bind(statement, index, row), row);
                }
                statement.executeUpdate();
            }
        }
    }
}
