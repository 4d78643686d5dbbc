package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The longest spans of dates by parameter. They are raised, and committed, before the commit that
 * needs them: so whoever sees a date sees a span that is long enough, and nobody waits for a
 * commit. As they never become less, what is known of them stays right. Safe for use by many
 * threads.
 */
final class Spans {
    /** Beyond this it starts anew. */
    private static final int MOST = 200_000;

    /** In one order for all nodes, so that no two wait for each other. */
    private static final String RAISE =
            """
            WITH wanted AS MATERIALIZED (
                SELECT parameter, span FROM unnest(?, ?) AS w (parameter, span)),
            shorter AS MATERIALIZED (
                SELECT p.id, w.span FROM parameters p JOIN wanted w ON w.parameter = p.id
                WHERE p.tenant = ? AND p.span < w.span ORDER BY p.id FOR UPDATE OF p)
            UPDATE parameters p SET span = greatest(p.span, s.span)
            FROM shorter s WHERE p.tenant = ? AND p.id = s.id
            """;

    private final Map<Parameter, Long> known = new ConcurrentHashMap<>();

    private record Parameter(int tenant, int number) {}

    /**
     * Sees to it that spans are at least so long.
     *
     * @param session one without a transaction
     * @param spans by the numbers of parameters
     */
    void ensure(Session session, int tenant, Map<Integer, Long> spans) throws SQLException {
        List<Map.Entry<Integer, Long>> longer = new ArrayList<>();
        for (var span : spans.entrySet()) {
            if (span.getValue() > known.getOrDefault(new Parameter(tenant, span.getKey()), 0L)) {
                longer.add(span);
            }
        }
        if (longer.isEmpty()) {
            return;
        }
        session.update(
                RAISE,
                new SqlArray(
                        "int4", longer.stream().map(Map.Entry::getKey).toArray(Integer[]::new)),
                new SqlArray("int8", longer.stream().map(Map.Entry::getValue).toArray(Long[]::new)),
                tenant,
                tenant);
        if (known.size() >= MOST) {
            known.clear();
        }
        for (var span : longer) {
            known.merge(new Parameter(tenant, span.getKey()), span.getValue(), Math::max);
        }
    }
}
