package dev.andiron.sql;

import java.util.ArrayList;
import java.util.List;

/** The words of a text: its runs of letters and digits. */
final class Words {

    private Words() {}

    static List<String> of(String text) {
        var words = new ArrayList<String>();
        int start = 0;
        int at = 0;
        while (at < text.length()) {
            int character = text.codePointAt(at);
            int next = at + Character.charCount(character);
            if (!isPart(character)) {
                if (start < at) {
                    words.add(text.substring(start, at));
                }
                start = next;
            }
            at = next;
        }
        if (start < at) {
            words.add(text.substring(start, at));
        }
        return words;
    }

    /** Whether a text can occur as a word at all. */
    static boolean isOne(String text) {
        return !text.isEmpty() && text.codePoints().allMatch(Words::isPart);
    }

    private static boolean isPart(int character) {
        return Character.isLetterOrDigit(character)
                || switch (Character.getType(character)) {
                    case Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
                    default -> false;
                };
    }
}
