package dev.andiron.fhir.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

class PathDialectTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final JsonObject OBSERVATION =
            JsonReader.readObject(
                    """
                    {"resourceType": "Observation", "id": "o", "status": "final",
                     "code": {"text": "weight"}, "valueQuantity": {"value": 70, "unit": "kg"},
                     "component": [{"valueString": "a"}, {"valueInteger": 2}, {"valueString": "b"}],
                     "performer": [{"reference": "#p"}, {"reference": "#q"}]}
                    """
                            .getBytes(StandardCharsets.UTF_8));

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "FILTERING_AS; component.value.as(string); a,b",
                "FILTERING_AS; (component.value as string); a,b",
                "FILTERING_AS; component.value.ofType(string); a,b",
                "STANDARD; component.value.ofType(string); a,b",
                "STANDARD; component.value.first().as(string); a",
                "STANDARD; component[1].value as integer; 2",
                "STANDARD; component[1].value as string; \"\"",
                "STANDARD; value as string; \"\"",
                "STANDARD; (1 | 'a').last() as System.String; a",
                "STANDARD; Encounter.status; \"\"",
                "STANDARD; children().first().exists(); true",
                "CHOICE_NAMES; valueQuantity.unit; kg",
                "CHOICE_NAMES; Observation.valueString.exists(); false",
                "CHOICE_NAMES; component.valueString; a,b",
                "CHOICE_NAMES; component.where(valueString = 'b').value; b",
                "CHOICE_NAMES; children().valueInteger; 2",
                "STRICT; Observation.component[1].value; 2",
                "STRICT; Resource.id; o",
                "STRICT; component.value.skip(1).first(); 2",
                "STRICT; children().where($this is code).single(); final",
                "STRICT; (status | id).sort().first(); final",
                "STRICT; performer.where(Reference.reference = '#q').reference; #q",
            })
    void gives(PathDialect dialect, String expression, String expected) {
        String found =
                Path.compile(expression, "Observation", R4, dialect).evaluate(OBSERVATION).stream()
                        .map(PathNode::textOrNull)
                        .collect(Collectors.joining(","));
        assertEquals(expected, found);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "STANDARD; component.value.as(string); 'as' needs a single value, got 3",
                "STANDARD; (1 | 'a') as String; 'as' needs a single value, got 2",
                "STANDARD; valueQuantity; has no element 'valueQuantity'",
                "CHOICE_NAMES; valueAddress; has no element 'valueAddress'",
                "STRICT; valueQuantity; has no element 'valueQuantity'",
                "STRICT; Encounter.status; Observation is no Encounter",
                "STRICT; status | Encounter.status; Observation is no Encounter",
                "STRICT; performer.select(Encounter.id); Reference is no Encounter",
                "STRICT; children().skip(1); skip() needs an order",
                "STRICT; descendants().where(id.exists())[0]; an index needs an order",
                "STRICT; (status | id).first(); first() needs an order",
                "STRICT; status.combine(id).take(1); take() needs an order",
                "STRICT; component.value.distinct().last(); last() needs an order",
                "STRICT; children().ofType(code).tail(); tail() needs an order",
                "STRICT; children().code.first(); first() needs an order",
            })
    void refuses(PathDialect dialect, String expression, String reason) {
        var refusal =
                assertThrows(
                        PathException.class,
                        () ->
                                Path.compile(expression, "Observation", R4, dialect)
                                        .evaluate(OBSERVATION));
        assertTrue(refusal.getMessage().contains(reason), refusal::getMessage);
    }

    @Test
    void choiceNamesAreNotSkippedOnResourcesThatHaveThem() {
        Path path = Path.compile("valueQuantity.unit", "Observation", R4, PathDialect.CHOICE_NAMES);
        assertTrue(path.firstMembers().isEmpty());
    }
}
