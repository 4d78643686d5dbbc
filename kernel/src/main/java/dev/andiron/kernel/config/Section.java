package dev.andiron.kernel.config;

import dev.andiron.spi.Option;

import java.util.List;

/**
 * A group of keys that one part of the server reads.
 *
 * @param name its dotted name, such as {@code server}; empty for keys at the top of the file
 * @param options what it may hold
 */
public record Section(String name, List<Option<?>> options) {

    public Section {
        if (!name.matches("|[a-z][a-z0-9]*([.-][a-z0-9]+)*")) {
            throw new IllegalArgumentException("not a section's name: '" + name + "'");
        }
        options = List.copyOf(options);
    }

    public static Section of(String name, Option<?>... options) {
        return new Section(name, List.of(options));
    }

    /** The dotted key of an option in a section. */
    static String key(String section, String option) {
        return section.isEmpty() ? option : section + "." + option;
    }
}
