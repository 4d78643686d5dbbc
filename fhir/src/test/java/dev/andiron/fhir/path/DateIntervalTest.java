package dev.andiron.fhir.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;

class DateIntervalTest {

    @ParameterizedTest
    @CsvSource({
        "2024, 2024-01-01T00:00:00Z, 2025-01-01T00:00:00Z",
        "9999, 9999-01-01T00:00:00Z, +10000-01-01T00:00:00Z",
        "2024-02, 2024-02-01T00:00:00Z, 2024-03-01T00:00:00Z",
        "2024-12, 2024-12-01T00:00:00Z, 2025-01-01T00:00:00Z",
        "2024-02-29, 2024-02-29T00:00:00Z, 2024-03-01T00:00:00Z",
        "1901-01-01, 1901-01-01T00:00:00Z, 1901-01-02T00:00:00Z",
        "2024-02-29T23:59, 2024-02-29T23:59:00Z, 2024-03-01T00:00:00Z",
        "2024-02-29T10:00:00, 2024-02-29T10:00:00Z, 2024-02-29T10:00:01Z",
        "2024-02-29T10:00:00Z, 2024-02-29T10:00:00Z, 2024-02-29T10:00:01Z",
        "2024-02-29T10:00:00+01:30, 2024-02-29T08:30:00Z, 2024-02-29T08:30:01Z",
        "2024-02-29T23:00:00-05:00, 2024-03-01T04:00:00Z, 2024-03-01T04:00:01Z",
        "2024-02-29T10:00:00.5Z, 2024-02-29T10:00:00.5Z, 2024-02-29T10:00:00.6Z",
        "2024-02-29T10:00:00.123Z, 2024-02-29T10:00:00.123Z, 2024-02-29T10:00:00.124Z",
        "2024-12-31T23:59:60Z, 2024-12-31T23:59:59Z, 2025-01-01T00:00:00Z",
        "2024-12-31T24:00:00Z, 2025-01-01T00:00:00Z, 2025-01-01T00:00:01Z",
    })
    void meansAnInterval(String text, Instant low, Instant high) {
        assertEquals(new DateInterval(low, high), DateInterval.parse(text).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2",
                "202",
                "20240",
                "2024-",
                "2024-1",
                "2024-13",
                "2024-00",
                "2024-02-30",
                "2024-2-3",
                "2024/02/03",
                "2024-02-29T",
                "2024-02-29T10",
                "2024-02-29T25:00:00Z",
                "2024-02-29T10:60:00Z",
                "2024-02-29T10:00:61Z",
                "2024-02-29T10:00:00.Z",
                "2024-02-29T10:00:00+1:00",
                "2024-02-29T10:00:00+19:00",
                "2024-02-29 10:00:00Z",
                "2024-02-29T10:00:00Zx",
                "2024-02-29T10:00:00.1234567890Z",
                "two thousand",
                "-024"
            })
    void refusesWhatIsNoDate(String text) {
        assertTrue(DateInterval.parse(text).isEmpty());
    }
}
