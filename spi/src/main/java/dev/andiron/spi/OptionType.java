package dev.andiron.spi;

/** The types of configuration values that the kernel can check. */
public enum OptionType {
    /** Text, a {@link String}. */
    STRING,
    /** A whole number, a {@link Long}. */
    INTEGER,
    /** {@code true} or {@code false}, a {@link Boolean}. */
    BOOLEAN,
    /**
     * A time such as {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}; a {@link
     * java.time.Duration}.
     */
    DURATION,
    /**
     * A size such as {@code 64KiB}, {@code 10MiB}, {@code 1GiB} or plain bytes; a {@link Long} in
     * bytes.
     */
    SIZE,
    /** A file or folder, a {@link java.nio.file.Path}; relative ones start at the data folder. */
    PATH,
    /** One of a few words, an enum constant written in lower case with hyphens. */
    CHOICE,
    /** The name of another configured backend, a {@link String}. */
    BACKEND
}
