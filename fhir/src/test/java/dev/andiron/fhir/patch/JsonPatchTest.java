package dev.andiron.fhir.patch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.FhirException;

import jakarta.json.JsonStructure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Random;

class JsonPatchTest {

    /** The cases of RFC 6902's appendix A that apply, each in a member 'x' of a resource. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"foo":"bar"} | {"op":"add","path":"/x/baz","value":"qux"} | {"baz":"qux","foo":"bar"}
                    {"foo":["bar","baz"]} | {"op":"add","path":"/x/foo/1","value":"qux"} | {"foo":["bar","qux","baz"]}
                    {"baz":"qux","foo":"bar"} | {"op":"remove","path":"/x/baz"} | {"foo":"bar"}
                    {"foo":["bar","qux","baz"]} | {"op":"remove","path":"/x/foo/1"} | {"foo":["bar","baz"]}
                    {"baz":"qux","foo":"bar"} | {"op":"replace","path":"/x/baz","value":"boo"} | {"baz":"boo","foo":"bar"}
                    {"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}} | {"op":"move","from":"/x/foo/waldo","path":"/x/qux/thud"} | {"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}
                    {"foo":["all","grass","cows","eat"]} | {"op":"move","from":"/x/foo/1","path":"/x/foo/3"} | {"foo":["all","cows","eat","grass"]}
                    {"baz":"qux","foo":["a",2,"c"]} | {"op":"test","path":"/x/foo/1","value":2} | {"baz":"qux","foo":["a",2,"c"]}
                    {"foo":"bar"} | {"op":"add","path":"/x/child","value":{"grandchild":{}}} | {"foo":"bar","child":{"grandchild":{}}}
                    {"foo":"bar"} | {"op":"add","path":"/x/baz","value":"qux","xyz":123} | {"foo":"bar","baz":"qux"}
                    {"/":9,"~1":10} | {"op":"test","path":"/x/~01","value":10} | {"/":9,"~1":10}
                    {"foo":["bar"]} | {"op":"add","path":"/x/foo/-","value":["abc","def"]} | {"foo":["bar",["abc","def"]]}
                    {"foo":null} | {"op":"test","path":"/x/foo","value":null} | {"foo":null}
                    {"foo":{"a":1,"b":2}} | {"op":"test","path":"/x/foo","value":{"b":2,"a":1.0}} | {"foo":{"a":1,"b":2}}
                    {"foo":[1]} | {"op":"copy","from":"/x/foo","path":"/x/bar"} | {"foo":[1],"bar":[1]}
                    {"foo":1} | {"op":"replace","path":"/x","value":[]} | []
                    """)
    void appliesTheRfcsExamples(String x, String operation, String expected) {
        JsonObject patched = JsonPatch.apply(patient(x), bytes("[" + operation + "]"));
        assertEquals(patient(expected), patched);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    422 | {"baz":"qux"} | {"op":"test","path":"/x/baz","value":"bar"} | does not apply: the value there is another one
                    422 | {"foo":"bar"} | {"op":"add","path":"/x/baz/bat","value":"qux"} | /x/baz/bat
                    422 | {"~1":10} | {"op":"test","path":"/x/~01","value":"10"} | test
                    422 | {"foo":["a"]} | {"op":"add","path":"/x/foo/2","value":1} | /x/foo/2
                    422 | {"foo":["a","b"]} | {"op":"replace","path":"/x/foo/01","value":1} | '01'
                    422 | {"foo":["a","b"]} | {"op":"replace","path":"/x/foo/-","value":1} | /x/foo/-
                    422 | {"foo":["a","b"]} | {"op":"add","path":"/x/foo/1e0","value":1} | '1e0'
                    422 | {} | {"op":"remove","path":"/x/foo"} | remove
                    422 | {} | {"op":"replace","path":"/x/foo","value":1} | replace
                    422 | {"a":{"b":1}} | {"op":"move","from":"/x/a","path":"/x/a/b"} | move
                    422 | {} | {"op":"replace","path":"","value":[]} | something else
                    422 | {} | {"op":"replace","path":"/id","value":"2"} | 'id'
                    422 | {} | {"op":"remove","path":"/id"} | 'id'
                    422 | {} | {"op":"replace","path":"/resourceType","value":"Group"} | 'resourceType'
                    422 | {} | {"op":"replace","path":"/meta/versionId","value":"7"} | 'meta.versionId'
                    400 | {} | {"op":"spam","path":"/x"} | 'spam'
                    400 | {} | {"op":"add","path":"/x/foo"} | 'value'
                    400 | {} | {"op":"add","path":"x","value":1} | JSON Pointer
                    400 | {} | {"op":"add","path":"/x/~2","value":1} | JSON Pointer
                    400 | {} | {"op":"move","path":"/x"} | 'from'
                    400 | {} | {"op":1,"path":"/x"} | 'op'
                    400 | {} | {"path":"/x"} | 'op'
                    400 | {} | {"op":"add","path":"/x/baz","value":"qux","op":"remove"} | JSON
                    400 | {} | 7 | [0]
                    """)
    void refuses(int status, String x, String operation, String named) {
        var refusal =
                assertThrows(
                        FhirException.class,
                        () -> JsonPatch.apply(patient(x), bytes("[" + operation + "]")));
        assertEquals(status, refusal.status());
        assertTrue(refusal.getMessage().contains(named), refusal.getMessage());
    }

    @Test
    void appliesAllOperationsOrNoneAndNamesTheOneThatFails() {
        var refusal =
                assertThrows(
                        FhirException.class,
                        () ->
                                JsonPatch.apply(
                                        patient("{}"),
                                        bytes(
                                                """
                                                [{"op":"add","path":"/x/a","value":1},
                                                 {"op":"test","path":"/x/a","value":2}]
                                                """)));
        assertTrue(refusal.getMessage().contains("[1]"), refusal.getMessage());
    }

    @Test
    void keepsTheDigitsOfNumbers() {
        JsonObject resource = patient("{\"a\":1.10,\"b\":\"\\u00e4\",\"c\":1e2}");
        JsonObject patched =
                JsonPatch.apply(
                        resource, bytes("[{\"op\":\"add\",\"path\":\"/x/d\",\"value\":2.500}]"));
        assertEquals(
                "{\"a\":1.10,\"b\":\"\\u00e4\",\"c\":1e2,\"d\":2.500}",
                new String(JsonWriter.compact(patched.get("x")), StandardCharsets.UTF_8));
    }

    @Test
    void boundsWhatCopyingBlowsUp() {
        var operations = new StringBuilder("[{\"op\":\"add\",\"path\":\"/x/a0\",\"value\":[1]}");
        for (int i = 0; i < 60; i++) {
            operations.append(
                    ",{\"op\":\"copy\",\"from\":\"/x\",\"path\":\"/x/a%d\"}".formatted(i + 1));
        }
        var refusal =
                assertThrows(
                        FhirException.class,
                        () -> JsonPatch.apply(patient("{}"), bytes(operations + "]")));
        assertEquals(422, refusal.status());
    }

    /** patch(a, diff(a, b)) is b. */
    @Test
    void appliesWhatADiffSays() {
        var random = new Random(42);
        for (int i = 0; i < 300; i++) {
            JsonObject a = patient(Trees.text(random));
            JsonObject b = patient(Trees.text(random));
            var diff =
                    JakartaTree.PROVIDER.createDiff(
                            (JsonStructure) JakartaTree.from(a),
                            (JsonStructure) JakartaTree.from(b));
            assertEquals(b, JsonPatch.apply(a, bytes(diff.toString())), "from " + a);
        }
    }

    @Test
    void takesAnEmptyPatch() {
        JsonObject resource = patient("{\"a\":1}");
        assertEquals(resource, JsonPatch.apply(resource, bytes("[]")));
        assertEquals(
                400,
                assertThrows(
                                FhirException.class,
                                () -> JsonPatch.apply(resource, bytes("{\"op\":\"add\"}")))
                        .status());
        var many = new ArrayList<JsonObject>();
        for (int i = 0; i <= JsonPatch.MAX_OPERATIONS; i++) {
            many.add(JsonObject.empty());
        }
        assertThrows(
                FhirException.class,
                () -> JsonPatch.apply(resource, JsonWriter.compact(JsonArray.of(many))));
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
