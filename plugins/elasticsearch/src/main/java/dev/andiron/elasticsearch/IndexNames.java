package dev.andiron.elasticsearch;

import dev.andiron.spi.tenant.TenantId;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;

/**
 * The names of indices. Everything is asked of an alias; what it stands for has the alias's name
 * and a random part, so that an index that was made anew is never taken for the one before.
 */
final class IndexNames {
    private static final int LONGEST_TENANT = 40;
    private static final int HASH_DIGITS = 16;

    private final ElasticsearchOptions options;

    IndexNames(ElasticsearchOptions options) {
        this.options = options;
    }

    /** The alias of the index that holds a tenant's resources. */
    String alias(TenantId tenant) {
        String hash = hash(tenant.value());
        return switch (options.indexPer()) {
            case GROUP ->
                    options.prefix()
                            + "-group-"
                            + Long.parseLong(hash, 0, 8, 16) % options.groups();
            case TENANT -> {
                // Names of indices have no upper case, which tenants' names differ by.
                String word = tenant.value().toLowerCase(Locale.ROOT);
                String start = word.substring(0, Math.min(LONGEST_TENANT, word.length()));
                yield options.prefix() + "-tenant-" + start + "-" + hash;
            }
        };
    }

    /** A name that no index ever had. */
    String fresh(String alias) {
        return alias + "-" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    }

    /** The name of the template of all indices. */
    String template() {
        return options.prefix() + "-search";
    }

    private static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
