package dev.andiron.spi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * One key that a provider's configuration may hold: what it is called, what it may be, and what it
 * means. Made by the static factories, refined by {@link #required()} and {@link #secret()}.
 *
 * @param <T> the Java type of its value
 */
public final class Option<T> {
    private final String name;
    private final OptionType type;
    private final Class<T> javaType;
    private final Optional<T> defaultValue;
    private final boolean required;
    private final boolean secret;
    private final String description;

    private Option(
            String name,
            OptionType type,
            Class<T> javaType,
            Optional<T> defaultValue,
            boolean required,
            boolean secret,
            String description) {
        if (!name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException(
                    "an option's name is lower case words joined by hyphens, not '" + name + "'");
        }
        this.name = name;
        this.type = type;
        this.javaType = javaType;
        this.defaultValue = defaultValue;
        this.required = required;
        this.secret = secret;
        this.description = Objects.requireNonNull(description, "description is null");
    }

    /** Text without a default. */
    public static Option<String> string(String name, String description) {
        return new Option<>(
                name, OptionType.STRING, String.class, Optional.empty(), false, false, description);
    }

    /** Text with a default. */
    public static Option<String> string(String name, String defaultValue, String description) {
        return string(name, description).withDefault(defaultValue);
    }

    /** A whole number with a default. */
    public static Option<Long> integer(String name, long defaultValue, String description) {
        return new Option<>(
                name,
                OptionType.INTEGER,
                Long.class,
                Optional.of(defaultValue),
                false,
                false,
                description);
    }

    /** A switch with a default. */
    public static Option<Boolean> bool(String name, boolean defaultValue, String description) {
        return new Option<>(
                name,
                OptionType.BOOLEAN,
                Boolean.class,
                Optional.of(defaultValue),
                false,
                false,
                description);
    }

    /** A time span with a default. */
    public static Option<Duration> duration(
            String name, Duration defaultValue, String description) {
        return new Option<>(
                name,
                OptionType.DURATION,
                Duration.class,
                Optional.of(defaultValue),
                false,
                false,
                description);
    }

    /** A number of bytes with a default. */
    public static Option<Long> size(String name, long defaultBytes, String description) {
        return new Option<>(
                name,
                OptionType.SIZE,
                Long.class,
                Optional.of(defaultBytes),
                false,
                false,
                description);
    }

    /** A file or folder with a default, relative to the data folder unless absolute. */
    public static Option<Path> path(String name, Path defaultValue, String description) {
        return new Option<>(
                name,
                OptionType.PATH,
                Path.class,
                Optional.of(defaultValue),
                false,
                false,
                description);
    }

    /** One constant of an enum, with a default. */
    public static <E extends Enum<E>> Option<E> choice(
            String name, E defaultValue, String description) {
        return new Option<>(
                name,
                OptionType.CHOICE,
                defaultValue.getDeclaringClass(),
                Optional.of(defaultValue),
                false,
                false,
                description);
    }

    /** The name of another configured backend. */
    public static Option<String> backend(String name, String description) {
        return new Option<>(
                name,
                OptionType.BACKEND,
                String.class,
                Optional.empty(),
                false,
                false,
                description);
    }

    /** The same option, with this default. */
    public Option<T> withDefault(T value) {
        return new Option<>(
                name, type, javaType, Optional.of(value), required, secret, description);
    }

    /** The same option, without which the configuration is refused. */
    public Option<T> required() {
        return new Option<>(name, type, javaType, Optional.empty(), true, secret, description);
    }

    /** The same option, whose value is never printed or logged. */
    public Option<T> secret() {
        return new Option<>(name, type, javaType, defaultValue, required, true, description);
    }

    /** The same option under another name. */
    public Option<T> named(String other) {
        return new Option<>(other, type, javaType, defaultValue, required, secret, description);
    }

    public String name() {
        return name;
    }

    public OptionType type() {
        return type;
    }

    public Class<T> javaType() {
        return javaType;
    }

    public Optional<T> defaultValue() {
        return defaultValue;
    }

    public boolean isRequired() {
        return required;
    }

    public boolean isSecret() {
        return secret;
    }

    public String description() {
        return description;
    }

    /**
     * The words that a {@link OptionType#CHOICE} accepts.
     *
     * @return the constants in lower case with hyphens; empty for the other types
     */
    public List<String> choices() {
        T[] constants = javaType.getEnumConstants();
        return constants == null ? List.of() : Arrays.stream(constants).map(Option::word).toList();
    }

    /** How a value of this option is written in a configuration file. */
    public static String word(Object value) {
        return value instanceof Enum<?> constant
                ? constant.name().toLowerCase(Locale.ROOT).replace('_', '-')
                : String.valueOf(value);
    }

    @Override
    public String toString() {
        return name;
    }
}
