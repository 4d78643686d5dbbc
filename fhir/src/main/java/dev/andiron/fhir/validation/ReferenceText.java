package dev.andiron.fhir.validation;

import java.util.function.Predicate;

/** The forms of {@code Reference.reference}. */
final class ReferenceText {
    private static final String HISTORY = "/_history/";

    private ReferenceText() {}

    /**
     * Whether a text is a fragment, an absolute URI, a relative reference with an optional version,
     * or a search that a conditional reference stands for.
     */
    static boolean isValid(String text, Predicate<String> isResourceType) {
        if (text.startsWith("#")) {
            return text.length() == 1 || isWithoutSpace(text);
        }
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case ':' -> {
                    return i > 0 && i + 1 < text.length() && isWithoutSpace(text);
                }
                case '?' -> {
                    return i + 1 < text.length() && isResourceType.test(text.substring(0, i));
                }
                case '/' -> {
                    return isRelative(text, i) && isResourceType.test(text.substring(0, i));
                }
                default -> {
                    // part of the scheme or the type
                }
            }
        }
        return false;
    }

    private static boolean isRelative(String text, int slash) {
        int history = text.indexOf(HISTORY, slash + 1);
        return history < 0
                ? Primitive.isId(text, slash + 1, text.length())
                : Primitive.isId(text, slash + 1, history)
                        && Primitive.isId(text, history + HISTORY.length(), text.length());
    }

    private static boolean isWithoutSpace(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ') {
                return false;
            }
        }
        return true;
    }
}
