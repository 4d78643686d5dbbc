package dev.andiron.s3;

import dev.andiron.spi.StorageException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the contents of an object lie that were moved together when purges had left it mostly
 * empty. The layout stands in {@code docs/s3-format.md}.
 *
 * @param places the offset within the object for each offset that the log names
 */
record CompactTable(Map<Long, Long> places) {
    /** How much of an object's beginning is read to find a table; most are shorter. */
    static final int FIRST_READ = 16 << 10;

    private static final int MAGIC = 0x414E_504B;
    private static final int FORMAT = 1;
    private static final int PREAMBLE = 16;
    private static final int PLACE = 12;

    /** Where a content lies now; empty if it is erased. */
    Optional<Location> find(Location location) {
        return Optional.ofNullable(places.get(location.offset())).map(location::at);
    }

    /** How many bytes a table and its contents have. */
    static long length(List<Location> contents) {
        return PREAMBLE
                + contents.stream().mapToLong(content -> PLACE + (long) content.stored()).sum();
    }

    /**
     * An object with some of its contents only.
     *
     * @param bytes the object as it is
     * @param start where its contents begin
     * @param contents those that stay, as the log names them
     */
    static byte[] compact(byte[] bytes, int start, List<Location> contents) {
        Optional<CompactTable> before = read(bytes, start);
        List<Location> sorted =
                contents.stream().sorted(Comparator.comparingLong(Location::offset)).toList();
        int end = Math.toIntExact(start + length(contents));
        ByteBuffer out = ByteBuffer.wrap(new byte[end]);
        out.put(bytes, 0, start);
        int table = start + PREAMBLE;
        out.position(table);
        for (Location content : sorted) {
            out.putLong(content.offset() - start);
            out.putInt(content.stored());
        }
        int tableEnd = out.position();
        for (Location content : sorted) {
            Location at = before.isPresent() ? before.get().require(content) : content;
            out.put(bytes, (int) at.offset(), at.stored());
        }
        out.position(start);
        out.putInt(MAGIC);
        out.putInt(FORMAT);
        out.putInt(sorted.size());
        out.putInt(Page.checksum(out.array(), table, tableEnd - table));
        return out.array();
    }

    private Location require(Location location) {
        return find(location)
                .orElseThrow(
                        () ->
                                new StorageException.Corrupt(
                                        "a content is missing in " + location.object(), null));
    }

    /** How many bytes of an object have to be read for its table; 0 if it has none. */
    static int needed(byte[] bytes, int start) {
        if (bytes.length - start < PREAMBLE || ByteBuffer.wrap(bytes).getInt(start) != MAGIC) {
            return 0;
        }
        if (ByteBuffer.wrap(bytes).getInt(start + 4) != FORMAT) {
            throw new StorageException.NotSupported(
                    "a pack was written by a newer version of this plugin");
        }
        int count = ByteBuffer.wrap(bytes).getInt(start + 8);
        if (count < 0 || count > (Integer.MAX_VALUE - start - PREAMBLE) / PLACE) {
            throw damaged();
        }
        return start + PREAMBLE + count * PLACE;
    }

    /**
     * Reads a table.
     *
     * @param bytes an object from its beginning, as far as {@link #needed} says at least
     * @param start where its contents begin
     * @return empty if the object is as it was written first
     */
    static Optional<CompactTable> read(byte[] bytes, int start) {
        int end = needed(bytes, start);
        if (end == 0) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int table = start + PREAMBLE;
        if (end > bytes.length
                || in.getInt(start + 12) != Page.checksum(bytes, table, end - table)) {
            throw damaged();
        }
        Map<Long, Long> places = new HashMap<>();
        long place = end;
        in.position(table);
        while (in.position() < end) {
            places.put(in.getLong() + start, place);
            place += in.getInt();
        }
        return Optional.of(new CompactTable(places));
    }

    private static StorageException damaged() {
        return new StorageException.Corrupt("the table of a pack is damaged", null);
    }

    /** An object with contents overwritten with zeros. */
    static byte[] overwrite(byte[] bytes, int start, List<Location> erased) {
        byte[] overwritten = bytes.clone();
        Optional<CompactTable> table = read(bytes, start);
        for (Location content : erased) {
            Optional<Location> at =
                    table.isPresent() ? table.get().find(content) : Optional.of(content);
            // What is behind the end was cut off before.
            at.filter(place -> place.end() <= bytes.length)
                    .ifPresent(
                            place ->
                                    Arrays.fill(
                                            overwritten,
                                            (int) place.offset(),
                                            (int) place.end(),
                                            (byte) 0));
        }
        return overwritten;
    }
}
