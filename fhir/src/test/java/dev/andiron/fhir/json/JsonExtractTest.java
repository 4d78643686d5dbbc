package dev.andiron.fhir.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

class JsonExtractTest {
    private static JsonObject read(String text, JsonNames names) {
        return JsonExtract.read(text.getBytes(StandardCharsets.UTF_8), names);
    }

    private static JsonNames names() {
        var names = new JsonNames();
        names.member("id");
        names.member("name").member("given");
        names.member("whole").all();
        return names;
    }

    @Test
    void readsWhatIsWanted() {
        assertEquals(
                "{\"id\":\"a\\\"}\",\"name\":[{\"given\":[\"x\",null,1.50]},{}],\"whole\":{\"b\":[{\"c\":true}]}}",
                read(
                                """
                                { "skipped" : {"id": "}", "x": [1, {"]": "\\\\"}]} , "id":"a\\"}",
                                  "name": [ {"family": "]", "given": ["x", null, 1.50]}, { } ],
                                  "number": -1.5e3, "truth": false, "whole": {"b": [{"c": true}]} }
                                """,
                                names())
                        .toString());
        assertEquals("{}", read("{}", names()).toString());
        assertEquals("{\"id\":[]}", read("{\"a\":1,\"id\":[ ]}", names()).toString());
    }

    @Test
    void leavesTheUnusualToTheThoroughReader() {
        assertEquals("{\"id\":\"a\"}", read("{\"\\u0069d\":\"a\"}", names()).toString());
        assertEquals("{\"id\":\"a\"}", read("\uFEFF{\"id\":\"a\"}", names()).toString());
        for (String broken :
                new String[] {
                    "", "[]", "{\"id\":", "{\"id\" 1}", "{\"id\":1 \"b\":2}", "{\"id\":\"a"
                }) {
            assertThrows(JsonSyntaxException.class, () -> read(broken, names()), broken);
        }
        assertThrows(
                JsonSyntaxException.class,
                () -> read("{\"id\":1,\"id\":2,\"name\":1,\"whole\":1}", names()));
        String deep = "{\"name\":".repeat(200) + "1" + "}".repeat(200);
        var nested = new JsonNames();
        JsonNames at = nested;
        for (int i = 0; i < 200; i++) {
            at = at.member("name");
        }
        assertThrows(JsonSyntaxException.class, () -> read(deep, nested));
    }
}
