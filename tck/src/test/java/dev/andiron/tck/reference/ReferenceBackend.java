package dev.andiron.tck.reference;

import dev.andiron.spi.Backend;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Model;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** One model for each tenant, behind one lock; every facet is a view of it. */
public class ReferenceBackend
        implements Backend, ResourceStore, VersionedStore, HistoryStore, ChangeFeed, SearchEngine {
    private final Map<String, Model> models = new TreeMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Journal journal;
    private final ReferenceJobs jobs;
    private final ReferenceBlobs blobs;
    private final AtomicReference<InstantSource> clock =
            new AtomicReference<>(InstantSource.system());

    /** What the journal holds. */
    public record Entry(String tenant, Commit commit) {}

    /** Where a page of a search ended. */
    record Place(List<Comparable<?>> sortKeys, long place) {}

    /** How the jobs are made, by a clock and into a journal. */
    protected interface JobsFactory
            extends BiFunction<InstantSource, Consumer<Record>, ReferenceJobs> {}

    /** How the blobs are made, into a journal. */
    protected interface BlobsFactory extends Function<Consumer<Record>, ReferenceBlobs> {}

    /** Opens the backend over its journal. */
    public ReferenceBackend(Path path) {
        this(path, ReferenceJobs::new, ReferenceBlobs::new);
    }

    /** Opens the backend over its journal, with jobs and blobs of another kind. */
    protected ReferenceBackend(Path path, JobsFactory jobsFactory, BlobsFactory blobsFactory) {
        var entries = new ArrayList<Object>();
        journal = new Journal(path, entries::add);
        Journal appended = journal;
        AtomicReference<InstantSource> current = clock;
        jobs = jobsFactory.apply(() -> current.get().instant(), appended::append);
        blobs = blobsFactory.apply(appended::append);
        entries.forEach(this::replay);
    }

    private void replay(Object each) {
        switch (each) {
            case Entry entry -> model(entry.tenant()).commit(entry.commit());
            case ReferenceJobs.Held held -> jobs.replay(held);
            case ReferenceJobs.Gone gone -> jobs.replay(gone);
            case ReferenceBlobs.Finished finished -> blobs.replay(finished);
            case ReferenceBlobs.Dropped dropped -> blobs.replay(dropped);
            default -> throw new IllegalStateException("not of this journal: " + each);
        }
    }

    /** Takes the time from a clock from now on. */
    public ReferenceBackend by(InstantSource source) {
        clock.set(source);
        return this;
    }

    @Override
    public Optional<JobStore> jobs() {
        return Optional.of(jobs);
    }

    @Override
    public Optional<BlobStore> blobs() {
        return Optional.of(blobs);
    }

    private Model model(String tenant) {
        return models.computeIfAbsent(tenant, name -> new Model());
    }

    private <T> T ask(TenantContext tenant, Function<Model, T> question) {
        lock.lock();
        try {
            return question.apply(models.getOrDefault(tenant.tenant().value(), new Model()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<ResourceStore> resources() {
        return Optional.of(this);
    }

    @Override
    public Optional<VersionedStore> versions() {
        return Optional.of(this);
    }

    @Override
    public Optional<HistoryStore> history() {
        return Optional.of(this);
    }

    @Override
    public Optional<ChangeFeed> changes() {
        return Optional.of(this);
    }

    @Override
    public Optional<SearchEngine> search() {
        return Optional.of(this);
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        lock.lock();
        try {
            String name = tenant.tenant().value();
            long position = model(name).commit(commit);
            remember(new Entry(name, commit));
            return new CommitResult(position);
        } finally {
            lock.unlock();
        }
    }

    /** Makes a commit outlive the process. */
    protected void remember(Entry entry) {
        journal.append(entry);
    }

    @Override
    public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        return ask(tenant, model -> model.read(key));
    }

    @Override
    public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        var live =
                ask(tenant, Model::live).stream()
                        .filter(
                                each ->
                                        request.type().isEmpty()
                                                || request.type().get().equals(each.key().type()))
                        .filter(
                                each ->
                                        request.after().isEmpty()
                                                || request.after().get().compareTo(each.key()) < 0)
                        .iterator();
        return new ResourceCursor() {
            @Override
            public Optional<StoredResource> next() {
                return live.hasNext() ? Optional.of(live.next()) : Optional.empty();
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    @Override
    public OptionalLong count(TenantContext tenant, Optional<String> type) {
        return OptionalLong.of(
                ask(tenant, Model::live).stream()
                        .filter(each -> type.isEmpty() || type.get().equals(each.key().type()))
                        .count());
    }

    @Override
    public Optional<StoredResource> readVersion(
            TenantContext tenant, ResourceKey key, long version) {
        return ask(
                tenant,
                model ->
                        model.versions(key).stream()
                                .filter(each -> each.version() == version)
                                .findFirst());
    }

    @Override
    public List<ResourceHead> versions(
            TenantContext tenant, ResourceKey key, long after, int limit) {
        return ask(
                tenant,
                model ->
                        model.versions(key).stream()
                                .filter(each -> each.version() > after)
                                .limit(limit)
                                .map(ResourceHead::of)
                                .toList());
    }

    @Override
    public HistoryStore.Page history(TenantContext tenant, HistoryRequest request) {
        List<Change.Written> rest = ask(tenant, model -> model.history(request));
        List<Change.Written> page = rest.subList(0, Math.min(request.limit(), rest.size()));
        return new HistoryStore.Page(
                page.stream().map(Change.Written::resource).toList(),
                page.size() < rest.size()
                        ? OptionalLong.of(page.getLast().position())
                        : OptionalLong.empty());
    }

    @Override
    public OptionalLong count(TenantContext tenant, HistoryRequest request) {
        var whole =
                new HistoryRequest(
                        request.scope(),
                        request.since(),
                        request.at(),
                        OptionalLong.empty(),
                        request.limit());
        return OptionalLong.of(ask(tenant, model -> model.history(whole)).size());
    }

    @Override
    public List<Change> changes(TenantContext tenant, long after, int limit) {
        return ask(tenant, Model::changes).stream()
                .filter(change -> change.position() > after)
                .limit(limit)
                .toList();
    }

    @Override
    public long last(TenantContext tenant) {
        List<Change> changes = ask(tenant, Model::changes);
        return changes.isEmpty() ? 0 : changes.getLast().position();
    }

    @Override
    public List<TenantId> tenants(String after, int limit) {
        lock.lock();
        try {
            return models.entrySet().stream()
                    .filter(entry -> entry.getKey().compareTo(after) > 0)
                    .filter(entry -> !entry.getValue().changes().isEmpty())
                    .limit(limit)
                    .map(entry -> new TenantId(entry.getKey()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public SearchPage search(TenantContext tenant, Query query) {
        return ask(tenant, model -> search(model, query));
    }

    private static SearchPage search(Model model, Query query) {
        Comparator<Place> order =
                Comparator.comparing(Place::sortKeys, Model.order(query.sort()))
                        .thenComparing(Place::place);
        Function<ResourceKey, Place> place =
                key -> new Place(model.sortKeys(key, query.sort()), model.place(key));
        var matches = new ArrayList<>(model.matches(query.types(), query.criterion()));
        OptionalLong total =
                query.total() == Query.Total.NONE
                        ? OptionalLong.empty()
                        : OptionalLong.of(matches.size());
        Collections.sort(matches, Comparator.comparing(place, order));
        query.after()
                .map(cursor -> (Place) Journal.fromBytes(cursor.bytes()))
                .ifPresent(
                        last ->
                                matches.removeIf(
                                        key -> order.compare(place.apply(key), last) <= 0));
        List<ResourceKey> page = matches.subList(0, Math.min(query.limit(), matches.size()));
        return new SearchPage(
                page.stream().map(key -> Hit.of(model.read(key).orElseThrow())).toList(),
                page.isEmpty() || page.size() == matches.size()
                        ? Optional.empty()
                        : Optional.of(Cursor.of(Journal.toBytes(place.apply(page.getLast())))),
                total);
    }

    @Override
    public long count(TenantContext tenant, Query query) {
        return ask(tenant, model -> model.matches(query.types(), query.criterion())).size();
    }

    @Override
    public String explain(TenantContext tenant, Query query) {
        return "looks at every resource of " + query.types();
    }

    @Override
    public void close() {
        journal.close();
    }
}
