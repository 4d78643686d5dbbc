package dev.andiron.s3;

import dev.andiron.spi.StorageException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Where some bytes of a run lie: changes, or a block of its filter.
 *
 * @param part the number of the object, from 0
 * @param offset their first byte within it
 * @param stored how many they are
 * @param checksum CRC-32C of them
 */
record Page(int part, int offset, int stored, int checksum) {

    /** Behind the last byte. */
    int end() {
        return offset + stored;
    }

    static byte[] encode(List<LogRecord> records) {
        try {
            var bytes = new ByteArrayOutputStream();
            try (var out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
                RecordFormat.writePlaced(out, records);
            }
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /**
     * The changes of a page.
     *
     * @param bytes bytes of its object
     * @param from where the page starts among them
     */
    List<LogRecord> decode(byte[] bytes, int from) {
        check(bytes, from);
        try (var in =
                new DataInputStream(
                        new InflaterInputStream(new ByteArrayInputStream(bytes, from, stored)))) {
            return RecordFormat.readPlaced(in);
        } catch (IOException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new StorageException.Corrupt("a page of the index is damaged", e);
        }
    }

    /**
     * Makes sure that the bytes are those that were written.
     *
     * @throws StorageException.Corrupt if not
     */
    void check(byte[] bytes, int from) {
        if (bytes.length - from < stored || checksum(bytes, from, stored) != checksum) {
            throw new StorageException.Corrupt("a page of the index is damaged", null);
        }
    }

    static int checksum(byte[] bytes, int from, int length) {
        var sum = new CRC32C();
        sum.update(bytes, from, length);
        return (int) sum.getValue();
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(part);
        out.writeInt(offset);
        out.writeInt(stored);
        out.writeInt(checksum);
    }

    static Page read(DataInputStream in) throws IOException {
        return new Page(in.readInt(), in.readInt(), in.readInt(), in.readInt());
    }
}
