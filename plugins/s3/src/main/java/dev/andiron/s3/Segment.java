package dev.andiron.s3;

import dev.andiron.spi.StorageException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * The records of {@value #ENTRIES} entries of a log in one object, so that a node that starts reads
 * few objects instead of many. A segment says nothing that the entries do not say, and always the
 * same, whoever writes it: so nobody has to agree on anything, and one that is missing only costs
 * time.
 */
final class Segment {
    /** How many entries it covers. The n-th segment, from 0, begins behind n times as many. */
    static final int ENTRIES = 512;

    private static final int MAGIC = 0x414E_5347;
    private static final int FORMAT = 1;

    private Segment() {}

    static byte[] encode(long number, long firstPosition, List<LogRecord> records) {
        try {
            var bytes = new ByteArrayOutputStream();
            try (var out = new DataOutputStream(bytes)) {
                out.writeInt(MAGIC);
                out.writeInt(FORMAT);
                try (var packed = new DataOutputStream(new DeflaterOutputStream(out))) {
                    packed.writeLong(number);
                    packed.writeLong(firstPosition);
                    RecordFormat.write(packed, records);
                }
            }
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /**
     * Reads a segment.
     *
     * @throws StorageException.Corrupt if it is damaged, or not the one that it should be
     */
    static List<LogRecord> decode(String key, long number, long firstPosition, byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readInt() != MAGIC) {
                throw damaged(key, null);
            }
            if (in.readInt() != FORMAT) {
                throw new StorageException.NotSupported(
                        "the log was written by a newer version of this plugin");
            }
            try (var packed = new DataInputStream(new InflaterInputStream(in))) {
                if (packed.readLong() != number || packed.readLong() != firstPosition) {
                    throw damaged(key, null);
                }
                List<LogRecord> records = RecordFormat.read(packed, firstPosition, key, 0);
                if (packed.read() >= 0) {
                    throw damaged(key, null);
                }
                return records;
            }
        } catch (IOException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw damaged(key, e);
        }
    }

    private static StorageException damaged(String key, Exception cause) {
        return new StorageException.Corrupt("the segment " + key + " is damaged", cause);
    }
}
