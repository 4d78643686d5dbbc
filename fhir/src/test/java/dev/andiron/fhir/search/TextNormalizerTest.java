package dev.andiron.fhir.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextNormalizerTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "smith, smith",
                "Smith, smith",
                "O'Neil-Doe, o'neil-doe",
                "\"  Van \t der\n Berg \", van der berg",
                "Müller, muller",
                "Mu\u0308ller, muller",
                "Éva ÉVA, eva eva",
                "Straße, strasse",
                "STRASSE, strasse",
                "ΟΔΟΣ, οδοσ",
                "οδός, οδοσ",
                "İstanbul, istanbul",
                "ﬁne, fine",
                "Ｆｕｌｌ, full",
                "a\u00a0b, a b",
                "東京, 東京",
                "\"   \", \"\"",
                "\"\", \"\"",
            })
    void foldsCaseAccentsAndSpace(String text, String normalized) {
        assertEquals(normalized, TextNormalizer.normalize(text));
        assertEquals(normalized, TextNormalizer.normalize(normalized), "it is stable");
    }
}
