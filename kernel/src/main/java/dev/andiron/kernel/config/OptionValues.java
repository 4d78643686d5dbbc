package dev.andiron.kernel.config;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Values of a plugin's options from texts, as a configuration would read them. */
public final class OptionValues {
    private OptionValues() {}

    /**
     * Reads the values; those that are not given take their defaults.
     *
     * @param texts values by option name
     * @param folder where relative paths start, those of defaults too
     * @throws IllegalArgumentException for an option that is not declared, a value that does not
     *     fit, or one that is missing
     */
    public static Options of(List<Option<?>> options, Map<String, String> texts, Path folder) {
        var values = new HashMap<String, Object>();
        var unknown = new TreeMap<>(texts);
        for (Option<?> option : options) {
            String text = unknown.remove(option.name());
            if (text != null) {
                try {
                    values.put(option.name(), ValueText.read(option, text, folder));
                } catch (IllegalArgumentException wrong) {
                    throw new IllegalArgumentException(
                            "the option '%s' takes %s".formatted(option.name(), wrong.getMessage()),
                            wrong);
                }
            } else if (option.defaultValue().orElse(null) instanceof Path path) {
                values.put(option.name(), folder.resolve(path).normalize());
            } else if (option.isRequired()) {
                throw new IllegalArgumentException("the option '" + option.name() + "' is missing");
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "'%s' is not an option of this plugin".formatted(unknown.firstKey()));
        }
        return Options.of(options, values);
    }
}
