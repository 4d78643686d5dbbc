package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.ResourceKey;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * An entry of a tenant's log: the changes of one or more commits, and the contents of small ones.
 * The layout stands in {@code docs/s3-format.md}.
 *
 * @param key the key of its object
 * @param identity who wrote it: no two attempts to write an entry have the same
 * @param records its changes in order
 */
record LogEntry(String key, UUID identity, List<LogRecord> records) {
    private static final int MAGIC = 0x414E_4C47;
    private static final int FORMAT = 1;

    /** The number of bytes in front of the header: magic, format, length and checksum of it. */
    private static final int PREAMBLE = 16;

    /**
     * A change that is about to be written.
     *
     * @param content what lies in the entry itself; of no length if there is none, or it lies
     *     elsewhere
     * @param placed where the content lies, if elsewhere
     */
    record Draft(
            ResourceKey key,
            LogRecord.Kind kind,
            long version,
            long lastUpdated,
            FhirVersion fhirVersion,
            PackedContent content,
            Optional<Location> placed) {

        LogRecord at(long position, Optional<Location> location) {
            return new LogRecord(key, position, kind, version, lastUpdated, fhirVersion, location);
        }
    }

    /** The bytes of an entry. */
    static byte[] encode(UUID identity, long sequence, long firstPosition, List<Draft> drafts) {
        try {
            byte[] header = header(identity, sequence, firstPosition, drafts);
            int inline = 0;
            for (Draft draft : drafts) {
                inline = Math.addExact(inline, inlineLength(draft));
            }
            var bytes = new ByteArrayOutputStream(PREAMBLE + header.length + inline);
            var out = new DataOutputStream(bytes);
            out.writeInt(MAGIC);
            out.writeInt(FORMAT);
            out.writeInt(header.length);
            out.writeInt(checksum(header, 0, header.length));
            out.write(header);
            for (Draft draft : drafts) {
                if (draft.placed().isEmpty()) {
                    out.write(draft.content().stored());
                }
            }
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static int inlineLength(Draft draft) {
        return draft.placed().isPresent() ? 0 : draft.content().stored().length;
    }

    private static byte[] header(
            UUID identity, long sequence, long firstPosition, List<Draft> drafts)
            throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeLong(identity.getMostSignificantBits());
        out.writeLong(identity.getLeastSignificantBits());
        out.writeLong(sequence);
        out.writeLong(firstPosition);
        var records = new ArrayList<LogRecord>(drafts.size());
        long inline = 0;
        for (Draft draft : drafts) {
            Optional<Location> content = draft.placed();
            if (draft.kind() == LogRecord.Kind.PUT && content.isEmpty()) {
                content = Optional.of(relative(draft.content(), inline));
                inline += draft.content().stored().length;
            }
            records.add(draft.at(firstPosition + records.size(), content));
        }
        RecordFormat.write(out, records);
        return bytes.toByteArray();
    }

    private static Location relative(PackedContent content, long offset) {
        return new Location(
                RecordFormat.HERE,
                offset,
                content.stored().length,
                content.length(),
                content.deflated(),
                content.checksum());
    }

    /**
     * Reads an entry.
     *
     * @throws StorageException.Corrupt if it is damaged, or not the entry that it should be
     */
    static LogEntry decode(String key, long sequence, long firstPosition, byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readInt() != MAGIC) {
                throw damaged(key, null);
            }
            if (in.readInt() != FORMAT) {
                throw new StorageException.NotSupported(
                        "the log was written by a newer version of this plugin");
            }
            int length = in.readInt();
            int checksum = in.readInt();
            if (length < 0
                    || length > bytes.length - PREAMBLE
                    || checksum(bytes, PREAMBLE, length) != checksum) {
                throw damaged(key, null);
            }
            var identity = new UUID(in.readLong(), in.readLong());
            if (in.readLong() != sequence || in.readLong() != firstPosition) {
                throw damaged(key, null);
            }
            List<LogRecord> records = RecordFormat.read(in, firstPosition, key, PREAMBLE + length);
            return new LogEntry(key, identity, records);
        } catch (IOException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw damaged(key, e);
        }
    }

    /**
     * Where the contents of an object begin: behind the header of an entry, and at once in a pack.
     *
     * @param bytes an object from its beginning
     */
    static int contents(String object, byte[] bytes) {
        if (!object.startsWith(Keys.LOGS)) {
            return 0;
        }
        if (bytes.length < PREAMBLE || ByteBuffer.wrap(bytes).getInt() != MAGIC) {
            throw damaged(object, null);
        }
        int length = ByteBuffer.wrap(bytes).getInt(8);
        if (length < 0 || length > Integer.MAX_VALUE - 2 * PREAMBLE) {
            throw damaged(object, null);
        }
        return PREAMBLE + length;
    }

    /** The number that an entry says it has. */
    static long sequence(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong(PREAMBLE + 16);
    }

    /** The position that an entry says its first change has. */
    static long firstPosition(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong(PREAMBLE + 24);
    }

    private static int checksum(byte[] bytes, int from, int length) {
        var sum = new CRC32C();
        sum.update(bytes, from, length);
        return (int) sum.getValue();
    }

    private static StorageException damaged(String key, Exception cause) {
        return new StorageException.Corrupt("the log entry " + key + " is damaged", cause);
    }
}
