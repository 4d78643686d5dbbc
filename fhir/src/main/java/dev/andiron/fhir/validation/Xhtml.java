package dev.andiron.fhir.validation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Whether a narrative is one well-formed {@code div}; otherwise it could not be written as XML. A
 * scan, because a parser for each narrative would cost more than all other checks.
 */
public final class Xhtml {
    private static final String NAMESPACE = "http://www.w3.org/1999/xhtml";
    private static final Set<String> OWN_TO_XML = Set.of("amp", "lt", "gt", "quot", "apos");

    /** What the markup may be, beyond being well-formed. */
    interface Rules {
        Rules NONE = new Rules() {};

        default boolean allowsElement(String name) {
            return true;
        }

        default boolean allowsAttribute(String element, String name, String value) {
            return true;
        }

        default boolean allowsEntity(String name) {
            return true;
        }

        /** Whether there has to be text or an image. */
        default boolean needContent() {
            return false;
        }
    }

    private final String text;
    private final Rules rules;
    private int at;
    private boolean hasContent;
    private final ArrayDeque<String> open = new ArrayDeque<>();

    private Xhtml(String text, Rules rules) {
        this.text = text;
        this.rules = rules;
    }

    /** Whether it is one {@code div} with balanced tags, quoted attributes and known entities. */
    public static boolean isWellFormed(String text) {
        return follows(text, Rules.NONE);
    }

    /** As {@link #isWellFormed}, and all of its markup is allowed. */
    static boolean follows(String text, Rules rules) {
        String trimmed = text.strip();
        return trimmed.startsWith("<div") && new Xhtml(trimmed, rules).scan();
    }

    private boolean scan() {
        boolean wasOpen = false;
        while (at < text.length()) {
            if (wasOpen && open.isEmpty()) {
                return false; // something behind the div
            }
            wasOpen = true;
            char c = text.charAt(at);
            boolean fine =
                    switch (c) {
                        case '<' -> markup();
                        case '&' -> {
                            hasContent = true;
                            yield entity();
                        }
                        default -> {
                            at++;
                            hasContent |= !Character.isWhitespace(c);
                            yield isCharacter(c);
                        }
                    };
            if (!fine) {
                return false;
            }
        }
        return open.isEmpty() && (hasContent || !rules.needContent());
    }

    private static boolean isCharacter(char c) {
        return c >= ' ' && c < '\uFFFE' || c == '\n' || c == '\r' || c == '\t';
    }

    private boolean markup() {
        if (text.startsWith("<!--", at)) {
            int end = text.indexOf("--", at + 4);
            at = end + 3;
            return end > 0 && text.startsWith(">", end + 2);
        }
        if (text.startsWith("<![CDATA[", at)) {
            int end = text.indexOf("]]>", at);
            hasContent |= end > at + 9;
            at = end + 3;
            return end > 0;
        }
        if (text.startsWith("</", at)) {
            at += 2;
            String name = name();
            skipSpace();
            return take('>') && name.equals(open.poll());
        }
        at++;
        String name = name(); // empty for "<!DOCTYPE" and "<?", which have no place here
        boolean isElement = !name.isEmpty() && name.indexOf(':') < 0 && rules.allowsElement(name);
        hasContent |= name.equals("img");
        boolean isRoot = open.isEmpty();
        return isElement && (!isRoot || name.equals("div")) && attributes(name) && tagEnd(name);
    }

    private boolean tagEnd(String name) {
        if (take('/')) {
            return take('>');
        }
        open.push(name);
        return take('>');
    }

    private boolean attributes(String element) {
        List<String> names = List.of();
        while (true) {
            boolean spaced = skipSpace();
            if (at == text.length() || text.charAt(at) == '>' || text.charAt(at) == '/') {
                return at < text.length();
            }
            String name = name();
            boolean isForeign = name.indexOf(':') >= 0 && !name.startsWith("xml:");
            if (!spaced || name.isEmpty() || isForeign || names.contains(name)) {
                return false;
            }
            names = names.isEmpty() ? new ArrayList<>(4) : names;
            names.add(name);
            skipSpace();
            if (!take('=')) {
                return false;
            }
            skipSpace();
            int start = at + 1;
            if (!value()) {
                return false;
            }
            String value = text.substring(start, at - 1);
            if (name.equals("xmlns")
                    ? !value.equals(NAMESPACE)
                    : !rules.allowsAttribute(element, name, value)) {
                return false;
            }
        }
    }

    private boolean value() {
        if (at == text.length() || text.charAt(at) != '"' && text.charAt(at) != '\'') {
            return false;
        }
        char quote = text.charAt(at++);
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at);
            if (c == '<' || !isCharacter(c) || c == '&' && !entity()) {
                return false;
            }
            at += c == '&' ? 0 : 1;
        }
        return take(quote);
    }

    /** Names that HTML lacks could not be told to XML. */
    private boolean entity() {
        int end = text.indexOf(';', at);
        if (end < at + 2 || end > at + 12) {
            return false;
        }
        String name = text.substring(at + 1, end);
        at = end + 1;
        return name.startsWith("#")
                ? isCharacterNumber(name)
                : OWN_TO_XML.contains(name) || entity(name) > 0 && rules.allowsEntity(name);
    }

    /** The character that HTML gives this name; 0 if it does not, or XML does so itself. */
    public static int entity(String name) {
        return HtmlEntities.codePoint(name);
    }

    private static boolean isCharacterNumber(String name) {
        boolean isHexadecimal = name.startsWith("#x");
        String digits = name.substring(isHexadecimal ? 2 : 1);
        int radix = isHexadecimal ? 16 : 10;
        if (digits.isEmpty() || digits.chars().anyMatch(c -> Character.digit(c, radix) < 0)) {
            return false;
        }
        long number = Long.parseLong(digits, radix);
        boolean isControl = number < ' ' && number != '\n' && number != '\r' && number != '\t';
        boolean isSurrogate =
                number >= Character.MIN_SURROGATE && number <= Character.MAX_SURROGATE;
        return !isControl
                && !isSurrogate
                && number != 0xFFFE
                && number != 0xFFFF
                && number <= Character.MAX_CODE_POINT;
    }

    private String name() {
        int start = at;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean isName =
                    Character.isLetter(c)
                            || c == '_'
                            || c == ':'
                            || at > start && (Character.isDigit(c) || c == '-' || c == '.');
            if (!isName) {
                break;
            }
            at++;
        }
        return text.substring(start, at);
    }

    private boolean skipSpace() {
        int start = at;
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
        return at > start;
    }

    private boolean take(char c) {
        boolean isThere = at < text.length() && text.charAt(at) == c;
        at += isThere ? 1 : 0;
        return isThere;
    }
}
