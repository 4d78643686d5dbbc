package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Json;

import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A content as it is stored: in the zlib format (RFC 1950) if that is shorter, else as it is.
 *
 * @param stored the stored bytes
 * @param length how many they are when unpacked
 * @param deflated whether they are compressed
 * @param checksum CRC-32C of the stored bytes
 */
record PackedContent(byte[] stored, int length, boolean deflated, int checksum) {
    /** Deletes and purges have none. */
    static final PackedContent NONE = plain(new byte[0]);

    /** Shorter ones are not worth the time. */
    private static final int SHORTEST = 128;

    private static final int LEVEL = 3;

    static PackedContent of(Json json) {
        byte[] bytes = json.bytes();
        if (bytes.length < SHORTEST) {
            return plain(bytes);
        }
        byte[] room = new byte[bytes.length];
        var deflater = new Deflater(LEVEL);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            int length = deflater.deflate(room);
            if (!deflater.finished()) {
                return plain(bytes);
            }
            byte[] stored = Arrays.copyOf(room, length);
            return new PackedContent(stored, bytes.length, true, checksum(stored, 0, length));
        } finally {
            deflater.end();
        }
    }

    private static PackedContent plain(byte[] bytes) {
        return new PackedContent(bytes, bytes.length, false, checksum(bytes, 0, bytes.length));
    }

    private static int checksum(byte[] bytes, int from, int length) {
        var sum = new CRC32C();
        sum.update(bytes, from, length);
        return (int) sum.getValue();
    }

    /** Whether bytes are what was written there. */
    static boolean isWhole(Location location, byte[] bytes, int from) {
        return bytes.length - from >= location.stored()
                && checksum(bytes, from, location.stored()) == location.checksum();
    }

    /**
     * Unpacks a content.
     *
     * @param bytes bytes of its object
     * @param from where the content starts among them
     * @throws StorageException.Corrupt if they are not what was written
     */
    static Json unpack(Location location, byte[] bytes, int from) {
        if (!isWhole(location, bytes, from)) {
            throw new StorageException.Corrupt("a stored content is damaged", null);
        }
        if (!location.deflated()) {
            return Json.of(Arrays.copyOfRange(bytes, from, from + location.stored()));
        }
        byte[] unpacked = new byte[location.length()];
        var inflater = new Inflater();
        try {
            inflater.setInput(bytes, from, location.stored());
            int length = inflater.inflate(unpacked);
            if (length != unpacked.length) {
                throw new StorageException.Corrupt("a stored content is too short", null);
            }
            return Json.of(unpacked);
        } catch (DataFormatException e) {
            throw new StorageException.Corrupt("a stored content is damaged", e);
        } finally {
            inflater.end();
        }
    }
}
