package dev.andiron.sql;

import java.util.List;
import java.util.regex.Pattern;

/** The words of a text: its runs of letters and digits. */
final class Words {
    private static final Pattern BETWEEN = Pattern.compile("[^\\p{L}\\p{N}]+");
    private static final Pattern ONE = Pattern.compile("[\\p{L}\\p{N}]+");

    private Words() {}

    static List<String> of(String text) {
        return BETWEEN.splitAsStream(text).filter(word -> !word.isEmpty()).toList();
    }

    /** Whether a text can occur as a word at all. */
    static boolean isOne(String text) {
        return ONE.matcher(text).matches();
    }
}
