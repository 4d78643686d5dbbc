package dev.andiron.server.interaction;

import dev.andiron.spi.search.Cursor;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a page of a listing begins, and where the pages before it began, so that one can go back
 * without the server keeping anything. Of those before, only the last ones are carried: when they
 * are too many or too large for a link, the eldest fall away. Immutable.
 *
 * @param starts where pages began that are not the first one: the last is this page's own
 * @param complete whether the first of {@code starts} is the second page, so that the page before
 *     that is the first
 */
public record PagePosition(List<Start> starts, boolean complete) {
    private static final byte FORM = 1;
    private static final int MOST_STARTS = 24;
    private static final int MOST_BYTES = 1_500;
    private static final PagePosition FIRST = new PagePosition(List.of(), true);

    /**
     * Where a page began.
     *
     * @param after where the page before it ended
     * @param before how many entries the pages before it had
     */
    public record Start(Cursor after, long before) {}

    public PagePosition {
        starts = List.copyOf(starts);
    }

    /** The first page. */
    public static PagePosition first() {
        return FIRST;
    }

    public boolean isFirst() {
        return starts.isEmpty() && complete;
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
        return new PagePosition(more.subList(more.size() - kept, more.size()), complete && all);
    }

    /** The page before this one; empty on the first page, and where it has fallen away. */
    public Optional<PagePosition> previous() {
        boolean known = starts.size() > 1 || starts.size() == 1 && complete;
        return known
                ? Optional.of(new PagePosition(starts.subList(0, starts.size() - 1), complete))
                : Optional.empty();
    }

    byte[] encode() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(FORM);
            out.writeBoolean(complete);
            out.writeByte(starts.size());
            for (Start start : starts) {
                byte[] cursor = start.after().bytes();
                out.writeLong(start.before());
                out.writeInt(cursor.length);
                out.write(cursor);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
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
                long before = in.readLong();
                int length = in.readInt();
                if (length < 0 || length > in.available()) {
                    return Optional.empty();
                }
                starts.add(new Start(Cursor.of(in.readNBytes(length)), before));
            }
            return Optional.of(new PagePosition(starts, complete));
        } catch (IOException tooShort) {
            return Optional.empty();
        }
    }
}
