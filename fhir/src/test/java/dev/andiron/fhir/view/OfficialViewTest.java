package dev.andiron.fhir.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.view.parquet.ParquetFile;
import dev.andiron.fhir.view.parquet.ParquetTable;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** All official tests, evaluated here. */
class OfficialViewTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);

    @Test
    void passesAllOfThem() {
        OfficialTests.Report report = OfficialTests.run(OfficialViewTest::run);
        report.write(Path.of("target", "test_report.json"));
        System.out.println(report.summary("in process"));
        assertEquals(List.of(), report.failures());
        assertEquals(134, report.passed());
    }

    @Test
    void passesAllOfThemThroughParquet() {
        OfficialTests.Report report = OfficialTests.run(OfficialViewTest::runThroughParquet);
        report.write(Path.of("target", "test_report_parquet.json"));
        System.out.println(report.summary("through Parquet files"));
        assertEquals(List.of(), report.failures());
        assertEquals(134, report.passed());
    }

    @Test
    void aReportThatItsSchemaForbidsIsNotWritten() {
        for (String wrong :
                List.of(
                        "{\"basic.json\":{\"tests\":[]}}",
                        "{\"basic.json\":{\"tests\":[{\"name\":\"a\"}]}}",
                        "{\"basic.json\":{\"tests\":[{\"name\":\"a\",\"result\":{}}]}}",
                        "{\"basic.json\":{\"tests\":[{\"name\":1,\"result\":{\"passed\":true}}]}}",
                        "{\"basic.json\":{\"more\":1,\"tests\":[{\"name\":\"a\",\"result\":{\"passed\":true}}]}}",
                        "{\"basic.json\":[]}")) {
            JsonObject report = JsonReader.readObject(wrong.getBytes(StandardCharsets.UTF_8));
            assertEquals(1, ReportSchema.problems(report).size(), wrong);
        }
    }

    private static OfficialTests.Table runThroughParquet(
            JsonObject definition, List<JsonObject> resources) {
        CompiledView view = CompiledView.compile(definition, "viewResource", R4);
        List<TableColumn> columns = view.columns();
        var rows = new ArrayList<Row>();
        resources.forEach(resource -> view.rows(resource, rows::add));
        var out = new ByteArrayOutputStream();
        try (var table = new ParquetTable(out, columns)) {
            for (Row row : rows) {
                table.write(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Row> back = ParquetFile.read(out.toByteArray(), columns).rows();
        assertEquals(rows.size(), back.size());
        var same = new ArrayList<Row>();
        for (int i = 0; i < rows.size(); i++) {
            same.add(withInstantsAsWritten(columns, rows.get(i), back.get(i)));
        }
        return new OfficialTests.Table(
                columns.stream().map(TableColumn::name).toList(), ndjson(columns, same), "parquet");
    }

    /** An instant comes back without its offset, the same point in time. */
    private static Row withInstantsAsWritten(List<TableColumn> columns, Row row, Row back) {
        var values = new ArrayList<Value>();
        for (int i = 0; i < columns.size(); i++) {
            Value value = back.values().get(i);
            if (columns.get(i).type().name().equals("instant")
                    && value instanceof Value.Text read
                    && row.values().get(i) instanceof Value.Text written) {
                assertEquals(
                        OffsetDateTime.parse(written.value()).toInstant(),
                        Instant.parse(read.value()));
                value = written;
            }
            values.add(value);
        }
        return new Row(values);
    }

    private static byte[] ndjson(List<TableColumn> columns, List<Row> rows) {
        var out = new ByteArrayOutputStream();
        try (var table = new NdjsonTable(out, columns)) {
            for (Row row : rows) {
                table.write(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static OfficialTests.Table run(JsonObject definition, List<JsonObject> resources) {
        CompiledView view = CompiledView.compile(definition, "viewResource", R4);
        var rows = new ArrayList<Row>();
        resources.forEach(resource -> view.rows(resource, rows::add));
        return new OfficialTests.Table(
                view.columns().stream().map(TableColumn::name).toList(),
                ndjson(view.columns(), rows),
                view.portable().isPresent() ? "portable" : view.obstacle());
    }
}
