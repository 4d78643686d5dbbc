package dev.andiron.fhir.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.SyntheaSample;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.Backend;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.View;
import dev.andiron.spi.view.ViewEngine;
import dev.andiron.spi.view.ViewRequest;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The official tests of SQL on FHIR, run inside a backend wherever it takes the view; and a
 * comparison of its rows with those of the kernel's own evaluation.
 */
public abstract class NativeViewContract {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final String NATIVE = "native";
    private static final long SEED = 11;
    private static final int RANDOM = 200;
    private static final List<JsonObject> RESOURCES =
            Stream.concat(SyntheaSample.resources().stream(), ExampleViews.resources().stream())
                    .map(text -> JsonReader.readObject(text.getBytes(StandardCharsets.UTF_8)))
                    .toList();

    private int tenants;

    /** What the database is called in what is printed. */
    protected abstract String database();

    /** Opens the backend, always on the same data. */
    protected abstract Backend open();

    @Test
    final void passesTheOfficialTestsNineOfTenInsideTheDatabase() {
        try (Backend backend = open()) {
            OfficialTests.Report report =
                    OfficialTests.run((view, resources) -> run(backend, view, resources));
            report.write(
                    Path.of(
                            "target",
                            "test_report_"
                                    + database().toLowerCase(Locale.ROOT).replace(' ', '_')
                                    + ".json"));
            assertEquals(List.of(), report.failures());
            long inside = report.made(NATIVE);
            long rows = report.results().stream().filter(r -> !r.how().isEmpty()).count();
            System.out.printf(
                    "SQL on FHIR in %s: %d passed, 0 failed, 0 skipped; %d of %d tables made"
                            + " inside the database%n",
                    database(), report.passed(), inside, rows);
            report.results().stream()
                    .filter(r -> !r.how().isEmpty() && !r.how().equals(NATIVE))
                    .forEach(r -> System.out.println("  " + r.title() + ": " + r.how()));
            assertTrue(inside * 10 >= rows * 9, inside + " of " + rows);
        }
    }

    /** Examples and random views over the sample give what the kernel's own evaluation gives. */
    @Test
    final void givesTheSameRowsAsTheKernel() {
        try (Backend backend = open()) {
            store(backend, RESOURCES);
            int inside = 0;
            int rows = 0;
            var random = new RandomViews(R4, SEED);
            var views = new ArrayList<>(ExampleViews.all());
            for (int i = 0; i < RANDOM; i++) {
                views.add(random.like(RESOURCES.get(i * 7 % RESOURCES.size())));
            }
            for (JsonObject definition : views) {
                CompiledView view = CompiledView.compile(definition, "", R4);
                View portable = view.portable().orElseThrow();
                if (backend.views().orElseThrow().refusal(portable).isEmpty()) {
                    inside++;
                    List<Row> expected = evaluated(view);
                    assertEquals(expected, rows(backend, portable), definition::toString);
                    rows += expected == null ? 0 : expected.size();
                }
            }
            System.out.printf(
                    "views in %s and in the kernel: %d compared, %d refused, %d rows (seed %d)%n",
                    database(), inside, views.size() - inside, rows, SEED);
            assertTrue(inside * 10 >= views.size() * 9, inside + " of " + views.size());
        }
    }

    /** Lots of every size, with several rows for each resource and with none, in order. */
    @Test
    final void manyResourcesComeInOrder() {
        var resources = new ArrayList<JsonObject>();
        for (int i = 0; i < 2_600; i++) {
            String name = i % 7 == 0 ? "" : ",\"name\":[{\"family\":\"a\"},{\"family\":\"b\"}]";
            resources.add(
                    json("{\"resourceType\":\"Patient\",\"id\":\"p%d\"%s}".formatted(i, name)));
        }
        var names = "\"name\":[%s]".formatted("{\"family\":\"x\"},".repeat(900) + "{}");
        for (int i = 0; i < 30; i++) {
            resources.add(
                    json("{\"resourceType\":\"Patient\",\"id\":\"q%d\",%s}".formatted(i, names)));
        }
        CompiledView view =
                CompiledView.compile(
                        json(
                                """
                                {"resourceType":"ViewDefinition","status":"active","resource":"Patient",\
                                "select":[{"column":[{"path":"id","name":"id"}]},{"forEach":"name",\
                                "column":[{"path":"family","name":"family"}]}]}\
                                """),
                        "",
                        R4);
        try (Backend backend = open()) {
            store(backend, resources);
            var expected = new ArrayList<Row>();
            resources.forEach(resource -> view.rows(resource, expected::add));
            assertEquals(expected, rows(backend, view.portable().orElseThrow()));
        }
    }

    /** Numbers keep the way they were written, and elements the order of their members. */
    @Test
    final void givesWhatWasWritten() {
        var resources = new ArrayList<JsonObject>();
        for (String number : List.of("1.50", "1E2", "1.0e-3", "-0.0", "0", "-12.340", "1e+1")) {
            resources.add(
                    json(
                            """
                            {"resourceType":"Observation","id":"n%d","status":"final",\
                            "code":{"text":"x: -1e5, \\" [2E3]"},"valueQuantity":{"value":%s,"unit":"b","code":"a"}}\
                            """
                                    .formatted(resources.size(), number)));
        }
        for (String column :
                List.of(
                        "value.ofType(Quantity).value",
                        "value.ofType(Quantity)\",\"type\":\"Quantity",
                        "code.text",
                        "value.ofType(Quantity).where(value >= 1.5).value",
                        "value.ofType(Quantity).value.lowBoundary()")) {
            CompiledView view = observations(column);
            try (Backend backend = open()) {
                store(backend, resources);
                var expected = new ArrayList<Row>();
                resources.forEach(resource -> view.rows(resource, expected::add));
                assertEquals(expected, rows(backend, view.portable().orElseThrow()), column);
            }
        }
    }

    private static CompiledView observations(String path) {
        return CompiledView.compile(
                json(
                        """
                        {"resourceType":"ViewDefinition","status":"active","resource":"Observation",\
                        "select":[{"column":[{"path":"%s","name":"found"}]}]}\
                        """
                                .formatted(path)),
                "",
                R4);
    }

    /** Filters, limits, deletes and tenants hold inside the backend. */
    @Test
    final void readsOnlyWhatIsAskedFor() {
        CompiledView view = observations("id");
        Instant before = Instant.parse("2024-01-01T00:00:00Z");
        Instant since = Instant.parse("2024-06-01T00:00:00Z");
        try (Backend backend = open()) {
            for (String tenant : List.of("mine", "others")) {
                tenants++;
                var puts = new ArrayList<Mutation>();
                for (int i = 0; i < 120; i++) {
                    puts.add(observation(tenant + i, "p" + i % 3, i < 60 ? before : since));
                }
                puts.add(observation(tenant + "-gone", "p0", since));
                commit(backend, puts);
                var gone = new ResourceKey("Observation", tenant + "-gone");
                commit(
                        backend,
                        List.of(
                                new Mutation.Delete(
                                        new StoredResource(
                                                gone,
                                                2,
                                                since,
                                                FhirVersion.R4,
                                                true,
                                                Json.empty()))));
            }
            View portable = view.portable().orElseThrow();
            var patient =
                    new Criterion.Value(
                            "patient",
                            new ValueTest.LocalReference(
                                    Optional.of("Patient"), "p1", Optional.empty()));
            var changed =
                    new Criterion.LastUpdated(
                            ValueTest.RangeOperator.GE, since, since.plusMillis(1));
            assertEquals(ids(_ -> true), found(backend, portable, Criterion.everything(), 1_000));
            assertEquals(ids(i -> i % 3 == 1), found(backend, portable, patient, 1_000));
            assertEquals(
                    ids(i -> i % 3 == 1 && i >= 60),
                    found(backend, portable, new Criterion.All(List.of(patient, changed)), 1_000));
            assertEquals(
                    ids(_ -> true).subList(0, 70),
                    found(backend, portable, Criterion.everything(), 70));
            assertEquals(List.of(), found(backend, portable, Criterion.everything(), 0));
        }
    }

    private static List<Row> ids(IntPredicate which) {
        return IntStream.range(0, 120)
                .filter(which)
                .mapToObj(i -> Row.of(new Value.Text("others" + i)))
                .toList();
    }

    private static Mutation observation(String id, String patient, Instant time) {
        var content =
                """
                {"resourceType":"Observation","id":"%s","status":"final","subject":{"reference":"Patient/%s"}}\
                """;
        return new Mutation.Put(
                new StoredResource(
                        new ResourceKey("Observation", id),
                        1,
                        time,
                        FhirVersion.R4,
                        false,
                        Json.of(content.formatted(id, patient))),
                List.of(new SearchValue.LocalReference("patient", "Patient", patient, "")));
    }

    private void commit(Backend backend, List<Mutation> mutations) {
        backend.resources().orElseThrow().commit(tenant(), new Commit(List.of(), mutations));
    }

    private List<Row> found(Backend backend, View view, Criterion filter, long limit) {
        var request =
                new ViewRequest(view, filter, OptionalLong.of(limit), PathScalarFunctions.of(R4));
        return read(backend, request);
    }

    /** A resource has a bounded number of rows, unless a limit comes first. */
    @Test
    final void tooManyRowsOfOneResourceAreRefused() {
        CompiledView view =
                CompiledView.compile(
                        json(
                                """
                                {"resourceType":"ViewDefinition","name":"all","status":"active",\
                                "resource":"Patient","select":[\
                                {"forEach":"name","column":[{"path":"family","name":"family"}]},\
                                {"forEach":"telecom","column":[{"path":"value","name":"telecom"}]}]}\
                                """),
                        "",
                        R4);
        var patient =
                json(
                        "{\"resourceType\":\"Patient\",\"id\":\"big\",\"name\":[%s],\"telecom\":[%s]}"
                                .formatted(
                                        "{\"family\":\"x\"},".repeat(399) + "{\"family\":\"y\"}",
                                        "{\"value\":\"1\"},".repeat(299) + "{\"value\":\"2\"}"));
        String expected = "the view 'all' on Patient/big: it gives more than 100000 rows";
        var inProcess =
                assertThrows(
                        StorageException.Unprocessable.class, () -> view.rows(patient, _ -> true));
        assertEquals(expected, inProcess.getMessage());
        try (Backend backend = open()) {
            store(backend, List.of(patient));
            View portable = view.portable().orElseThrow();
            var inside =
                    assertThrows(
                            StorageException.Unprocessable.class, () -> read(backend, portable));
            assertEquals(expected, inside.getMessage());
            assertEquals(700, found(backend, portable, Criterion.everything(), 700).size());
        }
    }

    /** What breaks a rule is told with the resource that it is in, by both runners. */
    @Test
    final void severalValuesNameTheResource() {
        CompiledView view =
                CompiledView.compile(
                        json(
                                """
                                {"resourceType":"ViewDefinition","name":"one","status":"active",\
                                "resource":"Patient","select":[{"column":[{"path":"name.family","name":"family"}]}]}\
                                """),
                        "",
                        R4);
        List<JsonObject> resources =
                List.of(
                        json(
                                "{\"resourceType\":\"Patient\",\"id\":\"a\",\"name\":[{\"family\":\"x\"}]}"),
                        json(
                                "{\"resourceType\":\"Patient\",\"id\":\"b\",\"name\":[{\"family\":\"x\"},{\"family\":\"y\"}]}"),
                        json(
                                "{\"resourceType\":\"Patient\",\"id\":\"c\",\"name\":[{\"family\":\"x\"}]}"));
        var inProcess =
                assertThrows(
                        StorageException.Unprocessable.class,
                        () -> resources.forEach(resource -> view.rows(resource, _ -> true)));
        assertTrue(
                inProcess.getMessage().startsWith("the view 'one' on Patient/b: "),
                inProcess.getMessage());
        try (Backend backend = open()) {
            store(backend, resources);
            var request =
                    new ViewRequest(
                            view.portable().orElseThrow(),
                            Criterion.everything(),
                            OptionalLong.empty(),
                            view.functions());
            try (RowCursor rows = backend.views().orElseThrow().run(tenant(), request)) {
                var inside = assertThrows(StorageException.Unprocessable.class, () -> rows.next());
                assertTrue(
                        inside.getMessage().startsWith("the view 'one' on Patient/b: "),
                        inside.getMessage());
            }
        }
    }

    /** Documents that paths cannot be read out of as they are, each alone and all together. */
    @Test
    final void oddDocumentsGiveTheSameRows() {
        CompiledView view =
                CompiledView.compile(
                        json(
                                """
                                {"resourceType":"ViewDefinition","status":"active","resource":"Patient",\
                                "select":[{"column":[{"path":"getResourceKey()","name":"key"},\
                                {"path":"birthDate","name":"born"},{"path":"active","name":"active"},\
                                {"path":"name.given.first()","name":"first"},\
                                {"path":"name[1].family","name":"second"},\
                                {"path":"name.given","name":"given","collection":true},\
                                {"path":"multipleBirth.ofType(integer)","name":"births"},\
                                {"path":"generalPractitioner.getReferenceKey()","name":"doctors","collection":true},\
                                {"path":"managingOrganization.getReferenceKey(Organization)","name":"owner"},\
                                {"path":"extension('http://x').value.ofType(decimal)","name":"x"},\
                                {"path":"name.where(use = 'official').family","name":"official"}]},\
                                {"forEachOrNull":"contact","column":[{"path":"gender","name":"gender"}]}]}\
                                """),
                        "",
                        R4);
        var odd = new ArrayList<JsonObject>();
        for (String members :
                List.of(
                        "\"active\":true",
                        "\"active\":false,\"birthDate\":\"1970\",\"multipleBirthInteger\":-3",
                        "\"_birthDate\":{\"id\":\"x\"},\"multipleBirthBoolean\":true",
                        "\"birthDate\":\"1970-01-02\",\"_birthDate\":{\"id\":\"x\"}",
                        "\"name\":[{\"given\":[\"a\\\\b\\\"\\u00e9\\n"
                                + "\\/\",\"é😀\"],\"family\":\"x\"},{\"family\":\"y\"}]",
                        "\"name\":[{\"given\":[null,\"b\"],\"_given\":[{\"id\":\"x\"},null]}]",
                        "\"name\":[{\"_given\":[{\"id\":\"x\"}]},{\"given\":[\"b\"]}]",
                        "\"name\":[{\"given\":[\"\\ud83d\\ude00\"]}]",
                        "\"name\":[{\"use\":\"official\",\"family\":\"a\"},{\"use\":\"usual\",\"family\":\"b\"}]",
                        "\"generalPractitioner\":[{\"reference\":\"Practitioner/1\"},{\"display\":\"x\"},"
                            + "{\"reference\":\"#c\"}],\"managingOrganization\":{\"reference\":\"Patient/1\"}",
                        "\"managingOrganization\":{\"type\":\"Organization\",\"reference\":\"Organization/1/_history/2\"}",
                        "\"extension\":[{\"url\":\"http://x\",\"valueDecimal\":1.50},{\"url\":\"http://y\",\"valueDecimal\":2}]",
                        "\"contact\":[{\"gender\":\"male\"},{\"gender\":\"female\"}],\"active\":true")) {
            odd.add(
                    json(
                            "{\"resourceType\":\"Patient\",\"id\":\"o%d\",%s}"
                                    .formatted(odd.size(), members)));
        }
        try (Backend backend = open()) {
            for (JsonObject each : odd) {
                assertSame(backend, view, List.of(each));
            }
            assertSame(backend, view, odd);
        }
    }

    private void assertSame(Backend backend, CompiledView view, List<JsonObject> resources) {
        var expected = new ArrayList<Row>();
        resources.forEach(resource -> view.rows(resource, expected::add));
        store(backend, resources);
        assertEquals(expected, read(backend, view.portable().orElseThrow()), resources::toString);
    }

    private static JsonObject json(String text) {
        return JsonReader.readObject(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The rows; null if a resource is refused. */
    private static List<Row> evaluated(CompiledView view) {
        var rows = new ArrayList<Row>();
        try {
            RESOURCES.forEach(resource -> view.rows(resource, rows::add));
            return rows;
        } catch (StorageException.Unprocessable refused) {
            return null;
        }
    }

    private List<Row> rows(Backend backend, View view) {
        try {
            return read(backend, view);
        } catch (StorageException.Unprocessable refused) {
            return null;
        }
    }

    private OfficialTests.Table run(
            Backend backend, JsonObject definition, List<JsonObject> resources) {
        CompiledView compiled = CompiledView.compile(definition, "viewResource", R4);
        ViewEngine engine = backend.views().orElseThrow();
        String how =
                compiled.portable()
                        .map(view -> engine.refusal(view).orElse(NATIVE))
                        .orElseGet(compiled::obstacle);
        var rows = new ArrayList<Row>();
        if (how.equals(NATIVE)) {
            rows.addAll(inside(backend, compiled.portable().orElseThrow(), resources));
        } else {
            resources.forEach(resource -> compiled.rows(resource, rows::add));
        }
        var out = new ByteArrayOutputStream();
        try (var table = new NdjsonTable(out, compiled.columns())) {
            for (Row row : rows) {
                table.write(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new OfficialTests.Table(
                compiled.columns().stream().map(TableColumn::name).toList(),
                out.toByteArray(),
                how);
    }

    private List<Row> inside(Backend backend, View view, List<JsonObject> resources) {
        store(backend, resources);
        return read(backend, view);
    }

    /** Into a tenant of their own. */
    private void store(Backend backend, List<JsonObject> resources) {
        tenants++;
        var puts = new ArrayList<Mutation>();
        for (JsonObject resource : resources) {
            var key =
                    new ResourceKey(
                            resource.string("resourceType").orElseThrow(),
                            resource.string("id").orElse("r" + puts.size()));
            var stored =
                    new StoredResource(
                            key,
                            1,
                            Instant.EPOCH,
                            FhirVersion.R4,
                            false,
                            Json.of(JsonWriter.compact(resource)));
            puts.add(new Mutation.Put(stored, List.of()));
        }
        backend.resources().orElseThrow().commit(tenant(), new Commit(List.of(), puts));
    }

    private TenantContext tenant() {
        return TenantContext.of(new TenantId("t" + tenants));
    }

    /** The rows of a view over what was stored last. */
    private List<Row> read(Backend backend, View view) {
        var request =
                new ViewRequest(
                        view,
                        Criterion.everything(),
                        OptionalLong.empty(),
                        PathScalarFunctions.of(R4));
        return read(backend, request);
    }

    private List<Row> read(Backend backend, ViewRequest request) {
        var rows = new ArrayList<Row>();
        try (RowCursor cursor = backend.views().orElseThrow().run(tenant(), request)) {
            for (List<Row> next = cursor.next(); !next.isEmpty(); next = cursor.next()) {
                rows.addAll(next);
            }
        }
        return rows;
    }
}
