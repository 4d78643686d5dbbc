package dev.andiron.kernel.lent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.fhir.view.NdjsonTable;
import dev.andiron.fhir.view.OfficialTests;
import dev.andiron.fhir.view.TableColumn;
import dev.andiron.kernel.MemoryStore;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.Value;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

class ScanViewsTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final OptionalLong ALL = OptionalLong.empty();

    private final MemoryStore store = new MemoryStore();
    private final ScanViews views =
            new ScanViews(
                    store,
                    new ScanSearch(
                            store, (tenant, resource, features) -> store.values(tenant, resource)));

    private static CompiledView view(String json) {
        byte[] utf8 = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return CompiledView.compile(JsonReader.readObject(utf8), "", R4);
    }

    private static CompiledView ids() {
        return view("{'resource':'Patient','select':[{'column':[{'name':'id','path':'id'}]}]}");
    }

    private static List<String> texts(RowCursor cursor) {
        var texts = new ArrayList<String>();
        try (cursor) {
            for (List<Row> rows = cursor.next(); !rows.isEmpty(); rows = cursor.next()) {
                assertTrue(rows.size() <= RowCursor.MOST);
                rows.forEach(row -> texts.add(((Value.Text) row.values().getFirst()).value()));
            }
            assertEquals(List.of(), cursor.next());
        }
        return texts;
    }

    private static String id(int number) {
        return "p%06d".formatted(number);
    }

    private void putPatients(int count) {
        for (int i = 0; i < count; i++) {
            store.put(
                    TENANT,
                    "Patient",
                    id(i),
                    new SearchValue.Token("gender", "", i % 10 == 0 ? "male" : "female", ""));
        }
    }

    @Test
    void keepsTheOrderOfManyChunks() {
        putPatients(3_000);
        store.put(TENANT, "Observation", "o1");
        assertEquals(
                IntStream.range(0, 3_000).mapToObj(ScanViewsTest::id).toList(),
                texts(views.run(TENANT, ids(), Criterion.everything(), ALL)));
        assertEquals(0, store.openCursors());
    }

    @Test
    void seesOneTenantOnly() {
        putPatients(3);
        TenantContext other = TenantContext.of(new TenantId("other"));
        assertEquals(List.of(), texts(views.run(other, ids(), Criterion.everything(), ALL)));
    }

    @Test
    void aLimitStopsTheReading() {
        putPatients(5_000);
        assertEquals(
                List.of(id(0), id(1), id(2)),
                texts(views.run(TENANT, ids(), Criterion.everything(), OptionalLong.of(3))));
        assertTrue(store.scanned() < 500, () -> "scanned " + store.scanned());
        assertEquals(0, store.openCursors());
        assertEquals(
                List.of(),
                texts(views.run(TENANT, ids(), Criterion.everything(), OptionalLong.of(0))));
    }

    @Test
    void closingStopsTheReading() {
        putPatients(20_000);
        try (RowCursor cursor = views.run(TENANT, ids(), Criterion.everything(), ALL)) {
            assertFalse(cursor.next().isEmpty());
        }
        assertEquals(0, store.openCursors());
        assertTrue(store.scanned() < 1_000, () -> "scanned " + store.scanned());
    }

    @Test
    void searchesForWhatAFilterWants() {
        putPatients(2_000);
        var male =
                new Criterion.Value(
                        "gender", new ValueTest.Token(Optional.empty(), Optional.of("male")));
        assertEquals(
                IntStream.range(0, 200).mapToObj(i -> id(i * 10)).toList(),
                texts(views.run(TENANT, ids(), male, ALL)));
        assertEquals(
                List.of(id(7)),
                texts(views.run(TENANT, ids(), new Criterion.Id(Set.of(id(7))), ALL)));
        assertEquals(0, store.openCursors());
    }

    @Test
    void tellsWhichResourceBreaksTheView() {
        CompiledView names =
                view(
                        "{'name':'names','resource':'Patient','select':[{'column':["
                                + "{'name':'family','path':'name.family'}]}]}");
        List<Json> resources =
                List.of(
                        Json.of(
                                "{\"resourceType\":\"Patient\",\"id\":\"a\",\"name\":[{\"family\":\"A\"}]}"),
                        Json.of(
                                "{\"resourceType\":\"Patient\",\"id\":\"b\",\"name\":[{\"family\":\"B\"},{\"family\":\"C\"}]}"));
        try (RowCursor cursor = ScanViews.over(names, resources, ALL)) {
            var refused = assertThrows(StorageException.Unprocessable.class, () -> texts(cursor));
            assertEquals(
                    "the view 'names' on Patient/b: the column 'family' has several values; a"
                            + " column of lists says 'collection: true'",
                    refused.getMessage());
        }
    }

    @Test
    void aProductOfManyElementsIsStreamedAndThenRefused() {
        CompiledView product =
                view(
                        "{'resource':'Patient','select':[{'forEach':'name','column':[{'name':'a','path':'family'}]},"
                            + "{'forEach':'name','column':[{'name':'b','path':'family'}]}]}");
        String names = "{\"family\":\"x\"},".repeat(400);
        Json patient =
                Json.of(
                        "{\"resourceType\":\"Patient\",\"id\":\"a\",\"name\":["
                                + names.substring(0, names.length() - 1)
                                + "]}");
        assertEquals(
                1_500,
                texts(ScanViews.over(product, List.of(patient), OptionalLong.of(1_500))).size());
        try (RowCursor cursor = ScanViews.over(product, List.of(patient), ALL)) {
            var refused = assertThrows(StorageException.Unprocessable.class, () -> texts(cursor));
            assertTrue(refused.getMessage().endsWith("it gives more than 100000 rows"));
        }
    }

    @Test
    void passesAllOfficialTests() {
        OfficialTests.Report report = OfficialTests.run(ScanViewsTest::table);
        assertEquals(List.of(), report.failures());
        assertEquals(134, report.passed());
    }

    private static OfficialTests.Table table(JsonObject definition, List<JsonObject> resources) {
        CompiledView view = CompiledView.compile(definition, "", R4);
        List<Json> contents =
                resources.stream().map(each -> Json.of(JsonWriter.compact(each))).toList();
        var out = new ByteArrayOutputStream();
        try (RowCursor cursor = ScanViews.over(view, contents, ALL);
                var table = new NdjsonTable(out, view.columns())) {
            for (List<Row> rows = cursor.next(); !rows.isEmpty(); rows = cursor.next()) {
                for (Row row : rows) {
                    table.write(row);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new OfficialTests.Table(
                view.columns().stream().map(TableColumn::name).toList(),
                out.toByteArray(),
                "in-process");
    }
}
