package dev.andiron.kernel.config;

import dev.andiron.spi.Option;

import java.util.Locale;

/** One dotted key that this configuration may hold. */
record KnownKey(String section, Option<?> option) {

    String key() {
        return Section.key(section, option.name());
    }

    String environmentName() {
        return environmentName(key());
    }

    /** The environment variable that overrides a key: computed from it, never parsed back. */
    static String environmentName(String key) {
        return "ANDIRON_" + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
