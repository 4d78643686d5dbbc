package dev.andiron.server.interaction;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Cursor;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Where a page of a listing begins, and where the pages before it began, so that one can go back
 * without the server keeping anything. Of those before, only the last ones are carried: when they
 * are too many or too large for a link, the eldest fall away. Immutable.
 *
 * @param starts where pages began that are not the first one: the last is this page's own
 * @param complete whether the first of {@code starts} is the second page, so that the page before
 *     that is the first
 * @param marks when one comes back to the page: marks of the first entries of the page behind it.
 *     If others deleted entries of this page meanwhile, it would otherwise show some that one has
 *     seen there.
 */
public record PagePosition(List<Start> starts, boolean complete, List<Long> marks) {
    private static final byte FORM = 3;
    private static final int MOST_STARTS = 24;
    private static final int MOST_BYTES = 1_500;
    private static final int MOST_MARKS = 12;
    private static final PagePosition FIRST = new PagePosition(List.of(), true, List.of());

    /**
     * Where a page began.
     *
     * @param after where the page before it ended
     * @param before how many entries the pages before it had
     */
    public record Start(Cursor after, long before) {}

    public PagePosition {
        starts = List.copyOf(starts);
        marks = List.copyOf(marks);
    }

    private static long mark(ResourceKey key) {
        byte[] text = key.toString().getBytes(StandardCharsets.UTF_8);
        return UUID.nameUUIDFromBytes(text).getMostSignificantBits();
    }

    /** How many of a page's entries come before those of the page behind it. */
    public int fitting(List<ResourceKey> entries) {
        if (!marks.isEmpty()) {
            for (int i = 0; i < entries.size(); i++) {
                if (marks.contains(mark(entries.get(i)))) {
                    return i;
                }
            }
        }
        return entries.size();
    }

    /** The first page. */
    public static PagePosition first() {
        return FIRST;
    }

    public boolean isFirst() {
        return starts.isEmpty() && complete;
    }

    /** Whether its URL needs nothing that says where it is. */
    boolean isPlain() {
        return isFirst() && marks.isEmpty();
    }

    /** Where the page before ended; empty on the first page. */
    public Optional<Cursor> after() {
        return starts.isEmpty() ? Optional.empty() : Optional.of(starts.getLast().after());
    }

    /** How many entries the pages before this one had. */
    public long before() {
        return starts.isEmpty() ? 0 : starts.getLast().before();
    }

    /**
     * The page behind this one.
     *
     * @param after where this one ended
     * @param entries how many entries it had
     */
    public PagePosition next(Cursor after, int entries) {
        var more = new ArrayList<>(starts);
        more.add(new Start(after, before() + entries));
        int bytes = 0;
        int kept = 0;
        while (kept < more.size() && kept < MOST_STARTS) {
            bytes += more.get(more.size() - 1 - kept).after().bytes().length;
            if (kept > 0 && bytes > MOST_BYTES) {
                break;
            }
            kept++;
        }
        boolean all = kept == more.size();
        return new PagePosition(
                more.subList(more.size() - kept, more.size()), complete && all, List.of());
    }

    /** The same, however far the page goes. */
    PagePosition endless() {
        return new PagePosition(starts, complete, List.of());
    }

    /**
     * The page before this one; empty on the first page, and where it has fallen away.
     *
     * @param entries what this page begins with
     */
    public Optional<PagePosition> previous(List<ResourceKey> entries) {
        boolean known = starts.size() > 1 || starts.size() == 1 && complete;
        if (!known) {
            return Optional.empty();
        }
        // A page with few entries of its own is marked by those behind it as well.
        List<Long> behind =
                Stream.concat(entries.stream().map(PagePosition::mark), marks.stream())
                        .limit(MOST_MARKS)
                        .toList();
        return Optional.of(
                new PagePosition(starts.subList(0, starts.size() - 1), complete, behind));
    }

    byte[] encode() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(FORM);
            out.writeBoolean(complete);
            out.writeByte(starts.size());
            for (Start start : starts) {
                write(out, start);
            }
            out.writeByte(marks.size());
            for (long mark : marks) {
                out.writeLong(mark);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, Start start) throws IOException {
        byte[] cursor = start.after().bytes();
        out.writeLong(start.before());
        out.writeInt(cursor.length);
        out.write(cursor);
    }

    private static Start read(DataInputStream in) throws IOException {
        long before = in.readLong();
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new EOFException();
        }
        return new Start(Cursor.of(in.readNBytes(length)), before);
    }

    /** What {@link #encode()} wrote; empty for anything else, such as an earlier form. */
    static Optional<PagePosition> decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() != FORM) {
                return Optional.empty();
            }
            boolean complete = in.readBoolean();
            int size = in.readUnsignedByte();
            var starts = new ArrayList<Start>(size);
            for (int i = 0; i < size; i++) {
                starts.add(read(in));
            }
            int count = in.readUnsignedByte();
            var marks = new ArrayList<Long>(count);
            for (int i = 0; i < count; i++) {
                marks.add(in.readLong());
            }
            return Optional.of(new PagePosition(starts, complete, marks));
        } catch (IOException tooShort) {
            return Optional.empty();
        }
    }
}
