package dev.andiron.server.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.fhir.view.NdjsonTable;
import dev.andiron.fhir.view.OfficialTests;
import dev.andiron.fhir.view.PathScalarFunctions;
import dev.andiron.fhir.view.TableColumn;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.Options;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.View;
import dev.andiron.spi.view.ViewEngine;
import dev.andiron.spi.view.ViewRequest;
import dev.andiron.sqlite.SqliteProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The official tests of SQL on FHIR, run inside SQLite wherever it takes the view. */
class NativeViewTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final String NATIVE = "native";

    @TempDir Path folder;
    private int tenants;

    private record Context(Path dataDirectory, Options options) implements BackendContext {
        @Override
        public String backendName() {
            return "main";
        }

        @Override
        public InstantSource clock() {
            return InstantSource.system();
        }
    }

    @Test
    void passesTheOfficialTestsNineOfTenInsideTheDatabase() {
        var provider = new SqliteProvider();
        var options = Options.of(provider.options(), Map.of("path", folder.resolve("views.db")));
        try (Backend backend = provider.open(new Context(folder, options))) {
            OfficialTests.Report report =
                    OfficialTests.run((view, resources) -> run(backend, view, resources));
            report.write(Path.of("target", "test_report_sqlite.json"));
            assertEquals(List.of(), report.failures());
            long inside = report.made(NATIVE);
            long rows = report.results().stream().filter(r -> !r.how().isEmpty()).count();
            System.out.printf(
                    "SQL on FHIR in SQLite: %d passed, 0 failed, 0 skipped; %d of %d tables made"
                            + " inside the database%n",
                    report.passed(), inside, rows);
            report.results().stream()
                    .filter(r -> !r.how().isEmpty() && !r.how().equals(NATIVE))
                    .forEach(r -> System.out.println("  " + r.title() + ": " + r.how()));
            assertTrue(inside * 10 >= rows * 9, inside + " of " + rows);
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
        tenants++;
        var tenant = TenantContext.of(new TenantId("t" + tenants));
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
        backend.resources().orElseThrow().commit(tenant, new Commit(List.of(), puts));
        var rows = new ArrayList<Row>();
        var request =
                new ViewRequest(
                        view,
                        Criterion.everything(),
                        OptionalLong.empty(),
                        PathScalarFunctions.of(R4));
        try (RowCursor cursor = backend.views().orElseThrow().run(tenant, request)) {
            for (List<Row> next = cursor.next(); !next.isEmpty(); next = cursor.next()) {
                rows.addAll(next);
            }
        }
        return rows;
    }
}
