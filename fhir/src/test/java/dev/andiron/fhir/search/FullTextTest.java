package dev.andiron.fhir.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.search.SearchValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

class FullTextTest {

    @Test
    void theNarrativeIsReadAsXhtmlAndBelongsToTheContentToo() {
        assertEquals(
                List.of(
                        new SearchValue.FullText("_text", "severe head ache & more"),
                        new SearchValue.FullText(
                                "_content", "generated cough severe head ache & more")),
                read(
                        "{'text':{'status':'generated','div':'<div>Severe <p><b>HEAD</b></p>"
                                + " ache &amp; more</div>'},'note':[{'text':'Cough'}]}"));
    }

    @Test
    void addressesDatesAndTypesAreNoWords() {
        assertEquals(
                "code seen at http://a/b urnal 12-13",
                content(
                        "{'resourceType':'Basic','id':'some-id','a':'http://a/b','b':'Patient/1',"
                                + "'c':'urn:oid:1.2','d':'2024-02-03','e':'2024-02-03T04:05:06Z',"
                                + "'f':'code','g':'Seen at http://a/b','h':'urnal','i':'12-13',"
                                + "'j':7,'k':true,'l':null}"));
        assertEquals("x", content("{'a':'" + "d".repeat(257) + "','b':'x'}"));
    }

    /** Text by text from bytes, or all together: the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "One, TWO  three",
                "  ends \\t with\\n white space ",
                "escaped \\\"quotes\\\" and \\\\ back",
                "Größe ΣΊΣΥΦΟΣ İstanbul ﬁne e\u0301\u00a0x",
                "\\u00c4pfel",
                "日本語",
                "\u007f{~}"
            })
    void isNormalizedAsAWhole(String text) {
        String value = decoded(text);
        for (List<String> order :
                List.of(List.of(text), List.of("Plain A", text), List.of(text, "Plain B", text))) {
            String json =
                    order.stream()
                            .map(each -> '"' + each + '"')
                            .collect(Collectors.joining(",", "{\"a\":[", "]}"));
            String all =
                    order.stream()
                            .map(each -> each.equals(text) ? value : each)
                            .collect(Collectors.joining("\n"));
            assertEquals(TextNormalizer.normalize(all), content(json));
        }
    }

    @Test
    void isBounded() {
        String words = "word ".repeat(20_000);
        assertEquals(
                FullText.LONGEST,
                content("{'a':'" + words + "','b':'" + words + "','c':'é'}").length());
        assertEquals(
                FullText.LONGEST, content("{'a':'é " + words + "','b':'" + words + "'}").length());
    }

    private static String decoded(String text) {
        return JsonReader.readObject(("{\"a\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8))
                .string("a")
                .orElseThrow();
    }

    private static String content(String json) {
        return ((SearchValue.FullText) read(json).getLast()).text();
    }

    private static List<SearchValue> read(String json) {
        String text = json.contains("\"") ? json : json.replace('\'', '"');
        JsonObject resource = JsonReader.readObject(text.getBytes(StandardCharsets.UTF_8));
        var values = new ArrayList<SearchValue>();
        FullText.read(resource, values);
        return values;
    }
}
