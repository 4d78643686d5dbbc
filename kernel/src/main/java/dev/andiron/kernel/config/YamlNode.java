package dev.andiron.kernel.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a configuration file holds at one key. */
sealed interface YamlNode {

    /** The line that it starts at, from 1. */
    int line();

    /**
     * Keys below it.
     *
     * @param children by key, in the order of the file; filled while the file is read
     */
    record Mapping(int line, Map<String, YamlNode> children) implements YamlNode {
        Mapping(int line) {
            this(line, new LinkedHashMap<>());
        }
    }

    /**
     * A value.
     *
     * @param text its text, without quotes
     * @param empty whether nothing was written, or {@code null}
     */
    record Scalar(int line, String text, boolean empty) implements YamlNode {}

    /** A list, which no key takes. */
    record Sequence(int line) implements YamlNode {}
}
