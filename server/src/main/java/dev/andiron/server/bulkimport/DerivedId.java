package dev.andiron.server.bulkimport;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * The id of a resource that came without one: the same each time that the same line of the same
 * file is imported, so that a repetition finds what the first time stored.
 */
final class DerivedId {
    private DerivedId() {}

    static String of(String source, long line, byte[] json) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((source + "\n" + line + "\n").getBytes(StandardCharsets.UTF_8));
            var hash = ByteBuffer.wrap(digest.digest(json));
            long high = hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x8000; // version 8: our own way
            long low = hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
            return new UUID(high, low).toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
