package dev.andiron.sqlite;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names as file names. A few digits of a hash at the end keep names apart that a file system which
 * ignores case takes for one.
 */
final class FileNames {
    private static final int HASH_BYTES = 5;
    private static final char MARK = '~';

    private FileNames() {}

    /**
     * @param name letters, digits and {@code ._-}, the first a letter, a digit or a hyphen
     */
    static String encode(String name) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(name.getBytes(StandardCharsets.UTF_8));
            return name + MARK + HexFormat.of().formatHex(hash, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static String decode(String file) {
        int mark = file.lastIndexOf(MARK);
        return mark < 0 ? file : file.substring(0, mark);
    }
}
