package dev.andiron.fhir.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.SyntheaSample;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Row;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Both forms of a view give the same rows: evaluated here, and said to a backend. */
class PortableViewTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final List<JsonObject> RESOURCES =
            Stream.concat(SyntheaSample.resources().stream(), ExampleViews.resources().stream())
                    .map(text -> JsonReader.readObject(text.getBytes(StandardCharsets.UTF_8)))
                    .toList();

    /** The rows, or that the resource is refused. */
    private static List<Row> evaluated(CompiledView view, JsonObject resource) {
        var rows = new ArrayList<Row>();
        try {
            view.rows(Json.of(JsonWriter.compact(resource)), rows::add);
            var whole = new ArrayList<Row>();
            view.rows(resource, whole::add);
            assertEquals(whole, rows);
            return rows;
        } catch (StorageException.Unprocessable refused) {
            return null;
        }
    }

    private static List<Row> interpreted(CompiledView view, JsonObject resource) {
        try {
            return PortableInterpreter.rows(
                    view.portable().orElseThrow(), resource, view.functions());
        } catch (StorageException.Unprocessable refused) {
            return null;
        }
    }

    private static int compare(JsonObject definition) {
        CompiledView view = CompiledView.compile(definition, "", R4);
        assertEquals("", view.obstacle(), definition::toString);
        int rows = 0;
        for (JsonObject resource : RESOURCES) {
            List<Row> evaluated = evaluated(view, resource);
            assertEquals(
                    interpreted(view, resource), evaluated, () -> definition + " on " + resource);
            rows += evaluated == null ? 0 : evaluated.size();
        }
        return rows;
    }

    @Test
    void examples() {
        List<String> without =
                ExampleViews.all().stream()
                        .filter(view -> compare(view) == 0)
                        .map(view -> view.string("name").orElseThrow())
                        .toList();
        assertEquals(List.of(), without);
        assertTrue(ExampleViews.all().size() >= 30);
    }

    @Test
    void randomViews() {
        var random = new RandomViews(R4, 4);
        int rows = 0;
        for (int i = 0; i < 300; i++) {
            rows += compare(random.like(RESOURCES.get(i % RESOURCES.size())));
        }
        assertTrue(rows > 1_000, "rows: " + rows);
    }
}
