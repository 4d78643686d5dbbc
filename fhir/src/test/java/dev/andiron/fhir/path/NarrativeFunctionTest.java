package dev.andiron.fhir.path;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class NarrativeFunctionTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<b>fat</b> and <i>slim</i> | true",
                "plain | true",
                "a &lt; b &#160; | true",
                "<table border='1'><tr><td rowspan='2' style='x'>1</td></tr></table> | true",
                "<a href='https://x.org/a?b=c:d#e'>x</a> | true",
                "<a href='#x'>x</a> | true",
                "<img src='#photo' alt='me'/> | true",
                "<!-- why --><p class='c'>x</p> | true",
                "<button>x</button> | false",
                "<script>x</script> | false",
                "<B>x</B> | false",
                "<u>x</u> | false",
                "<del>x</del> | false",
                "<p onclick='x()'>x</p> | false",
                "<p src='x'>x</p> | false",
                "<p><a href='JavaScript:x()'>x</a></p> | false",
                "<a href=' java\tscript:x()'>x</a> | false",
                "<a href='javascript&#58;x()'>x</a> | false",
                "<a href='&#106;avascript:x()'>x</a> | false",
                "a &nbsp; b | false",
                "a < b | false",
                "<b>x | false",
                "x</div><div>y | false",
                "` ` | false",
                "<p><br/></p> | false",
                "<p title='a>b'></p> | false",
            })
    void checksAText(String content, boolean expected) {
        assertEquals(expected, check("$this.htmlChecks()", content));
        String div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">" + content + "</div>";
        JsonObject patient =
                JsonObject.builder()
                        .put("resourceType", "Patient")
                        .put("text", JsonObject.builder().put("div", div).build())
                        .build();
        List<PathNode> found =
                Path.compile("text.div.htmlChecks()", "Patient", R4).evaluate(patient);
        assertEquals("" + expected, found.getFirst().textOrNull());
    }

    @ParameterizedTest
    @CsvSource({
        "1.htmlChecks()",
        "@2020.htmlChecks()",
        "{}.htmlChecks()",
        "('a' | 'b').htmlChecks()"
    })
    void givesNothingOnAnythingElse(String expression) {
        assertEquals(List.of(), Path.compile(expression, "", R4).evaluate(text("x")));
    }

    private static boolean check(String expression, String content) {
        List<PathNode> found = Path.compile(expression, "", R4).evaluate(text(content));
        return Boolean.parseBoolean(found.getFirst().textOrNull());
    }

    private static PathNode text(String content) {
        return Path.constant("string", JsonString.of(content), R4);
    }
}
