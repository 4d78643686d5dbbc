package dev.andiron.fhir.search;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;

/**
 * The form in which texts are compared: compatibility-decomposed (NFKD), without combining marks,
 * case-folded, white space runs folded to one space and none at the ends.
 */
public final class TextNormalizer {

    private TextNormalizer() {}

    /** The normalised form; the empty text for one that holds white space alone. */
    public static String normalize(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean plain = c > ' ' && c < 0x7F && (c < 'A' || c > 'Z');
            boolean innerSpace = c == ' ' && i > 0 && i < length - 1 && text.charAt(i - 1) != ' ';
            if (!plain && !innerSpace) {
                return slow(text);
            }
        }
        return text;
    }

    private static String slow(String text) {
        if (isAscii(text)) {
            byte[] ascii = text.getBytes(StandardCharsets.ISO_8859_1);
            int end = foldAscii(ascii, 0, ascii.length, 0);
            return new String(ascii, 0, end, StandardCharsets.ISO_8859_1);
        }
        String folded = fold(text);
        var out = new StringBuilder(folded.length());
        boolean space = false;
        for (int i = 0; i < folded.length(); ) {
            int c = folded.codePointAt(i);
            i += Character.charCount(c);
            if (isSpace(c)) {
                space = true;
                continue;
            }
            if (space && !out.isEmpty()) {
                out.append(' ');
            }
            space = false;
            out.appendCodePoint(c);
        }
        return out.toString();
    }

    /**
     * Normalises ASCII in its array, which is most of what is ever normalised.
     *
     * @param to where the normalised text goes, not behind {@code from}
     * @return where the normalised text ends
     */
    static int foldAscii(byte[] text, int from, int end, int to) {
        int out = to;
        boolean space = false;
        for (int i = from; i < end; i++) {
            byte c = text[i];
            if (c == ' ' || c < ' ' && isSpace(c)) {
                space = true;
                continue;
            }
            if (space && out > to) {
                text[out++] = ' ';
            }
            space = false;
            text[out++] = c >= 'A' && c <= 'Z' ? (byte) (c + ('a' - 'A')) : c;
        }
        return out;
    }

    static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private static String fold(String text) {
        String decomposed = Normalizer.normalize(text, Normalizer.Form.NFKD);
        var bare = new StringBuilder(decomposed.length());
        for (int i = 0; i < decomposed.length(); ) {
            int c = decomposed.codePointAt(i);
            i += Character.charCount(c);
            if (!isMark(c)) {
                bare.appendCodePoint(c);
            }
        }
        // Upper case first makes ß and ss equal; the final sigma is the one letter that lower case
        // writes by its position.
        String lower = bare.toString().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        String onesigma = lower.replace('ς', 'σ');
        return Normalizer.normalize(onesigma, Normalizer.Form.NFKD);
    }

    private static boolean isMark(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK ->
                    true;
            default -> false;
        };
    }
}
