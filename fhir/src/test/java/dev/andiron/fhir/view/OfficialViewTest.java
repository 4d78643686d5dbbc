package dev.andiron.fhir.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.view.Row;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All official tests, evaluated here. */
class OfficialViewTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);

    @Test
    void passesAllOfThem() {
        OfficialTests.Report report = OfficialTests.run(OfficialViewTest::run);
        report.write(Path.of("target", "test_report.json"));
        assertEquals(List.of(), report.failures());
        assertEquals(134, report.passed());
    }

    private static OfficialTests.Table run(JsonObject definition, List<JsonObject> resources) {
        CompiledView view = CompiledView.compile(definition, "viewResource", R4);
        var rows = new ArrayList<Row>();
        resources.forEach(resource -> view.rows(resource, rows::add));
        var out = new ByteArrayOutputStream();
        try (var table = new NdjsonTable(out, view.columns())) {
            for (Row row : rows) {
                table.write(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new OfficialTests.Table(
                view.columns().stream().map(TableColumn::name).toList(),
                out.toByteArray(),
                view.portable().isPresent() ? "portable" : view.obstacle());
    }
}
