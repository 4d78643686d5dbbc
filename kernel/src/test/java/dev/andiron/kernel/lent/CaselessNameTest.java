package dev.andiron.kernel.lent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaselessNameTest {

    @ParameterizedTest
    @CsvSource({"a-1,a-1", "A-1,a-1~1", "aB,ab~2", "Part.ndjson,part.ndjson~1", "x_Y,x_y~4"})
    void caseIsWrittenOut(String name, String encoded) {
        assertEquals(encoded, CaselessName.encoded(name));
        assertEquals(name, CaselessName.decoded(encoded));
    }
}
