package dev.andiron.kernel.routing;

import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.kernel.lent.ExclusiveStore;
import dev.andiron.kernel.lent.JudgedStore;
import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.kernel.lent.ScanViews;
import dev.andiron.kernel.lent.ValueExtraction;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchFeature;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The storage that serves requests. Each facet is the backend's own or lent by the kernel; asking
 * for one that is neither throws {@link StorageException.NotSupported} naming the capability. Every
 * call is checked against the permissions of its tenant context. Safe for use by many threads.
 */
public final class Storage {
    private final OpenBackend backend;
    private final Optional<ResourceStore> resources;
    private final Optional<VersionedStore> versions;
    private final Optional<HistoryStore> history;
    private final Optional<ChangeFeed> changes;
    private final RoutedSearch search;
    private final RoutedSearch currentSearch;
    private final Views views;
    private final Optional<JobStore> jobs;
    private final Optional<BlobStore> blobs;

    /**
     * Over one backend.
     *
     * @param extraction the search values of stored resources, for the search that the kernel lends
     */
    public Storage(OpenBackend backend, ValueExtraction extraction) {
        this(backend, extraction, Map.of());
    }

    /**
     * Over one backend, without some parts of search.
     *
     * @param off what is refused, whatever the backend could do, with a sentence that says why
     */
    public Storage(OpenBackend opened, ValueExtraction extraction, Map<SearchFeature, String> off) {
        this.backend = opened.withoutSearch(off.keySet());
        versions = backend.versions().map(CheckedVersionedStore::new);
        history = backend.history().map(store -> new CheckedHistoryStore(store, backend));
        changes = backend.changes().map(CheckedChangeFeed::new);
        jobs = backend.jobs().map(CheckedJobStore::new);
        blobs = backend.blobs().map(CheckedBlobStore::new);
        Optional<ScanSearch> lent =
                backend.resources().map(store -> new ScanSearch(store, extraction));
        resources =
                backend.resources()
                        .map(store -> judged(opened, store, lent, extraction))
                        .map(store -> new CheckedResourceStore(store, backend));
        search = new RoutedSearch(backend, backend.search(), lent, off);
        currentSearch = new RoutedSearch(backend, backend.currentSearch(), lent, off);
        views =
                new Views(
                        backend,
                        backend.resources().map(store -> new ScanViews(store, currentSearch)));
    }

    /**
     * Whoever does not search at all cannot judge criteria; with a change feed, or if nobody else
     * writes, we can.
     */
    private static ResourceStore judged(
            OpenBackend opened,
            ResourceStore store,
            Optional<ScanSearch> lent,
            ValueExtraction extraction) {
        if (opened.search().isPresent()) {
            return store;
        }
        if (opened.changes().isPresent()) {
            return new JudgedStore(
                    store,
                    opened.changes().get(),
                    lent.orElseThrow(),
                    extraction,
                    opened.capabilities().search());
        }
        return opened.capabilities().shared()
                ? store
                : new ExclusiveStore(store, lent.orElseThrow());
    }

    /** The configured name of the backend. */
    public String name() {
        return backend.name();
    }

    /** The name of its plugin. */
    public String plugin() {
        return backend.plugin();
    }

    /**
     * What the backend declared and is not off, and the history, jobs and files that it was {@link
     * Lending lent}; searches and views that the kernel lends are not in it.
     */
    public Capabilities capabilities() {
        return backend.capabilities();
    }

    /** Current resources and commits. */
    public ResourceStore resources() {
        return resources.orElseThrow(() -> Refusal.of(backend, "store resources", "store"));
    }

    /** Earlier versions. */
    public VersionedStore versions() {
        return versions.orElseThrow(
                () -> Refusal.of(backend, "keep earlier versions", "versioning"));
    }

    /** History listings; a level that the backend does not declare is refused by the call. */
    public HistoryStore history() {
        return history.orElseThrow(() -> Refusal.of(backend, "list history", "history"));
    }

    /** Committed changes in order. */
    public ChangeFeed changes() {
        return changes.orElseThrow(() -> Refusal.of(backend, "list its changes", "change feed"));
    }

    /**
     * Search: by the backend where it takes the whole query, otherwise by scanning the store. A
     * cursor given to it must come from an earlier page of the same query.
     */
    public SearchEngine search() {
        return search;
    }

    /**
     * Search for the server's own decisions, such as conditional writes: it finds everything that
     * was acknowledged before, also where {@link #search()} may be behind.
     */
    public SearchEngine currentSearch() {
        return currentSearch;
    }

    /** Durable jobs. */
    public JobStore jobs() {
        return jobs.orElseThrow(() -> Refusal.of(backend, "keep long-running jobs", "jobs"));
    }

    /** Output files of jobs. */
    public BlobStore blobs() {
        return blobs.orElseThrow(() -> Refusal.of(backend, "keep files", "blobs"));
    }

    /** Views: run by the backend where it takes them, otherwise in the server. */
    public Views views() {
        return views;
    }

    /** Who answers a query: the backend, the kernel in its place, or nobody. */
    public SearchRoute searchRoute(Query query) {
        return search.route(query);
    }

    /** What searches may use: what the backend takes itself, and what the kernel lends. */
    public Set<SearchFeature> searchFeatures() {
        return search.features();
    }
}
