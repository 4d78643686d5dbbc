package dev.andiron.fhir.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

class ViewCompilerTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);

    private static JsonObject json(String text) {
        return JsonReader.readObject(text.getBytes(StandardCharsets.UTF_8));
    }

    private static CompiledView compile(String text) {
        return CompiledView.compile(json(text), "viewResource", R4);
    }

    private static List<String> places(String text) {
        var refused = assertThrows(FhirException.class, () -> compile(text));
        assertEquals(422, refused.status());
        return refused.issues().stream().map(Issue::expression).map(List::getFirst).toList();
    }

    /** The view with one column, of a path over patients. */
    private static CompiledView column(String path) {
        return compile(
                """
                {"resource": "Patient", "select": [{"column": [{"name": "c", "path": "%s"}]}]}
                """
                        .formatted(path));
    }

    @Test
    void namesEveryProblemAtOnce() {
        assertEquals(
                List.of(
                        "viewResource.colour",
                        "viewResource.name",
                        "viewResource.constant[0].value",
                        "viewResource.constant[1].name",
                        "viewResource.where[0].path",
                        "viewResource.select[0].column[0].path",
                        "viewResource.select[0].column[1].name",
                        "viewResource.select[0].column[1].path",
                        "viewResource.select[0].column[2].type",
                        "viewResource.select[1].forEachOrNull",
                        "viewResource.select[1].column[0].path",
                        "viewResource.select[2]"),
                sorted(
                        places(
                                """
                                {"resource": "Patient", "colour": "red", "name": "1st",
                                 "constant": [{"name": "a"}, {"name": "rowIndex", "valueCode": "x"}],
                                 "where": [{"path": "name.family"}],
                                 "select": [
                                   {"column": [
                                     {"name": "a", "path": "name.nickname"},
                                     {"name": "_b", "path": "name.where(use = %u).family"},
                                     {"name": "c", "path": "birthDate", "type": "boolean"}]},
                                   {"forEach": "name", "forEachOrNull": "name",
                                    "column": [{"name": "d", "path": "city"}]},
                                   {"forEach": "address"}]}
                                """)));
    }

    private static List<String> sorted(List<String> places) {
        List<String> order =
                List.of(
                        "colour",
                        "name",
                        "constant",
                        "where",
                        "select[0]",
                        "select[1]",
                        "select[2]");
        var sorted = new ArrayList<String>();
        for (String start : order) {
            places.stream()
                    .filter(place -> place.startsWith("viewResource." + start))
                    .filter(place -> !sorted.contains(place))
                    .forEach(sorted::add);
        }
        return sorted;
    }

    @Test
    void refusesNamesThatAreTakenAndUnionsThatDisagree() {
        assertEquals(
                List.of("viewResource.select[0]"),
                places(
                        """
                        {"resource": "Patient", "select": [{"column": [
                          {"name": "a", "path": "id"}, {"name": "a", "path": "gender"}]}]}
                        """));
        assertEquals(
                List.of("viewResource.select"),
                places(
                        """
                        {"resource": "Patient", "select": [
                          {"column": [{"name": "a", "path": "id"}]},
                          {"column": [{"name": "a", "path": "gender"}]}]}
                        """));
        assertEquals(
                List.of("viewResource.select[0].unionAll[1]"),
                places(
                        """
                        {"resource": "Patient", "select": [{"unionAll": [
                          {"column": [{"name": "a", "path": "id"}]},
                          {"column": [{"name": "a", "path": "active"}]}]}]}
                        """));
    }

    @Test
    void refusesWhatIsNoViewOfThisServer() {
        assertEquals(List.of("viewResource.resource", "viewResource.select"), places("{}"));
        assertEquals(
                List.of("viewResource.resource"),
                places(
                        "{\"resource\":\"Pat\",\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"id\"}]}]}"));
        assertEquals(
                List.of("viewResource.fhirVersion"),
                places(
                        "{\"resource\":\"Patient\",\"fhirVersion\":[\"5.0.0\"],\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"id\"}]}]}"));
        assertEquals(
                List.of("viewResource.select[0].column[0].path"),
                places(
                        "{\"resource\":\"Patient\",\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"name\"}]}]}"));
        assertEquals(
                List.of("viewResource.select[0].column[0].path"),
                places(
                        "{\"resource\":\"Patient\",\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\""
                                + "(".repeat(3_000)
                                + "\"}]}]}"));
    }

    @Test
    void knowsTheTypesOfColumns() {
        assertEquals("string", column("name.given.first()").columns().getFirst().type().name());
        assertEquals("date", column("birthDate").columns().getFirst().type().name());
        assertEquals("boolean", column("name.exists()").columns().getFirst().type().name());
        assertEquals("integer", column("%rowIndex + 1").columns().getFirst().type().name());
        assertEquals("positiveInt", column("telecom.rank").columns().getFirst().type().name());
        assertEquals("boolean", column("birthDate ~ @2020").columns().getFirst().type().name());
    }

    @Test
    void saysWhyThereIsNoPortableForm() {
        CompiledView view = column("birthDate ~ @2020");
        assertTrue(view.portable().isEmpty());
        assertEquals("'birthDate ~ @2020': '~' has no portable form", view.obstacle());
        assertEquals("", column("birthDate = @2020").obstacle());
        assertTrue(column("deceased").obstacle().contains("several types"));
    }

    @Test
    void anEmptyIterationThatIsKeptHasNothingAsItsFocus() {
        CompiledView view =
                compile(
                        """
                        {"resource": "Patient", "select": [{"forEachOrNull": "name", "column": [
                          {"name": "a", "path": "family"},
                          {"name": "b", "path": "'text'"},
                          {"name": "c", "path": "family.exists()"},
                          {"name": "d", "path": "given", "collection": true},
                          {"name": "e", "path": "%rowIndex"},
                          {"name": "f", "path": "%resource.id"},
                          {"name": "g", "path": "%context.family"}]}]}
                        """);
        var rows = new ArrayList<Row>();
        view.rows(json("{\"resourceType\": \"Patient\", \"id\": \"p\"}"), rows::add);
        assertEquals(
                List.of(
                        Row.of(
                                Value.Absent.ABSENT,
                                new Value.Text("text"),
                                Value.Truth.FALSE,
                                Value.Many.NONE,
                                new Value.Whole(0),
                                new Value.Text("p"),
                                Value.Absent.ABSENT)),
                rows);
    }

    @Test
    void aRepeatThatGoesRoundIsRefused() {
        CompiledView view =
                compile(
                        """
                        {"resource": "Patient", "select": [
                          {"repeat": ["$this"], "column": [{"name": "a", "path": "id"}]}]}
                        """);
        var refused =
                assertThrows(
                        dev.andiron.spi.StorageException.Unprocessable.class,
                        () ->
                                view.rows(
                                        json("{\"resourceType\": \"Patient\", \"id\": \"p\"}"),
                                        row -> true));
        assertTrue(refused.getMessage().contains("does not come to an end"));
    }
}
