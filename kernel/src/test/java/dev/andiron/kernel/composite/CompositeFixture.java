package dev.andiron.kernel.composite;

import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.spi.Atomicity;
import dev.andiron.spi.Backend;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.composite.Composition;
import dev.andiron.spi.composite.Synchronization;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Resources;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A composite of a primary and a follower in memory, with the everyday writes and searches. */
final class CompositeFixture implements AutoCloseable {
    static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final Set<SearchFeature> FEATURES = Set.of(SearchFeature.TOKEN);

    /** The kit's resources were written long ago. */
    private static final Duration TOLERATED_LAG = Duration.ofDays(40_000);

    final MemoryPrimary primary;
    final MemoryFollower follower;
    final Composite composite;

    CompositeFixture(
            MemoryPrimary primary,
            MemoryFollower follower,
            Synchronization mode,
            Duration patience) {
        this(primary, Optional.empty(), follower, mode, patience);
    }

    /**
     * @param search how the primary searches, if it does
     */
    CompositeFixture(
            MemoryPrimary primary,
            Optional<SearchEngine> search,
            MemoryFollower follower,
            Synchronization mode,
            Duration patience) {
        this.primary = primary;
        this.follower = follower;
        Backend nothing = () -> {};
        var truth =
                new OpenBackend(
                        "truth",
                        "memory",
                        Capabilities.builder()
                                .atomicity(Atomicity.COMMIT)
                                .changeFeed()
                                .search(search.isPresent() ? FEATURES : Set.of())
                                .build(),
                        nothing,
                        Optional.of(primary),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(primary),
                        search,
                        search,
                        Optional.empty(),
                        Optional.empty(),
                        Set.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        var index =
                new OpenBackend(
                        "index",
                        "memory",
                        Capabilities.builder().withoutStore().search(FEATURES).follower().build(),
                        nothing,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(follower),
                        Optional.of(follower),
                        Optional.of(follower),
                        Optional.empty(),
                        Set.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        composite =
                Composite.of(
                        "main",
                        "composite",
                        new Composition(
                                "truth",
                                List.of(
                                        new Composition.Part(
                                                "index", mode, patience, TOLERATED_LAG))),
                        Map.of("truth", truth, "index", index),
                        (tenant, resource, features) -> primary.values(tenant, resource),
                        InstantSource.system());
        composite.start();
    }

    static CompositeFixture of(Synchronization mode) {
        return new CompositeFixture(new MemoryPrimary(), new MemoryFollower(), mode, PATIENCE);
    }

    OpenBackend opened() {
        return composite.opened();
    }

    static SearchValue[] code(String code) {
        return new SearchValue[] {new SearchValue.Token("code", "", code, "")};
    }

    static Criterion hasCode(String code) {
        return new Criterion.Value(
                "code", new ValueTest.Token(Optional.empty(), Optional.of(code)));
    }

    /** Writes the version behind the current one. */
    void put(ResourceKey key, String code) {
        commit(List.of(), Resources.put(key, version(key) + 1, code(code)));
    }

    void delete(ResourceKey key) {
        commit(List.of(), Resources.delete(key, version(key) + 1));
    }

    void commit(List<Precondition> preconditions, Mutation... mutations) {
        opened().resources()
                .orElseThrow()
                .commit(TENANT, new Commit(preconditions, List.of(mutations)));
    }

    long version(ResourceKey key) {
        return primary.head(TENANT, key).map(ResourceHead::version).orElse(0L);
    }

    /** What users find. */
    List<ResourceKey> find(String code) {
        Query query = Query.of("Patient", hasCode(code), 1_000);
        return opened().search().orElseThrow().search(TENANT, query).hits().stream()
                .map(Hit::key)
                .toList();
    }

    /** What the server's own lookups find. */
    List<ResourceKey> findCurrent(String code) {
        Query query = Query.of("Patient", hasCode(code), 1_000);
        return opened().currentSearch().orElseThrow().search(TENANT, query).hits().stream()
                .map(Hit::key)
                .toList();
    }

    @Override
    public void close() {
        composite.close();
    }
}
