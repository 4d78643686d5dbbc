package dev.andiron.elasticsearch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The words of a text: its runs of letters and digits. */
final class Words {
    /** Longer words are indexed by what they hash to. */
    static final int LONGEST = 256;

    private static final Pattern BETWEEN = Pattern.compile("[^\\p{L}\\p{Nd}]+");
    private static final Pattern ONE = Pattern.compile("[\\p{L}\\p{Nd}]+");

    private Words() {}

    /** A text as it is indexed: its words, with spaces between. */
    static String indexed(String text) {
        return BETWEEN.splitAsStream(text)
                .filter(word -> !word.isEmpty())
                .map(Words::token)
                .collect(Collectors.joining(" "));
    }

    /** Whether all of these can occur as words at all. */
    static boolean areWords(List<String> texts) {
        return texts.stream().allMatch(text -> ONE.matcher(text).matches());
    }

    /** What the index holds for a word. */
    static String token(String word) {
        return word.length() <= LONGEST ? word : "#" + hash(word);
    }

    private static String hash(String word) {
        try {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
