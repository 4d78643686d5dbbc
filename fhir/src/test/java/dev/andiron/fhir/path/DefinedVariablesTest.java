package dev.andiron.fhir.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Variables of {@code defineVariable()}, by names that are written and names that are computed. */
class DefinedVariablesTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final JsonObject PATIENT =
            JsonReader.readObject(
                    """
                    {"resourceType": "Patient", "id": "p", "language": "resource",
                     "name": [{"family": "f", "text": "t1"}, {"family": "g", "text": "t2"}]}
                    """
                            .getBytes(StandardCharsets.UTF_8));

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "defineVariable('a', 1).select(%a + 1); 2",
                "name.select(defineVariable('a', text).select(%a)); t1,t2",
                "select(defineVariable('a', 'in').select(%a)).defineVariable('a',"
                        + " 'out').select($this & %a); inout",
                "defineVariable('a' & 'b', 1).select(%ab + 1); 2",
                "name.select(defineVariable(family, text).select(iif(family = 'f', %f, %g)));"
                        + " t1,t2",
                "defineVariable(id).select(%p.language); resource",
                "defineVariable('x' & '1', 1).defineVariable('x' & '2', %x1 + 1).select(%x2); 2",
                "defineVariable('x' & '1', 1).defineVariable('y', %x1 + 1).select(%y); 2",
            })
    void haveTheirValues(String expression, String expected) {
        String found =
                Path.compile(expression, "Patient", R4).evaluate(PATIENT).stream()
                        .map(PathNode::textOrNull)
                        .collect(Collectors.joining(","));
        assertEquals(expected, found);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "defineVariable('a', 1).defineVariable('a', 2); a variable %a already",
                "defineVariable('a', 1).defineVariable('' & 'a', 2).select(%a); a variable %a"
                        + " already",
                "defineVariable('' & 'a', 1).defineVariable('a', 2).select(%a); a variable %a"
                        + " already",
                "defineVariable('' & 'a', 1).select(name.defineVariable('a' & '', 2).select(%a)); a"
                        + " variable %a already",
                "defineVariable('reso' & 'urce', 1).select(%a); a variable %resource already",
                "defineVariable('' & 'a', 1).select(%b); the variable %b has no value",
                "defineVariable('' & 'a', 1).id | %a; no variable %a",
                "defineVariable(gender, 1).select(%a); defineVariable() needs a name",
                "defineVariable(name.family, 1).select(%a); defineVariable() needs a single text",
            })
    void areRefused(String expression, String reason) {
        var refusal =
                assertThrows(
                        PathException.class,
                        () -> Path.compile(expression, "Patient", R4).evaluate(PATIENT));
        assertTrue(refusal.getMessage().contains(reason), refusal::getMessage);
    }
}
