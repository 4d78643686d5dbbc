package dev.andiron.elasticsearch;

/**
 * How a parameter and the parts of a value become one keyword, such as {@code
 * code|http://loinc.org|8867-4}: all but the last part with a backslash before each bar and
 * backslash, so that no two different ones are the same, and those that share their first parts
 * share a prefix.
 */
final class Keys {
    private static final char BAR = '|';

    /** Sorts right behind the bar. */
    private static final char BEHIND_BAR = '}';

    private Keys() {}

    /** What all keywords of a parameter start with. */
    static String prefix(String parameter) {
        return escaped(parameter) + BAR;
    }

    /** What a keyword starts with, with one more part. */
    static String prefix(String prefix, String part) {
        return prefix + escaped(part) + BAR;
    }

    /** The first text behind all that start with a prefix. */
    static String end(String prefix) {
        return prefix.substring(0, prefix.length() - 1) + BEHIND_BAR;
    }

    private static String escaped(String part) {
        if (part.indexOf(BAR) < 0 && part.indexOf('\\') < 0) {
            return part;
        }
        return part.replace("\\", "\\\\").replace("|", "\\|");
    }
}
