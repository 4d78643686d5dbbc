package dev.andiron.spi.tenant;

import java.util.regex.Pattern;

/**
 * The name of a tenant: 1 to 64 letters, digits, hyphens, underscores or dots, the first a letter
 * or a digit. Part of every key, query and cursor. Case matters.
 *
 * @param value the name
 */
public record TenantId(String value) {
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** The tenant of requests that name none. */
    public static final TenantId DEFAULT = new TenantId("default");

    public TenantId {
        if (!isWellFormed(value)) {
            throw new IllegalArgumentException("not a well-formed tenant id");
        }
    }

    /** Whether a text may be a tenant's name. */
    public static boolean isWellFormed(String value) {
        return WELL_FORMED.matcher(value).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
