package dev.andiron.sqlite;

import dev.andiron.sql.IndexEntry;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts of a transaction on their way into the full-text index. Nothing is asked of the database
 * while there has never been any. For the writer's thread.
 */
final class FullTextBuffer {
    private final Session session;
    private final List<Row> rows = new ArrayList<>();
    private long last;

    private record Row(long parameter, long resource, IndexEntry.FullText text) {}

    FullTextBuffer(Session session) {
        this.session = session;
    }

    /** Reads where the numbers of texts end. */
    void readLast() throws SQLException {
        last = session.number("SELECT max(id) FROM full_text_index").orElse(0);
    }

    void add(long parameter, long resource, IndexEntry.FullText text) {
        rows.add(new Row(parameter, resource, text));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void flush() throws SQLException {
        for (Row row : rows) {
            last++;
            session.update(
                    "INSERT INTO full_text_index VALUES (?, ?, ?, ?)",
                    last,
                    row.parameter,
                    row.resource,
                    row.text.distinctWords());
            session.update(
                    "INSERT INTO full_text (rowid, parameter, words) VALUES (?, ?, ?)",
                    last,
                    Long.toString(row.parameter),
                    String.join(" ", row.text.words()));
        }
        rows.clear();
    }

    /** Removes the texts of a resource from the tables. */
    void remove(long resource) throws SQLException {
        if (last == 0) {
            return;
        }
        List<Long> texts =
                session.list(
                        row -> row.getLong(1),
                        "SELECT id FROM full_text_index WHERE resource = ?",
                        resource);
        for (long text : texts) {
            session.update("DELETE FROM full_text WHERE rowid = ?", text);
            session.update("DELETE FROM full_text_index WHERE id = ?", text);
        }
    }

    /** Forgets what was taken in since the last flush. */
    void rolledBack() {
        rows.clear();
    }
}
