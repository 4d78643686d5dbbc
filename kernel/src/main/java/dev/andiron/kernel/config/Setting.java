package dev.andiron.kernel.config;

/**
 * One effective value, for an operator to look at.
 *
 * @param key its dotted key
 * @param value the value as a configuration file would hold it, secrets masked; empty when it is
 *     neither set nor has a default
 * @param source where it comes from
 * @param origin the place within the source, such as {@code conf/andiron.yaml:3}
 */
public record Setting(String key, String value, ValueSource source, String origin) {

    /** What stands for a secret. */
    public static final String MASK = "********";
}
