package dev.andiron.s3;

import dev.andiron.s3.ChangeTable.Place;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceKey;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * What a run consists of. The layout stands in {@code docs/s3-format.md}.
 *
 * @param level 0 for the run of one segment
 * @param number runs of a level count from 0
 * @param builder whose pages they are: no two attempts to write a run have the same
 * @param segments the segments that it covers
 * @param pages the pages of changes by key, and what each begins with
 * @param filter the blocks of the filter
 * @param byPosition the pages of changes by position; only a run of level 0 has them
 */
record RunRoot(
        int level,
        long number,
        UUID builder,
        List<Segment> segments,
        List<KeyPage> pages,
        List<Page> filter,
        List<PositionPage> byPosition) {
    private static final int MAGIC = 0x414E_4958;
    private static final int FORMAT = 1;

    /** A page of changes by key. */
    record KeyPage(Place first, Page page) {}

    /** A page of changes by position. */
    record PositionPage(long first, Page page) {}

    byte[] encode() {
        try {
            var bytes = new ByteArrayOutputStream();
            try (var out = new DataOutputStream(bytes)) {
                out.writeInt(MAGIC);
                out.writeInt(FORMAT);
                try (var packed = new DataOutputStream(new DeflaterOutputStream(out))) {
                    write(packed);
                }
            }
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private void write(DataOutputStream out) throws IOException {
        out.writeInt(level);
        out.writeLong(number);
        out.writeLong(builder.getMostSignificantBits());
        out.writeLong(builder.getLeastSignificantBits());
        out.writeInt(segments.size());
        for (Segment segment : segments) {
            segment.write(out);
        }
        out.writeInt(pages.size());
        for (KeyPage each : pages) {
            out.writeUTF(each.first().key().type());
            out.writeUTF(each.first().key().id());
            out.writeLong(each.first().position());
            each.page().write(out);
        }
        out.writeInt(filter.size());
        for (Page block : filter) {
            block.write(out);
        }
        out.writeInt(byPosition.size());
        for (PositionPage each : byPosition) {
            out.writeLong(each.first());
            each.page().write(out);
        }
    }

    /**
     * Reads a root.
     *
     * @throws StorageException.Corrupt if it is damaged, or not the one that it should be
     */
    static RunRoot decode(String key, int level, long number, byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readInt() != MAGIC) {
                throw damaged(key, null);
            }
            if (in.readInt() != FORMAT) {
                throw new StorageException.NotSupported(
                        "the index was written by a newer version of this plugin");
            }
            try (var packed = new DataInputStream(new InflaterInputStream(in))) {
                RunRoot root = read(packed);
                if (root.level() != level || root.number() != number || packed.read() >= 0) {
                    throw damaged(key, null);
                }
                return root;
            }
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw damaged(key, e);
        }
    }

    private static RunRoot read(DataInputStream in) throws IOException {
        int level = in.readInt();
        long number = in.readLong();
        var builder = new UUID(in.readLong(), in.readLong());
        var segments = new ArrayList<Segment>();
        for (int left = in.readInt(); left > 0; left--) {
            segments.add(Segment.read(in));
        }
        var pages = new ArrayList<KeyPage>();
        for (int left = in.readInt(); left > 0; left--) {
            var key = new ResourceKey(in.readUTF().intern(), in.readUTF());
            pages.add(new KeyPage(new Place(key, in.readLong()), Page.read(in)));
        }
        var filter = new ArrayList<Page>();
        for (int left = in.readInt(); left > 0; left--) {
            filter.add(Page.read(in));
        }
        var byPosition = new ArrayList<PositionPage>();
        for (int left = in.readInt(); left > 0; left--) {
            byPosition.add(new PositionPage(in.readLong(), Page.read(in)));
        }
        return new RunRoot(
                level,
                number,
                builder,
                List.copyOf(segments),
                List.copyOf(pages),
                List.copyOf(filter),
                List.copyOf(byPosition));
    }

    private static StorageException damaged(String key, Exception cause) {
        return new StorageException.Corrupt("the index's root " + key + " is damaged", cause);
    }
}
