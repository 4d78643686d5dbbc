package dev.andiron.fhir.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** What a hostile expression meets, and what the time is. */
class PathBoundsTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final JsonObject PATIENT =
            JsonObject.builder().put("resourceType", "Patient").put("id", "p").build();
    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2024-02-29T23:59:58.5Z"), ZoneOffset.ofHours(2));

    private static String evaluate(String expression) {
        List<PathNode> nodes =
                Path.compile(expression, "Patient", R4)
                        .evaluate(Path.root(PATIENT, R4), Map.of(), CLOCK);
        return String.join(",", nodes.stream().map(PathNode::textOrNull).toList());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = ';',
            value = {
                "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
                        + ".matches('^(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)b!$'); takes too long",
                "('0' | '1').aggregate($total & 'x', 'y').matches('('); no regular expression",
                "'abc'.replaceMatches('b', '$9'); no replacement",
                "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9).select($this).repeat($this + 1); may not end",
                "'123456789012'.toChars().aggregate($total * $total, 10); digits",
                "(1|2|3|4|5|6|7|8|9).aggregate($total & $total & $total & $total & $total & $total"
                        + " & $total & $total & $total & $total, '0123456789'); characters",
                "id.memberOf('urn:x'); needs a terminology service",
                "conformsTo('urn:x'); needs profiles",
                "1.round(99); digits",
                "'x'.encode('rot13'); knows hex",
                "1 'kg' + 1 's'; comparable units",
                "@2024-01-01 + 1 'a'; write year or month",
            })
    void refusesByName(String expression, String reason) {
        var refusal = assertThrows(PathException.class, () -> evaluate(expression));
        assertTrue(refusal.getMessage().contains(reason), refusal::getMessage);
    }

    @Test
    void refusesADeepRegex() {
        String text = "ab".repeat(200_000);
        JsonObject patient = PATIENT.with("language", dev.andiron.fhir.json.JsonString.of(text));
        Path path = Path.compile("language.matches('^(a|b)*$')", "Patient", R4);
        var refusal = assertThrows(PathException.class, () -> path.evaluate(patient));
        assertTrue(refusal.getMessage().contains("regular expression"), refusal::getMessage);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = ';',
            value = {
                "now(); 2024-03-01T01:59:58.500+02:00",
                "today(); 2024-03-01",
                "timeOfDay(); 01:59:58.500",
                "today() - 1 month; 2024-02-01",
                "today() + 13 months; 2025-04-01",
                "@2024-02-29 + 1 year; 2025-02-28",
                "@2024 + 24 months; 2026",
                "@2024-01-31T10:30Z + 90 seconds; 2024-01-31T10:31Z",
                "@9999-12-31 + 1 day; ''",
                "@T23:30 + 45 minutes; 00:15",
                "5 'kg' > 1000 'g'; true",
                "37 'Cel' > 36.5 'Cel'; true",
                "37 'Cel' = 310.15 'K'; ''",
                "1 'kg' = 1 's'; ''",
                "(1.5 'kg' + 250 'g').toString(); 1.75 'kg'",
                "(1 year).toString(); 1 year",
                "1 year = 12 months; true",
                "1 year = 1 'a'; ''",
                "1 year ~ 1 'a'; true",
                "'100 \\'cm\\''.toQuantity() = 1 'm'; true",
                "(3 | 1 | 2).sort(-$this).select($this.toString()).join(); 321",
                "'a,b,,'.split(',').count(); 4",
                "'abcabc'.lastIndexOf('b'); 4",
                "7.power(2); 49",
                "(-1).power(0.5); ''",
                "0.ln(); ''",
                "'2147483648'.toInteger(); ''",
                "'24:00'.toTime(); ''",
                "@T10:30 = @T10:30:00; ''",
                "defineVariable('x', 3).select(%x + 1); 4",
                "(1 | 2).select(defineVariable('x').select(%x * 10)).aggregate($this + $total, 0);"
                        + " 30",
                "coalesce({}, id, 'other'); p",
                "id.type().name; id",
                "{}.aggregate($this + $total, 5); 5",
            })
    void evaluates(String expression, String expected) {
        assertEquals("''".equals(expected) ? "" : expected, evaluate(expression));
    }
}
