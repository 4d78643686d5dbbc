package dev.andiron.elasticsearch;

import dev.andiron.spi.Backend;
import dev.andiron.spi.composite.FollowedEntry;
import dev.andiron.spi.composite.Follower;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Opening;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One tenant of a follower that a test feeds, and what is found there. */
record Followed(Backend backend, TenantContext tenant) implements AutoCloseable {
    private static final Instant WRITTEN = Instant.parse("2024-01-01T00:00:00Z");

    /** Opens a backend on the data of a folder. */
    static Followed open(URI url, Path folder, Map<String, ?> more) {
        var options = ElasticsearchServer.options(url, folder);
        options.putAll(more);
        return new Followed(
                new Opening(new ElasticsearchProvider(), any -> options).open(folder),
                TenantContext.of(new TenantId("Ward-7")));
    }

    static Followed open(URI url, Path folder) {
        return open(url, folder, Map.of());
    }

    /** The same for another tenant. */
    Followed of(String other) {
        return new Followed(backend, TenantContext.of(new TenantId(other)));
    }

    Follower follower() {
        return backend.follower().orElseThrow();
    }

    static ResourceKey key(String id) {
        return new ResourceKey("Patient", id);
    }

    /** A resource that has one code. */
    static Projection.Present present(long position, String id, String code) {
        return new Projection.Present(
                position,
                new StoredResource(
                        key(id),
                        position,
                        WRITTEN.plusMillis(position),
                        FhirVersion.R4,
                        false,
                        Json.of("{}")),
                List.of(new SearchValue.Token("code", "urn:s", code, "")));
    }

    static Projection.Absent absent(long position, String id) {
        return new Projection.Absent(position, key(id));
    }

    void apply(long through, Projection... projections) {
        follower().apply(tenant, List.of(projections), through);
    }

    long applied() {
        return follower().applied(tenant);
    }

    /** The ids that a search by code finds, after a refresh. */
    List<String> found(String code) {
        follower().refresh(tenant);
        return search(code);
    }

    /** The ids that a search by code finds. */
    List<String> search(String code) {
        Criterion criterion =
                new Criterion.Value(
                        "code", new ValueTest.Token(Optional.empty(), Optional.of(code)));
        return backend
                .search()
                .orElseThrow()
                .search(tenant, Query.of("Patient", criterion, 10_000))
                .hits()
                .stream()
                .map(Hit::key)
                .map(ResourceKey::id)
                .toList();
    }

    /** All entries with their positions, pulled in pages of a size. */
    Map<String, Long> entries(int pageSize) {
        var entries = new TreeMap<String, Long>();
        Optional<ResourceKey> after = Optional.empty();
        while (true) {
            List<FollowedEntry> page = follower().entries(tenant, after, pageSize);
            page.forEach(entry -> entries.put(entry.key().id(), entry.position()));
            if (page.size() < pageSize) {
                return entries;
            }
            after = Optional.of(page.getLast().key());
        }
    }

    @Override
    public void close() {
        backend.close();
    }
}
