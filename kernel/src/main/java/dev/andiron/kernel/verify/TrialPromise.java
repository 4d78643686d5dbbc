package dev.andiron.kernel.verify;

import dev.andiron.spi.Backend;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.ClaimStrategy;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Promises of the kit that tell most in a short time, under the kit's ids. Each has a tenant of its
 * own. That all of them hold does not replace the kit, which the plugin's author runs.
 */
enum TrialPromise {
    FACETS(
            "BP05",
            "a facet is present exactly when the capabilities say so",
            _ -> true,
            (backend, declared) -> {
                same(declared.store(), backend.resources().isPresent(), "a store");
                same(declared.versioning(), backend.versions().isPresent(), "versioning");
                same(!declared.history().isEmpty(), backend.history().isPresent(), "history");
                same(declared.changeFeed(), backend.changes().isPresent(), "a change feed");
                same(!declared.search().isEmpty(), backend.search().isPresent(), "search");
                same(declared.nativeViews(), backend.views().isPresent(), "native views");
                same(declared.sqlQueries(), backend.sqlQueries().isPresent(), "SQL queries");
                same(declared.claims() != ClaimStrategy.NONE, backend.jobs().isPresent(), "jobs");
                same(declared.blobs(), backend.blobs().isPresent(), "files");
            }),
    ROUND_TRIP(
            "RS01",
            "what was committed is read back with every fact and every byte",
            Capabilities::store,
            (backend, _) -> {
                StoredResource written = version("Patient", "a", 1);
                store(backend).commit(tenant("rs01"), put(written));
                equal(Optional.of(written), store(backend).read(tenant("rs01"), written.key()));
            }),
    ABSENT(
            "RS02",
            "a resource that never existed is empty, not an error",
            Capabilities::store,
            (backend, _) ->
                    equal(
                            Optional.empty(),
                            store(backend)
                                    .read(tenant("rs02"), new ResourceKey("Patient", "none")))),
    DELETED(
            "RS04",
            "after a delete the current version is the deleted one",
            Capabilities::store,
            (backend, _) -> {
                TenantContext tenant = tenant("rs04");
                store(backend).commit(tenant, put(version("Patient", "a", 1)));
                StoredResource deleted = deleted("Patient", "a", 2);
                store(backend).commit(tenant, Commit.of(new Mutation.Delete(deleted)));
                equal(Optional.of(deleted), store(backend).read(tenant, deleted.key()));
                equal(List.of(), scanned(backend, tenant));
            }),
    SCANNED(
            "RS06",
            "a scan walks through the live resources in the order of their keys",
            Capabilities::store,
            (backend, _) -> {
                TenantContext tenant = tenant("rs06");
                for (String id : List.of("b", "B", "a.1", "10", "9")) {
                    store(backend).commit(tenant, put(version("Patient", id, 1)));
                }
                store(backend).commit(tenant, put(version("Account", "z", 1)));
                equal(
                        List.of(
                                "Account/z",
                                "Patient/10",
                                "Patient/9",
                                "Patient/B",
                                "Patient/a.1",
                                "Patient/b"),
                        scanned(backend, tenant));
            }),
    CONFLICT(
            "CM01",
            "a put whose version does not follow the current one is a VersionConflict",
            Capabilities::store,
            (backend, _) -> {
                TenantContext tenant = tenant("cm01");
                store(backend).commit(tenant, put(version("Patient", "a", 1)));
                try {
                    store(backend).commit(tenant, put(version("Patient", "a", 1)));
                } catch (StorageException.VersionConflict expected) {
                    equal(1L, expected.currentVersion());
                    return;
                }
                throw new AssertionError("the same version was written twice");
            }),
    WHOLE(
            "CM06",
            "a commit in which one mutation conflicts changes nothing, wherever it stands",
            Capabilities::store,
            (backend, _) -> {
                TenantContext tenant = tenant("cm06");
                var commit =
                        new Commit(
                                List.of(),
                                List.of(
                                        mutation(version("Patient", "a", 1)),
                                        mutation(version("Patient", "b", 7))));
                try {
                    store(backend).commit(tenant, commit);
                    throw new AssertionError("a version was written that follows none");
                } catch (StorageException.VersionConflict expected) {
                    equal(List.of(), scanned(backend, tenant));
                }
            }),
    TENANTS(
            "TN01",
            "a tenant's resources are read, headed, scanned and counted by that tenant alone",
            Capabilities::store,
            (backend, _) -> {
                store(backend).commit(tenant("tn01"), put(version("Patient", "a", 1)));
                TenantContext other = tenant("TN01");
                equal(
                        Optional.empty(),
                        store(backend).read(other, new ResourceKey("Patient", "a")));
                equal(List.of(), scanned(backend, other));
            }),
    VERSIONS(
            "VR01",
            "every version stays readable as it was written, also after later versions",
            Capabilities::versioning,
            (backend, _) -> {
                TenantContext tenant = tenant("vr01");
                StoredResource first = version("Patient", "a", 1);
                store(backend).commit(tenant, put(first));
                store(backend).commit(tenant, put(version("Patient", "a", 2)));
                var versions = backend.versions().orElseThrow();
                equal(Optional.of(first), versions.readVersion(tenant, first.key(), 1));
                equal(
                        List.of(1L, 2L),
                        versions.versions(tenant, first.key(), 0, 10).stream()
                                .map(ResourceHead::version)
                                .toList());
            }),
    HISTORY(
            "HI01",
            "the history of a resource lists all its versions, newest first, deletes included",
            declared -> declared.history().contains(HistoryLevel.INSTANCE),
            (backend, _) -> {
                TenantContext tenant = tenant("hi01");
                store(backend).commit(tenant, put(version("Patient", "a", 1)));
                store(backend)
                        .commit(tenant, Commit.of(new Mutation.Delete(deleted("Patient", "a", 2))));
                var request =
                        new HistoryRequest(
                                new HistoryScope.Instance(new ResourceKey("Patient", "a")),
                                Optional.empty(),
                                Optional.empty(),
                                OptionalLong.empty(),
                                10);
                equal(
                        List.of(2L, 1L),
                        backend.history().orElseThrow().history(tenant, request).versions().stream()
                                .map(StoredResource::version)
                                .toList());
            }),
    CHANGES(
            "CF01",
            "the feed gives every committed version, deletes included, in commit order",
            Capabilities::changeFeed,
            (backend, _) -> {
                TenantContext tenant = tenant("cf01");
                store(backend).commit(tenant, put(version("Patient", "b", 1)));
                store(backend).commit(tenant, put(version("Patient", "a", 1)));
                equal(
                        List.of("Patient/b", "Patient/a"),
                        backend.changes().orElseThrow().changes(tenant, 0, 10).stream()
                                .map(Change::key)
                                .map(ResourceKey::toString)
                                .toList());
            }),
    REOPENED(
            "DU01",
            "a backend opened again over the same data has what was acknowledged",
            Capabilities::store,
            true,
            (backend, _) ->
                    equal(
                            Optional.of(version("Patient", "a", 1)),
                            store(backend).read(tenant("rs01"), new ResourceKey("Patient", "a"))));

    final String id;
    final String about;
    final Predicate<Capabilities> applies;
    final boolean afterReopening;
    final Kept kept;

    /** Throws if the promise is broken. */
    interface Kept {
        void by(Backend backend, Capabilities declared);
    }

    TrialPromise(String id, String about, Predicate<Capabilities> applies, Kept kept) {
        this(id, about, applies, false, kept);
    }

    TrialPromise(
            String id,
            String about,
            Predicate<Capabilities> applies,
            boolean afterReopening,
            Kept kept) {
        this.id = id;
        this.about = about;
        this.applies = applies;
        this.afterReopening = afterReopening;
        this.kept = kept;
    }

    private static ResourceStore store(Backend backend) {
        return backend.resources().orElseThrow();
    }

    private static TenantContext tenant(String name) {
        return TenantContext.of(new TenantId(name));
    }

    private static StoredResource version(String type, String id, long version) {
        var content =
                Json.of(
                        "{\"resourceType\":\"%s\",\"id\":\"%s\",\"note\":\"\u00e9 %d\"}"
                                .formatted(type, id, version));
        return resource(type, id, version, content);
    }

    private static StoredResource deleted(String type, String id, long version) {
        return resource(type, id, version, Json.empty());
    }

    private static StoredResource resource(String type, String id, long version, Json content) {
        return new StoredResource(
                new ResourceKey(type, id),
                version,
                Instant.ofEpochMilli(1_763_740_800_000L + version),
                FhirVersion.R4,
                content.isEmpty(),
                content);
    }

    private static Mutation mutation(StoredResource resource) {
        return new Mutation.Put(resource, List.of());
    }

    private static Commit put(StoredResource resource) {
        return Commit.of(mutation(resource));
    }

    private static List<String> scanned(Backend backend, TenantContext tenant) {
        var keys = new ArrayList<String>();
        try (var cursor = store(backend).scan(tenant, ScanRequest.all())) {
            for (var next = cursor.next(); next.isPresent(); next = cursor.next()) {
                keys.add(next.get().key().toString());
            }
        }
        return keys;
    }

    private static void same(boolean declared, boolean present, String facet) {
        if (declared != present) {
            throw new AssertionError(
                    declared
                            ? "it declares " + facet + " and has no facet for it"
                            : "it has a facet for " + facet + " and does not declare it");
        }
    }

    private static void equal(Object expected, Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError("expected " + expected + ", got " + actual);
        }
    }
}
