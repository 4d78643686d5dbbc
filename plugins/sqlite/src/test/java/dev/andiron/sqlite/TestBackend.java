package dev.andiron.sqlite;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.Options;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Opens backends on a folder, and makes what they store. */
final class TestBackend {
    static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);

    private TestBackend() {}

    static SqliteBackend open(Path folder) {
        return open(folder, Map.of());
    }

    /** Opens {@code test.db} in the folder. */
    static SqliteBackend open(Path folder, Map<String, ?> options) {
        var provider = new SqliteProvider();
        var values = new HashMap<String, Object>(options);
        values.put("path", folder.resolve("test.db"));
        Backend backend =
                provider.open(new Context(Options.of(provider.options(), values), folder));
        return (SqliteBackend) backend;
    }

    private record Context(Options options, Path dataDirectory) implements BackendContext {
        @Override
        public String backendName() {
            return "test";
        }

        @Override
        public InstantSource clock() {
            return InstantSource.system();
        }
    }

    static Mutation.Put put(String type, String id, long version, SearchValue... values) {
        return put(type, id, version, "{\"resourceType\":\"" + type + "\"}", values);
    }

    static Mutation.Put put(
            String type, String id, long version, String json, SearchValue... values) {
        return new Mutation.Put(
                new StoredResource(
                        new ResourceKey(type, id),
                        version,
                        Instant.ofEpochMilli(1_700_000_000_000L + version),
                        FhirVersion.R4,
                        false,
                        Json.of(json)),
                List.of(values));
    }

    static Mutation.Delete delete(String type, String id, long version) {
        return new Mutation.Delete(
                new StoredResource(
                        new ResourceKey(type, id),
                        version,
                        Instant.ofEpochMilli(1_700_000_000_000L + version),
                        FhirVersion.R4,
                        true,
                        Json.empty()));
    }
}
