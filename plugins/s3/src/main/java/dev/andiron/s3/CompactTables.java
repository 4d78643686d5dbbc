package dev.andiron.s3;

import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * The tables of objects that were compacted, as far as this node has met them; those that were used
 * longest ago are forgotten. Safe for use by many threads at once.
 */
final class CompactTables {
    /** Some 20 MB at most. */
    private static final int MOST_PLACES = 200_000;

    private final ObjectStore objects;
    private final LinkedHashMap<String, CompactTable> known = new LinkedHashMap<>(16, 0.75f, true);
    private int places;

    CompactTables(ObjectStore objects) {
        this.objects = objects;
    }

    /** The table of an object that was met; it may be outdated. */
    synchronized Optional<CompactTable> known(String object) {
        return Optional.ofNullable(known.get(object));
    }

    /**
     * What an object is now.
     *
     * @param there whether there is such an object
     * @param table how it was compacted, if it was
     */
    record State(boolean there, Optional<CompactTable> table) {}

    /** Looks what an object is now. */
    State look(String object) {
        Optional<byte[]> first = objects.read(object, 0, CompactTable.FIRST_READ);
        if (first.isEmpty()) {
            return new State(false, Optional.empty());
        }
        byte[] bytes = first.get();
        int start = LogEntry.contents(object, bytes);
        int needed = Math.max(start + 16, CompactTable.needed(bytes, start));
        if (needed > bytes.length && bytes.length == CompactTable.FIRST_READ) {
            // Twice, if it is the header of a log entry that is long, and then the table.
            bytes = objects.read(object, 0, needed).orElse(bytes);
            int all = CompactTable.needed(bytes, start);
            if (all > bytes.length) {
                bytes = objects.read(object, 0, all).orElse(bytes);
            }
        }
        Optional<CompactTable> table = CompactTable.read(bytes, start);
        table.ifPresent(found -> keep(object, found));
        return new State(true, table);
    }

    private synchronized void keep(String object, CompactTable table) {
        CompactTable before = known.put(object, table);
        places += table.places().size() - (before == null ? 0 : before.places().size());
        var oldest = known.entrySet().iterator();
        while (places > MOST_PLACES && known.size() > 1) {
            places -= oldest.next().getValue().places().size();
            oldest.remove();
        }
    }
}
