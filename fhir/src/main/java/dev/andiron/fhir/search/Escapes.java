package dev.andiron.fhir.search;

import java.util.ArrayList;
import java.util.List;

/**
 * The separators within values, which a backslash before them makes ordinary characters: {@code , |
 * $} and the backslash itself. A backslash before anything else is an ordinary character.
 */
final class Escapes {

    private Escapes() {}

    /** Splits at a separator, leaving the escapes in the parts. */
    static List<String> split(String value, char separator) {
        var parts = new ArrayList<String>(2);
        int start = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (isEscape(value, i)) {
                i++;
            } else if (c == separator) {
                parts.add(value.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(value.substring(start));
        return parts;
    }

    /** Takes the escapes away. */
    static String unescape(String part) {
        if (part.indexOf('\\') < 0) {
            return part;
        }
        var plain = new StringBuilder(part.length());
        for (int i = 0; i < part.length(); i++) {
            if (isEscape(part, i)) {
                i++;
            }
            plain.append(part.charAt(i));
        }
        return plain.toString();
    }

    private static boolean isEscape(String value, int at) {
        return value.charAt(at) == '\\'
                && at + 1 < value.length()
                && ",|$\\".indexOf(value.charAt(at + 1)) >= 0;
    }
}
