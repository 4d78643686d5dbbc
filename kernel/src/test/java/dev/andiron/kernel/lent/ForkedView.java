package dev.andiron.kernel.lent;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.fhir.view.NdjsonTable;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Started in a process of its own with a small heap: runs a view over generated resources. */
final class ForkedView {
    private static final String VIEW =
            """
            {"resource": "Observation", "select": [
              {"column": [
                {"name": "id", "path": "getResourceKey()"},
                {"name": "patient", "path": "subject.getReferenceKey(Patient)"},
                {"name": "value", "path": "value.ofType(Quantity).value"}]},
              {"forEach": "code.coding", "column": [
                {"name": "system", "path": "system"},
                {"name": "code", "path": "code"}]}]}
            """;

    private ForkedView() {}

    public static void main(String[] arguments) throws IOException {
        int resources = Integer.parseInt(arguments[0]);
        CompiledView view =
                CompiledView.compile(
                        JsonReader.readObject(VIEW.getBytes(StandardCharsets.UTF_8)),
                        "",
                        Definitions.of(FhirVersion.R4));
        var store = new GeneratedStore(resources);
        var views =
                new ScanViews(
                        store, new ScanSearch(store, (tenant, resource, features) -> List.of()));
        long count = 0;
        try (RowCursor cursor =
                        views.run(
                                TenantContext.of(TenantId.DEFAULT),
                                view,
                                Criterion.everything(),
                                OptionalLong.empty());
                var table = new NdjsonTable(OutputStream.nullOutputStream(), view.columns())) {
            for (List<Row> rows = cursor.next(); !rows.isEmpty(); rows = cursor.next()) {
                count += rows.size();
                for (Row row : rows) {
                    table.write(row);
                }
            }
        }
        System.out.println(count);
    }

    /** Observations that are made when they are scanned. */
    private record GeneratedStore(int size) implements ResourceStore {
        @Override
        public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
            return Optional.empty();
        }

        @Override
        public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
            return new ResourceCursor() {
                private int made;

                @Override
                public Optional<StoredResource> next() {
                    return made == size ? Optional.empty() : Optional.of(observation(made++));
                }

                @Override
                public void close() {}
            };
        }

        private static StoredResource observation(int number) {
            String id = "o" + number;
            return new StoredResource(
                    new ResourceKey("Observation", id),
                    1,
                    Instant.EPOCH,
                    FhirVersion.R4,
                    false,
                    Json.of(
                            """
                            {"resourceType":"Observation","id":"%s","status":"final","subject":\
                            {"reference":"Patient/p%d"},"code":{"coding":[{"system":"http://loinc.org",\
                            "code":"8480-6"},{"system":"http://snomed.info/sct","code":"271649006"}]},\
                            "valueQuantity":{"value":1%d.50,"unit":"mmHg"}}\
                            """
                                    .formatted(id, number % 1000, number % 90)));
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            throw new UnsupportedOperationException("nothing is written");
        }
    }
}
