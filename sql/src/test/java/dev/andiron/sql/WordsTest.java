package dev.andiron.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.regex.Pattern;

/** What counts as a word is part of the stored data, so it never changes. */
class WordsTest {
    @Test
    void wordsAreRunsOfWhatUnicodeCallsLettersAndNumbers() {
        Pattern part = Pattern.compile("[\\p{L}\\p{N}]");
        for (int character = 0; character <= Character.MAX_CODE_POINT; character++) {
            String text = Character.toString(character);
            assertEquals(part.matcher(text).matches(), Words.isOne(text), () -> "of " + text);
        }
        assertEquals(List.of("Ab1", "c", "é²", "𝒳y"), Words.of("--Ab1 c,\té² 𝒳y!"));
        assertEquals(List.of("last"), Words.of("last"));
        assertEquals(List.of(), Words.of(" .\uD800"));
        assertEquals(List.of(), Words.of(""));
    }
}
