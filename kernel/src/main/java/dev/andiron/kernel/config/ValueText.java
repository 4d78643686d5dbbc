package dev.andiron.kernel.config;

import dev.andiron.spi.Option;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values as text: how a configuration writes them, both ways. */
final class ValueText {
    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,18}) ?([A-Za-z]*)");
    private static final Pattern PASSWORD_IN_URL =
            Pattern.compile(
                    "(?i)((?:password|passwd|secret|token)=)[^&;\\s]+|(//[^/:@\\s]+:)[^@\\s]+(?=@)");

    private static final Map<String, Duration> TIMES = new LinkedHashMap<>();
    private static final Map<String, Long> SIZES = new LinkedHashMap<>();

    static {
        TIMES.put("d", Duration.ofDays(1));
        TIMES.put("h", Duration.ofHours(1));
        TIMES.put("m", Duration.ofMinutes(1));
        TIMES.put("s", Duration.ofSeconds(1));
        TIMES.put("ms", Duration.ofMillis(1));
        SIZES.put("TiB", 1L << 40);
        SIZES.put("GiB", 1L << 30);
        SIZES.put("MiB", 1L << 20);
        SIZES.put("KiB", 1L << 10);
        SIZES.put("B", 1L);
    }

    private ValueText() {}

    /**
     * Reads a value.
     *
     * @param folder where relative paths start
     * @return a value of the option's Java type
     * @throws IllegalArgumentException saying what the option takes, to follow "key takes "
     */
    static Object read(Option<?> option, String text, Path folder) {
        return switch (option.type()) {
            case STRING, BACKEND -> text;
            case INTEGER -> {
                if (!text.matches("-?[0-9]{1,18}")) {
                    throw new IllegalArgumentException("a whole number");
                }
                yield Long.valueOf(text);
            }
            case BOOLEAN -> {
                if (!text.equals("true") && !text.equals("false")) {
                    throw new IllegalArgumentException("true or false");
                }
                yield Boolean.valueOf(text);
            }
            case DURATION -> duration(text);
            case SIZE -> size(text);
            case PATH -> path(text, folder);
            case CHOICE -> choice(option, text);
        };
    }

    private static Duration duration(String text) {
        Matcher matcher = AMOUNT.matcher(text);
        Duration unit = matcher.matches() ? TIMES.get(matcher.group(2)) : null;
        if (unit != null) {
            try {
                return unit.multipliedBy(Long.parseLong(matcher.group(1)));
            } catch (ArithmeticException tooLong) {
                throw new IllegalArgumentException("a shorter time", tooLong);
            }
        }
        throw new IllegalArgumentException("a time such as 500ms, 30s, 5m, 1h or 7d");
    }

    private static Long size(String text) {
        Matcher matcher = AMOUNT.matcher(text);
        if (matcher.matches()) {
            String word = matcher.group(2);
            Long unit = word.isEmpty() ? Long.valueOf(1) : SIZES.get(word);
            if (unit != null) {
                try {
                    return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
                } catch (ArithmeticException tooLarge) {
                    throw new IllegalArgumentException("a smaller size", tooLarge);
                }
            }
        }
        throw new IllegalArgumentException("a size such as 64KiB, 10MiB, 1GiB or plain bytes");
    }

    private static Path path(String text, Path folder) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("the path of a file or folder");
        }
        try {
            return folder.resolve(text).normalize();
        } catch (InvalidPathException invalid) {
            throw new IllegalArgumentException("the path of a file or folder", invalid);
        }
    }

    private static Object choice(Option<?> option, String text) {
        for (Object constant : option.javaType().getEnumConstants()) {
            if (Option.word(constant).equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("one of " + String.join(", ", option.choices()));
    }

    /** How a file would hold the value. */
    static String write(Option<?> option, Object value) {
        return switch (option.type()) {
            case DURATION -> duration((Duration) value);
            case SIZE -> size((Long) value);
            case STRING, INTEGER, BOOLEAN, PATH, CHOICE, BACKEND -> Option.word(value);
        };
    }

    /** The same for showing it: secrets masked, also those within a URL. */
    static String show(Option<?> option, Object value) {
        if (option.isSecret()) {
            return Setting.MASK;
        }
        return PASSWORD_IN_URL
                .matcher(write(option, value))
                .replaceAll(
                        found ->
                                Matcher.quoteReplacement(
                                        (found.group(1) != null ? found.group(1) : found.group(2))
                                                + Setting.MASK));
    }

    private static String duration(Duration value) {
        if (value.isZero()) {
            return "0s";
        }
        for (Map.Entry<String, Duration> unit : TIMES.entrySet()) {
            if (value.toMillis() % unit.getValue().toMillis() == 0) {
                return value.toMillis() / unit.getValue().toMillis() + unit.getKey();
            }
        }
        return value.toMillis() + "ms";
    }

    private static String size(long bytes) {
        for (Map.Entry<String, Long> unit : SIZES.entrySet()) {
            if (bytes != 0 && unit.getValue() > 1 && bytes % unit.getValue() == 0) {
                return bytes / unit.getValue() + unit.getKey();
            }
        }
        return Long.toString(bytes);
    }
}
