package dev.andiron.fhir.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;

/** What somebody sends who means harm, or whose program is broken. */
class HostileJsonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":2}",
                "[{\"x\":{\"a\":1,\"b\":2,\"a\":null}}]",
                "{\"n\":1e999999999}",
                "{\"n\":1E-999999999}",
                "{\"n\":1e401}",
                "{\"n\":01}",
                "{\"n\":+1}",
                "{\"n\":.5}",
                "{\"n\":NaN}",
                "{\"s\":\"\\x41\"}",
                "{\"s\":\"\\u12\"}",
                "{\"s\":\"\t\"}",
                "{} x",
                "{}{}",
                "{}\u0000",
                "{},",
                "[1,]",
                "{'a':1}",
                "// c\n{}",
                "",
                "{\"a\":1"
            })
    void refuses(String json) {
        String message = refusal(json.getBytes(StandardCharsets.UTF_8));
        assertFalse(message.contains("`"), message);
        assertFalse(message.contains("REDACTED"), message);
    }

    @Test
    void refusesWhatIsNotUtf8() {
        int[][] texts = {
            {'"', 0xC3, '"'}, // cut short
            {'"', 0xC0, 0x80, '"'}, // overlong
            {'"', 0xED, 0xA0, 0x80, '"'}, // half a surrogate pair
            {'"', 0xF4, 0x90, 0x80, 0x80, '"'}, // beyond Unicode
            {'{', '"', 0xFF, '"', ':', '1', '}'}
        };
        for (int[] text : texts) {
            byte[] bytes = new byte[text.length];
            for (int i = 0; i < text.length; i++) {
                bytes[i] = (byte) text[i];
            }
            refusal(bytes);
        }
        refusal("{\"a\":1}".getBytes(StandardCharsets.UTF_16));
        refusal("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE));
    }

    @Test
    void refusesAbsurdNestingAndLength() {
        refusal("[".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        refusal(("{\"n\":1" + "0".repeat(1_000_000) + "}").getBytes(StandardCharsets.UTF_8));
        refusal(("{\"" + "n".repeat(10_000) + "\":1}").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void namesWithOneHashAreStillReadAndFound() {
        var json = new StringBuilder("{");
        for (int i = 0; i < 1 << 14; i++) {
            json.append(i == 0 ? "\"" : ",\"").append(colliding(i)).append("\":").append(i);
        }
        byte[] bytes = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
        JsonObject object = JsonReader.readObject(bytes);
        assertEquals(JsonNumber.of(16_383), object.get(colliding(16_383)));
    }

    private static String colliding(int number) {
        var name = new StringBuilder();
        for (int bit = 0; bit < 14; bit++) {
            name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return name.toString();
    }

    private static String refusal(byte[] json) {
        return assertThrows(JsonSyntaxException.class, () -> JsonReader.read(json)).getMessage();
    }
}
