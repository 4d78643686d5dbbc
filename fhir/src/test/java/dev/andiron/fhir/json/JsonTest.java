package dev.andiron.fhir.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;

class JsonTest {

    private static JsonValue read(String text) {
        return JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String compact(JsonValue value) {
        return new String(JsonWriter.compact(value), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"a\":1.50,\"b\":[true,false,null,-0.0,1e5,1E-7],\"c\":{\"d\":\"\"}}",
                "{\"text\":\"q\\\" b\\\\ s\\/ \\b\\f\\n\\r\\t \\u00e9 \\ud83d\\ude00 é 😀\"}",
                "\"alone\"",
                "12345678901234567890.123456789012345678901234567890"
            })
    void whatIsReadIsWrittenToTheByte(String text) {
        assertEquals(text, compact(read(text)));
    }

    @Test
    void stringsAreDecoded() {
        var object = (JsonObject) read("{\"a\":\"\\u00e9\\n\\\"\\ud83d\\ude00é😀\\/\"}");
        assertEquals("é\n\"😀é😀/", object.string("a").orElseThrow());
    }

    @Test
    void ownTextsAreEscaped() {
        String odd = "quote \" slash \\ line \n tab \t bell \u0007 é 😀";
        JsonObject object = JsonObject.builder().put(odd, odd).build();
        JsonObject again = JsonReader.readObject(JsonWriter.compact(object));
        assertEquals(odd, again.name(0));
        assertEquals(odd, ((JsonString) again.value(0)).value());
    }

    @Test
    void membersAreReplacedInPlaceAddedAtTheEndAndRemoved() {
        var object = (JsonObject) read("{ \"a\" : 1 , \"b\" : [ 2 ] }");
        assertEquals("{\"a\":\"x\",\"b\":[2]}", compact(object.with("a", JsonString.of("x"))));
        assertEquals("{\"a\":1,\"b\":[2],\"c\":null}", compact(object.with("c", JsonNull.NULL)));
        assertEquals("{\"b\":[2]}", compact(object.without("a")));
        assertEquals("{\"a\":1,\"b\":[2]}", compact(object));
    }

    @Test
    void equalityLooksAtMembersNotAtTheirOrder() {
        assertEquals(read("{\"a\":1,\"b\":\"\\u0041\"}"), read("{\"b\":\"A\",\"a\":1}"));
        assertEquals(read("{\"a\":1,\"b\":2}").hashCode(), read("{\"b\":2,\"a\":1}").hashCode());
        assertNotEquals(read("{\"a\":1.0}"), read("{\"a\":1.00}"));
    }

    @Test
    void prettyIsReadBackEqual() {
        JsonValue value = read("{\"a\":[1,{\"b\":{}}],\"c\":[]}");
        assertEquals(value, JsonReader.read(JsonWriter.pretty(value)));
    }

    @Test
    void byteOrderMarkIsPassedOver() {
        byte[] marked = "\uFEFF{\"a\":\"b\"}".getBytes(StandardCharsets.UTF_8);
        JsonObject object = JsonReader.readObject(marked);
        assertArrayEquals(
                "{\"a\":\"b\"}".getBytes(StandardCharsets.UTF_8), JsonWriter.compact(object));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"a\":1}}",
                "{\"a\":1} x",
                "{\"a\":1,\"a\":2}",
                "{'a':1}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{\"a\":1e401}",
                "{\"a\":1e999999999}",
                "[1,]",
                "// c\n1",
                "\"\u0001\""
            })
    void badTextIsRefused(String text) {
        assertThrows(JsonSyntaxException.class, () -> read(text));
    }

    @Test
    void duplicatesAreFoundAmongManyMembersToo() {
        var text = new StringBuilder("{\"a0\":0");
        for (int i = 1; i < 40; i++) {
            text.append(",\"a").append(i).append("\":0");
        }
        read(text + "}");
        assertThrows(JsonSyntaxException.class, () -> read(text + ",\"a7\":0}"));
    }

    @Test
    void absurdNestingAndNumbersAreRefused() {
        assertThrows(JsonSyntaxException.class, () -> read("[".repeat(101) + "]".repeat(101)));
        read("[".repeat(100) + "]".repeat(100));
        assertThrows(JsonSyntaxException.class, () -> read("1".repeat(101)));
    }

    @Test
    void otherEncodingsAndMalformedUtf8AreRefused() {
        assertThrows(
                JsonSyntaxException.class,
                () -> JsonReader.read("{\"a\":1}".getBytes(StandardCharsets.UTF_16BE)));
        for (int[] bytes :
                new int[][] {{0xff}, {0xc0, 0xaf}, {0xed, 0xa0, 0x80}, {0xe9}, {0xf5, 0x80}}) {
            byte[] text = new byte[bytes.length + 2];
            text[0] = '"';
            for (int i = 0; i < bytes.length; i++) {
                text[i + 1] = (byte) bytes[i];
            }
            text[text.length - 1] = '"';
            assertThrows(JsonSyntaxException.class, () -> JsonReader.read(text));
        }
    }
}
