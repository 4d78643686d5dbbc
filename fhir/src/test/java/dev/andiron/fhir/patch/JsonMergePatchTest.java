package dev.andiron.fhir.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.Random;

class JsonMergePatchTest {

    /** The table of RFC 7386's appendix A, each in a member 'x' of a resource. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"a":"b"} | {"a":"c"} | {"a":"c"}
                    {"a":"b"} | {"b":"c"} | {"a":"b","b":"c"}
                    {"a":"b"} | {"a":null} | {}
                    {"a":"b","b":"c"} | {"a":null} | {"b":"c"}
                    {"a":["b"]} | {"a":"c"} | {"a":"c"}
                    {"a":"c"} | {"a":["b"]} | {"a":["b"]}
                    {"a":{"b":"c"}} | {"a":{"b":"d","c":null}} | {"a":{"b":"d"}}
                    {"a":[{"b":"c"}]} | {"a":[1]} | {"a":[1]}
                    ["a","b"] | ["c","d"] | ["c","d"]
                    {"a":"b"} | ["c"] | ["c"]
                    {"a":"foo"} | "bar" | "bar"
                    {"e":null} | {"a":1} | {"e":null,"a":1}
                    [1,2] | {"a":"b","c":null} | {"a":"b"}
                    {} | {"a":{"bb":{"ccc":null}}} | {"a":{"bb":{}}}
                    {"a":1.10} | {"b":2.00} | {"a":1.10,"b":2.00}
                    """)
    void mergesAsTheRfcSays(String x, String patch, String expected) {
        assertEquals(
                patient(expected),
                JsonMergePatch.apply(patient(x), bytes("{\"x\":%s}".formatted(patch))));
    }

    @Test
    void anEmptyPatchChangesNothingAndNullRemoves() {
        assertEquals(patient("1"), JsonMergePatch.apply(patient("1"), bytes("{}")));
        assertEquals(
                patient("1").without("x"),
                JsonMergePatch.apply(patient("1"), bytes("{\"x\":null}")));
    }

    /** merge(a, diff(a, b)) is b, for trees without null. */
    @Test
    void appliesWhatADiffSays() {
        var random = new Random(7);
        for (int i = 0; i < 300; i++) {
            JsonObject a = patient(Trees.text(random));
            JsonObject b = patient(Trees.text(random));
            var diff =
                    JakartaTree.PROVIDER.createMergeDiff(JakartaTree.from(a), JakartaTree.from(b));
            assertEquals(b, JsonMergePatch.apply(a, bytes(diff.toJsonValue().toString())));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    422 | {"id":"2"}
                    422 | {"id":null}
                    422 | {"resourceType":"Group"}
                    422 | {"meta":{"versionId":"9"}}
                    422 | ["not","an","object"]
                    400 | {"id":
                    """)
    void refuses(int status, String patch) {
        var refusal =
                assertThrows(
                        FhirException.class,
                        () -> JsonMergePatch.apply(patient("1"), bytes(patch)));
        assertEquals(status, refusal.status());
    }

    private static JsonObject patient(String x) {
        return JsonReader.readObject(
                bytes(
                        """
                        {"resourceType":"Patient","id":"1","meta":{"versionId":"3"},"x":%s}\
                        """
                                .formatted(x)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
