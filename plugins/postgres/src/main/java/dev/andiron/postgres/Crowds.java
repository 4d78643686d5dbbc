package dev.andiron.postgres;

import dev.andiron.sql.SqlStatement;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which counts reached the bound that they were taken to, a short while ago: what was many mostly
 * still is, and to count it again takes longer than the search that begins with something else. It
 * only decides how a search goes about, never what it finds. Safe for use by many threads.
 */
final class Crowds {
    private static final int MOST = 2_000;
    private static final int LONGEST = 4_000;
    private static final long NANOS = 60_000_000_000L;

    private final Map<Counted, Long> seen =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Counted, Long> eldest) {
                    return size() > MOST;
                }
            };

    /** A count for a tenant, whose bound is part of it. */
    private record Counted(int tenant, SqlStatement count) {}

    synchronized boolean contains(int tenant, SqlStatement count) {
        Long at = seen.get(new Counted(tenant, count));
        return at != null && System.nanoTime() - at < NANOS;
    }

    synchronized void add(int tenant, SqlStatement count) {
        if (count.text().length() > LONGEST) {
            return;
        }
        seen.put(new Counted(tenant, count), System.nanoTime());
    }
}
