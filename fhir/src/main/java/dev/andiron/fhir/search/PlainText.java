package dev.andiron.fhir.search;

import dev.andiron.fhir.validation.Xhtml;

import java.util.Set;

/** The text that a reader of XHTML sees: without tags and comments, entities resolved. */
final class PlainText {
    private static final int LONGEST_ENTITY = 10;
    private static final Set<String> INLINE =
            Set.of("a", "b", "big", "em", "i", "q", "s", "small", "span", "strong", "sub", "u");

    private PlainText() {}

    static String of(String xhtml) {
        var out = new StringBuilder(xhtml.length());
        for (int i = 0; i < xhtml.length(); ) {
            char c = xhtml.charAt(i);
            if (c == '<') {
                int end = xhtml.startsWith("<!--", i) ? xhtml.indexOf("-->", i) : -1;
                int close = end >= 0 ? end + 2 : xhtml.indexOf('>', i);
                if (!isInline(xhtml, i)) {
                    out.append(' ');
                }
                i = close < 0 ? xhtml.length() : close + 1;
            } else if (c == '&') {
                i = entity(xhtml, i, out);
            } else {
                out.append(c);
                i++;
            }
        }
        return out.toString();
    }

    /** Tags such as {@code <b>} part no words. */
    private static boolean isInline(String xhtml, int start) {
        int from = xhtml.startsWith("</", start) ? start + 2 : start + 1;
        int to = from;
        while (to < xhtml.length() && Character.isLetterOrDigit(xhtml.charAt(to))) {
            to++;
        }
        return INLINE.contains(xhtml.substring(from, to));
    }

    /** Writes what an entity stands for, and says where it ends. */
    private static int entity(String xhtml, int start, StringBuilder out) {
        int end = xhtml.indexOf(';', start);
        if (end < 0 || end - start > LONGEST_ENTITY) {
            out.append('&');
            return start + 1;
        }
        String name = xhtml.substring(start + 1, end);
        int character =
                switch (name) {
                    case "lt" -> '<';
                    case "gt" -> '>';
                    case "amp" -> '&';
                    case "quot" -> '"';
                    case "apos" -> '\'';
                    default ->
                            name.startsWith("#")
                                    ? numbered(name.substring(1))
                                    : Math.max(' ', Xhtml.entity(name));
                };
        out.appendCodePoint(character);
        return end + 1;
    }

    private static int numbered(String digits) {
        try {
            int character =
                    digits.startsWith("x") || digits.startsWith("X")
                            ? Integer.parseInt(digits.substring(1), 16)
                            : Integer.parseInt(digits);
            return Character.isValidCodePoint(character) ? character : ' ';
        } catch (NumberFormatException e) {
            return ' ';
        }
    }
}
