package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
import dev.andiron.sql.SqlStatement;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What was counted a short while ago, to choose how a search goes about: to count again takes a
 * round trip, and often longer than the search. What was many mostly still is; what was few is
 * counted again sooner. It never decides what a search finds. Safe for use by many threads.
 */
final class RecentCounts {
    private static final int MOST = 4_000;
    private static final int LONGEST = 2_000;
    private static final long MANY_NANOS = 60_000_000_000L;
    private static final long FEW_NANOS = 10_000_000_000L;

    private final Map<Counted, Seen> seen =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Counted, Seen> eldest) {
                    return size() > MOST;
                }
            };

    /** A count for a tenant, whose bound is part of it. */
    private record Counted(int tenant, String text, List<Object> values) {
        static Optional<Counted> of(int tenant, SqlStatement count) {
            if (count.text().length() > LONGEST) {
                return Optional.empty();
            }
            var values = new ArrayList<Object>(count.values().size());
            for (Object value : count.values()) {
                switch (value) {
                    case byte[] bytes -> values.add(ByteBuffer.wrap(bytes));
                    case SqlArray array when array.elements() instanceof long[] numbers ->
                            values.add(LongBuffer.wrap(numbers));
                    case SqlArray _ -> {
                        return Optional.empty();
                    }
                    default -> values.add(value);
                }
            }
            return Optional.of(new Counted(tenant, count.text(), values));
        }
    }

    private record Seen(long number, long until) {}

    OptionalLong find(int tenant, SqlStatement count) {
        var counted = Counted.of(tenant, count);
        return counted.isEmpty() ? OptionalLong.empty() : find(counted.get());
    }

    private synchronized OptionalLong find(Counted counted) {
        Seen last = seen.get(counted);
        return last == null || System.nanoTime() - last.until() > 0
                ? OptionalLong.empty()
                : OptionalLong.of(last.number());
    }

    /**
     * Takes note of a count.
     *
     * @param many whether it reached the bound that it was taken to
     */
    void add(int tenant, SqlStatement count, long number, boolean many) {
        long until = System.nanoTime() + (many ? MANY_NANOS : FEW_NANOS);
        Counted.of(tenant, count).ifPresent(counted -> add(counted, new Seen(number, until)));
    }

    private synchronized void add(Counted counted, Seen now) {
        seen.put(counted, now);
    }
}
