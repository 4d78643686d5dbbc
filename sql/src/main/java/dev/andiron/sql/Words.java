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
        // Most are of ASCII, and are told apart without tables.
        if (character < 0x80) {
            int letter = character | 0x20;
            return letter >= 'a' && letter <= 'z' || character >= '0' && character <= '9';
        }
        return Character.isLetterOrDigit(character)
                || switch (Character.getType(character)) {
                    case Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
                    default -> false;
                };
    }
}
