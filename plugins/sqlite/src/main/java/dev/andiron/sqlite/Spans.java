package dev.andiron.sqlite;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * The longest spans of dates by parameter, which grow in the transaction that writes the dates. For
 * the writer's thread.
 */
final class Spans {
    private final Session session;

    /** What the table holds, as this transaction sees it. */
    private final Map<Long, Long> written = new HashMap<>();

    private final Map<Long, Long> raised = new HashMap<>();

    Spans(Session session) {
        this.session = session;
    }

    /** Takes in a span of a resource. */
    void add(long parameter, long span) throws SQLException {
        Long longest = written.get(parameter);
        if (longest == null) {
            longest =
                    session.number("SELECT span FROM parameters WHERE id = ?", parameter).orElse(0);
            written.put(parameter, longest);
        }
        if (span > longest) {
            raised.merge(parameter, span, Math::max);
        }
    }

    /** Writes those that are longer than before. */
    void flush() throws SQLException {
        for (var longer : raised.entrySet()) {
            session.update(
                    "UPDATE parameters SET span = max(span, ?) WHERE id = ?",
                    longer.getValue(),
                    longer.getKey());
            written.merge(longer.getKey(), longer.getValue(), Math::max);
        }
        raised.clear();
    }

    void rolledBack() {
        written.clear();
        raised.clear();
    }
}
