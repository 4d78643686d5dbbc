package dev.andiron.sql;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far apart the dates of one parameter of one resource lie: from where the first begins to
 * where the last ends. As the longest of them is kept for each parameter, what is known of one end
 * says something about the other: see {@link DateBounds}.
 */
public final class DateSpans {
    /** Stands for this long or longer: 73,000 years, or no beginning or no end. */
    public static final long ENDLESS = 1L << 61;

    private DateSpans() {}

    private record Extent(long low, long high) {
        Extent with(Extent other) {
            return new Extent(Math.min(low, other.low), Math.max(high, other.high));
        }

        long span() {
            long span = high - low;
            // A negative one did not fit.
            return span < 0 || span > ENDLESS ? ENDLESS : span;
        }
    }

    /** The spans of one resource, by parameter. */
    public static Map<String, Long> of(List<IndexEntry> entries) {
        var extents = new HashMap<String, Extent>();
        for (IndexEntry entry : entries) {
            if (entry instanceof IndexEntry.Date date) {
                extents.merge(date.parameter(), new Extent(date.low(), date.high()), Extent::with);
            }
        }
        var spans = HashMap.<String, Long>newHashMap(extents.size());
        extents.forEach((parameter, extent) -> spans.put(parameter, extent.span()));
        return spans;
    }
}
