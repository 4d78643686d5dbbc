package dev.andiron.sqlite;

import dev.andiron.sql.IndexEntry;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Texts of a transaction on their way into the full-text index. The first text of a resource has
 * the resource's number; further ones have it plus so many times {@link #SLOT}, so that no index
 * has to lead from resources to texts, and the numbers of most texts lie close together. Nothing is
 * asked of the database while there has never been any. For the writer's thread.
 */
final class FullTextBuffer {
    /** More than resources can have as numbers. */
    static final long SLOT = 1L << 40;

    private static final String OF_RESOURCE = "id = ?1 OR (id >= " + SLOT + " AND resource = ?1)";
    private static final Comparator<Row> ORDER = Comparator.comparingLong(Row::id);
    private static final BulkInsert<Row> INSERT =
            new BulkInsert<>("INSERT INTO full_text_index (id, parameter, words)", 3, Row::bind);

    private static final BulkInsert<Row> INSERT_WORDS =
            new BulkInsert<>("INSERT INTO full_text (rowid, words, parameter)", 3, Row::bindWords);

    private final Session session;
    private final ArrayList<Row> rows = new ArrayList<>();
    private long lastResource;
    private long slots;
    private boolean any;

    private record Row(long id, long parameter, IndexEntry.FullText text) {
        static int bind(PreparedStatement statement, int first, Row row) throws SQLException {
            statement.setLong(first, row.id);
            statement.setLong(first + 1, row.parameter);
            statement.setLong(first + 2, row.text.distinctWords());
            return first + 3;
        }

        static int bindWords(PreparedStatement statement, int first, Row row) throws SQLException {
            statement.setLong(first, row.id);
            statement.setString(first + 1, String.join(" ", row.text.words()));
            statement.setString(first + 2, Long.toString(row.parameter));
            return first + 3;
        }
    }

    FullTextBuffer(Session session) {
        this.session = session;
    }

    /** Looks whether there are texts. */
    void readAny() throws SQLException {
        any = session.number("SELECT 1 FROM full_text_index LIMIT 1").isPresent();
    }

    /** Takes in a text; those of a resource follow each other. */
    void add(long parameter, long resource, IndexEntry.FullText text) {
        slots = resource == lastResource ? slots + 1 : 0;
        lastResource = resource;
        rows.add(new Row(slots * SLOT + resource, parameter, text));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Writes all, in the order of their numbers: FTS5 would write a segment at each step back. */
    void flush() throws SQLException {
        rows.sort(ORDER);
        any |= !rows.isEmpty();
        lastResource = 0;
        INSERT_WORDS.insert(session, rows);
        INSERT.flush(session, rows);
    }

    /** Removes the texts of a resource from the tables. */
    void remove(long resource) throws SQLException {
        if (!any) {
            return;
        }
        List<Long> texts =
                session.list(
                        row -> row.getLong(1),
                        "SELECT id FROM full_text_index WHERE " + OF_RESOURCE,
                        resource);
        for (long text : texts) {
            session.update("DELETE FROM full_text WHERE rowid = ?", text);
            session.update("DELETE FROM full_text_index WHERE id = ?", text);
        }
    }

    /** Forgets what was taken in since the last flush. */
    void rolledBack() {
        rows.clear();
        lastResource = 0;
    }
}
