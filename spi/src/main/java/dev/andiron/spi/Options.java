package dev.andiron.spi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The values of a backend's options: typed, checked, defaults applied. Immutable. */
public final class Options {
    private final Map<String, Object> values;

    private Options(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * Options from values by name; absent ones take their default.
     *
     * @param declared the provider's options
     * @param values values by option name, each of the option's Java type
     * @return the options
     * @throws IllegalArgumentException for an undeclared name, a value of another type, or a
     *     required value that is missing
     */
    public static Options of(List<Option<?>> declared, Map<String, ?> values) {
        var unknown = new LinkedHashMap<String, Object>(values);
        var resolved = new LinkedHashMap<String, Object>();
        for (Option<?> option : declared) {
            Object value = unknown.remove(option.name());
            if (value == null) {
                value = option.defaultValue().orElse(null);
            }
            if (value == null) {
                if (option.isRequired()) {
                    throw new IllegalArgumentException("missing option '" + option.name() + "'");
                }
                continue;
            }
            if (!option.javaType().isInstance(value)) {
                throw new IllegalArgumentException(
                        "option '%s' takes a value of type %s"
                                .formatted(option.name(), option.type()));
            }
            resolved.put(option.name(), value);
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown options " + unknown.keySet());
        }
        return new Options(Map.copyOf(resolved));
    }

    /**
     * The value of an option that is required or has a default.
     *
     * @throws NoSuchElementException if it has neither and was not set
     */
    public <T> T get(Option<T> option) {
        return find(option)
                .orElseThrow(
                        () -> new NoSuchElementException("option '" + option.name() + "' not set"));
    }

    /** The value of an option, if it was set or has a default. */
    public <T> Optional<T> find(Option<T> option) {
        return Optional.ofNullable(values.get(option.name())).map(option.javaType()::cast);
    }
}
