package dev.andiron.postgres;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Names of schemas and databases that are made from names of tenants. */
final class PlaceName {
    /** How many bytes a name in PostgreSQL has at most. */
    static final int LONGEST = 63;

    /** The least that is left for a tenant: a digest, and a character of the name. */
    static final int SHORTEST_ROOM = 18;

    private static final int DIGEST_BYTES = 8;

    private PlaceName() {}

    /**
     * The name in quotes, which it needs for capitals, dots and hyphens; it has no quotes itself.
     */
    static String quoted(String name) {
        return '"' + name + '"';
    }

    /**
     * The tenant's name, or where that is too long its beginning and a digest.
     *
     * @param room how many characters there are, from {@link #SHORTEST_ROOM}
     */
    static String within(int room, String tenant) {
        if (tenant.length() <= room) {
            return tenant;
        }
        String digest = "_" + HexFormat.of().formatHex(digest(tenant));
        return tenant.substring(0, room - digest.length()) + digest;
    }

    private static byte[] digest(String tenant) {
        try {
            return Arrays.copyOf(
                    MessageDigest.getInstance("SHA-256")
                            .digest(tenant.getBytes(StandardCharsets.UTF_8)),
                    DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
