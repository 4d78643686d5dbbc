package dev.andiron.fhir.terminology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

class TerminologyTest {
    private static final String SYSTEM =
            """
            {"resourceType": "CodeSystem", "url": "s", "version": "2", "status": "active", "content": "complete",
             "property": [{"code": "up", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}],
             "concept": [
               {"code": "a", "display": "Root", "concept": [
                 {"code": "b", "display": "Left", "property": [{"code": "colour", "valueString": "red"}, {"code": "n", "valueInteger": 7}],
                  "concept": [{"code": "d", "property": [{"code": "colour", "valueCode": "blue"}]}]},
                 {"code": "c", "property": [{"code": "ok", "valueBoolean": true}]}]},
               {"code": "e", "property": [{"code": "parent", "valueCode": "c"}, {"code": "colour", "valueCoding": {"system": "x", "code": "red"}}]},
               {"code": "f", "property": [{"code": "up", "valueCode": "e"}]},
               {"code": "g", "property": [{"code": "child", "valueCode": "a"}, {"code": "subsumedBy", "valueCode": "f"}]}]}
            """;

    private static final String OLD =
            """
            {"resourceType": "CodeSystem", "url": "s", "version": "1.10", "status": "active", "content": "complete",
             "concept": [{"code": "a", "concept": [{"code": "old"}]}]}
            """;

    private static final String DRAFT =
            """
            {"resourceType": "CodeSystem", "url": "s", "version": "3", "status": "draft", "content": "complete", "concept": []}
            """;

    /** Stored resources. */
    private static final class Stored implements ResourceLookup {
        private final List<JsonObject> resources = new ArrayList<>();

        Stored(String... all) {
            for (String json : all) {
                resources.add(JsonReader.readObject(json.getBytes(StandardCharsets.UTF_8)));
            }
        }

        @Override
        public Optional<JsonObject> read(String type, String id) {
            return resources.stream()
                    .filter(it -> it.string("resourceType").orElse("").equals(type))
                    .filter(it -> it.string("id").orElse("").equals(id))
                    .findFirst();
        }

        @Override
        public List<JsonObject> withUrl(String type, String url) {
            return resources.stream()
                    .filter(it -> it.string("resourceType").orElse("").equals(type))
                    .filter(it -> it.string("url").orElse("").equals(url))
                    .toList();
        }

        @Override
        public List<String> referring(
                String type, String parameter, Collection<String> ids, int limit) {
            throw new AssertionError("terminology follows no references");
        }
    }

    private static String compose(String url, String compose) {
        return "{\"resourceType\": \"ValueSet\", \"url\": \""
                + url
                + "\", \"compose\": {"
                + compose
                + "}}";
    }

    private static String filter(String property, String operator, String value) {
        return "\"include\": [{\"system\": \"s\", \"filter\": [{\"property\": \"%s\", \"op\": \"%s\", \"value\": \"%s\"}]}]"
                .formatted(property, operator, value);
    }

    private static String codes(CodeSet set) {
        var names = new TreeSet<String>();
        set.codes()
                .forEach(
                        code ->
                                names.add(
                                        code.system().equals("s")
                                                ? code.code()
                                                : code.system() + "|" + code.code()));
        set.systems().forEach(system -> names.add(system + "|*"));
        return String.join(" ", names);
    }

    private static String expand(String... stored) throws TerminologyException {
        return codes(new Terminology(new Stored(stored)).valueSet("v"));
    }

    private static String lacking(String... stored) {
        return assertThrows(TerminologyException.class, () -> expand(stored)).getMessage();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a; a b c d e f g; a f g e c",
                "b; b d; a b c e f g",
                "d; d; a b c d e f g",
                "c; a b c d e f g; a c e f g",
                "z; z; z"
            })
    void hierarchiesComeFromNestingAndPropertiesAndMayHaveCycles(
            String code, String below, String above) throws TerminologyException {
        var terminology = new Terminology(new Stored(OLD, SYSTEM, DRAFT));
        assertEquals(below, codes(terminology.below(new Code("s", code))));
        assertEquals(
                String.join(" ", new TreeSet<>(List.of(above.split(" ")))),
                codes(terminology.above(new Code("s", code))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "concept; is-a; b; b d",
                "concept; descendent-of; b; d",
                "concept; is-not-a; b; a c e f g",
                "code; generalizes; d; a b c d e f g",
                "concept; child-of; a; b c",
                "concept; descendent-leaf; b; d",
                "concept; =; b; b",
                "concept; in; 'b, d,x'; b d",
                "concept; not-in; 'b,d'; a c e f g",
                "concept; regex; [a-c]; a b c",
                "display; regex; .*t; a b",
                "colour; =; red; b e",
                "colour; in; 'red,blue'; b d e",
                "colour; exists; true; b d e",
                "colour; exists; false; a c f g",
                "n; =; 7; b",
                "ok; =; true; c",
                "parent; =; a; b c",
                "child; =; d; b",
                "concept; is-a; unknown; ''",
            })
    void filtersSelect(String property, String operator, String value, String expected)
            throws TerminologyException {
        assertEquals(expected, expand(SYSTEM, compose("v", filter(property, operator, value))));
    }

    @Test
    void includesAreUnitedImportsIntersectedAndExcludesTakenAway() throws TerminologyException {
        String two =
                "\"include\": [{\"system\": \"s\", \"concept\": [{\"code\": \"a\"}, {\"code\":"
                        + " \"b\"}]},";
        String open = "\"include\": [{\"system\": \"t\"}]";
        assertEquals("a b t|*", expand(compose("v", two + "{\"system\": \"t\"}]")));
        assertEquals(
                "b",
                expand(
                        compose("v", "\"include\": [{\"valueSet\": [\"x\", \"y|1\"]}]"),
                        compose("x", two + "{\"system\": \"t\"}]"),
                        compose(
                                        "y",
                                        "\"include\": [{\"system\": \"s\", \"concept\": [{\"code\":"
                                                + " \"b\"}, {\"code\": \"c\"}]}]")
                                .replace("\"compose\"", "\"version\": \"1\", \"compose\"")));
        assertEquals(
                "t|1",
                expand(
                        compose(
                                "v",
                                "\"include\": [{\"system\": \"t\", \"concept\": [{\"code\":"
                                        + " \"1\"}], \"valueSet\": [\"x\"]}]"),
                        compose("x", open)));
        assertEquals(
                "a c d e f g",
                expand(
                        SYSTEM,
                        compose(
                                "v",
                                "\"include\": [{\"system\": \"s\"}], \"exclude\": [{\"system\":"
                                        + " \"s\", \"concept\": [{\"code\": \"b\"}]}]")));
        assertEquals(
                "a b",
                expand(
                        compose(
                                "v",
                                two + "{\"system\": \"t\"}], \"exclude\": [{\"system\": \"t\"}]")));
    }

    @Test
    void versionsAreObeyedAndOtherwiseTheLatestActiveOneIsMeant() throws TerminologyException {
        String pinned =
                filter("concept", "is-a", "a").replace("\"s\",", "\"s\", \"version\": \"1.10\",");
        assertEquals("a old", expand(SYSTEM, OLD, DRAFT, compose("v", pinned)));
        assertEquals(
                "b d", expand(DRAFT, OLD, SYSTEM, compose("v", filter("concept", "is-a", "b"))));
        assertTrue(Canonical.compareVersions("1.10", "1.9") > 0);
        assertTrue(Canonical.compareVersions("2", "1.10") > 0);
        assertTrue(Canonical.compareVersions("1.0", "1.0.1") < 0);
    }

    @Test
    void expansionsAreTakenAsTheyAre() throws TerminologyException {
        String expanded =
                """
                {"resourceType": "ValueSet", "url": "v", "compose": {"include": [{"system": "nowhere", "filter": [{}]}]},
                 "expansion": {"total": 3, "contains": [{"system": "s", "code": "a", "abstract": true,
                   "contains": [{"system": "s", "code": "b"}]}, {"system": "t", "code": "1"}]}}
                """;
        assertEquals("b t|1", expand(expanded));
        assertEquals(
                "it needs a terminology server: the expansion of the ValueSet 'v' is stored in part"
                        + " only",
                lacking(expanded.replace("\"total\": 3", "\"total\": 400")));
    }

    @Test
    void whatCannotBeToldIsNamed() {
        String isA = compose("v", filter("concept", "is-a", "b"));
        assertEquals(
                "it needs a terminology server: there is no CodeSystem 's' in this server",
                lacking(isA));
        assertEquals(
                "it needs a terminology server: the CodeSystem 's' is stored without all its"
                        + " concepts (its content is 'fragment')",
                lacking(isA, SYSTEM.replace("complete", "fragment")));
        assertEquals(
                "it needs a terminology server: there is no ValueSet 'x' in this server",
                lacking(compose("v", "\"include\": [{\"valueSet\": [\"x\"]}]")));
        assertEquals(
                "the ValueSet 'v' imports itself",
                lacking(
                        compose("v", "\"include\": [{\"valueSet\": [\"x\"]}]"),
                        compose("x", "\"include\": [{\"valueSet\": [\"v\"]}]")));
        assertEquals(
                "it needs a terminology server: the filter 'concept near b' is not known here",
                lacking(SYSTEM, compose("v", filter("concept", "near", "b"))));
        assertTrue(
                lacking(SYSTEM, compose("v", filter("concept", "regex", "[")))
                        .contains("cannot be read"));
        assertTrue(
                lacking(
                                SYSTEM.replace("Root", "a".repeat(60)),
                                compose("v", filter("display", "regex", "(.*)(.*)(.*)(.*)(.*)b")))
                        .contains("takes too long"));
        assertTrue(
                lacking("{\"resourceType\": \"ValueSet\", \"url\": \"v\"}")
                        .contains("neither compose nor expansion"));
    }

    @Test
    void setsAreBounded() {
        var many = new StringBuilder();
        for (int i = 0; i <= Terminology.MOST_CODES; i++) {
            many.append(i == 0 ? "" : ",").append("{\"code\": \"").append(i).append("\"}");
        }
        assertEquals(
                "it stands for more than 10000 codes, which is too many",
                lacking(
                        compose(
                                "v",
                                "\"include\": [{\"system\": \"s\", \"concept\": ["
                                        + many
                                        + "]}]")));
    }
}
