package dev.andiron.tck.liar;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.Lease;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.reference.ReferenceBackend;
import dev.andiron.tck.reference.ReferenceBlobs;
import dev.andiron.tck.reference.ReferenceJobs;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

/** A way to break a promise, and the test that must notice it. */
enum Lie {
    SWALLOWS_CONFLICTS("CM01", Swallowing::new),
    DELETES_FOR_GOOD("CM03", Forgetting::new),
    APPLIES_HALF_A_COMMIT("CM06", HalfCommitting::new),
    IGNORES_EXPECTED_VERSIONS("CM07", Unconditional::new),
    IGNORES_NO_MATCH("CM11", Unconditional::new),
    IGNORES_ONLY_MATCH("CM12", Unconditional::new),
    IGNORES_WHAT_CHANGED_SINCE("CM15", Unconditional::new),
    JUDGES_TOO_EARLY("RC03", EarlyJudging::new),
    LOSES_UPDATES("RC02", Overwriting::new),
    REMEMBERS_WHAT_WAS_READ("RC07", RememberingReads::new),
    TIDIES_CONTENT_UP("RS01", Tidying::new),
    SCANS_DELETED_RESOURCES("RS08", ScanningAll::new),
    LEAKS_CURSORS("RS10", LeakingCursors::new),
    FORGETS_OLD_VERSIONS("VR01", OnlyCurrent::new),
    HIDES_DELETES_IN_HISTORY("HI01", HidingDeletes::new),
    STOPS_HISTORY_EARLY("HI04", StoppingEarly::new),
    NAMES_A_PAGE_THAT_IS_NOT_THERE("HI03", EmptyLastPage::new),
    KEEPS_PURGED_RESOURCES("PU01", NotPurging::new),
    SKIPS_CHANGES_BETWEEN_PAGES("CF02", SkippingChanges::new),
    SHOWS_CHANGES_OUT_OF_ORDER("CF05", RacingFeed::new),
    MIXES_TENANTS_IN_READS("TN01", SharedReads::new),
    TAKES_TENANTS_OF_ANY_CASE("TN03", CaselessTenants::new),
    MIXES_TENANTS_IN_THE_FEED("TN06", SharedFeed::new),
    MIXES_TENANTS_IN_SEARCHES("TN07", SharedSearch::new),
    KEEPS_OLD_SEARCH_VALUES("SE01", KeepingValues::new),
    SORTS_ONE_WAY_ONLY("SO01", OneWaySort::new),
    IGNORES_LATER_SORT_KEYS("SO05", FirstKeySort::new),
    PAGES_BY_OFFSET("SP04", OffsetPages::new),
    COUNTS_THE_PAGE("SP07", PageTotals::new),
    IGNORES_IDS_CASE("RB01", CaselessIds::new),
    INDEXES_STALE_VERSIONS("IX02", IndexingAnyVersion::new),
    SHOWS_INDEXING_AS_A_CHANGE("IX03", IndexingByWriting::new),
    GIVES_A_JOB_TO_SEVERAL_WORKERS("JF02", SharingJobs::new),
    NEVER_TAKES_OVER("JF05", ClingingLeases::new),
    FENCES_BY_WORKER_ONLY("JF07", TokenlessFences::new),
    LETS_CANCELLED_JOBS_FINISH("JF08", DeafToCancels::new),
    SHOWS_HALF_A_BLOB("BL02", EarlyBlobs::new),
    LETS_BLOBS_CHANGE("BL04", ChangingBlobs::new),
    LOSES_DATA_ON_REOPENING("DU01", Volatile::new);

    final String caughtBy;
    final Function<Path, ReferenceBackend> open;

    Lie(String caughtBy, Function<Path, ReferenceBackend> open) {
        this.caughtBy = caughtBy;
        this.open = open;
    }

    /** Has room for so many cursors, and gives back none. */
    private static class LeakingCursors extends ReferenceBackend {
        private static final int ROOM = 40;

        private final AtomicInteger open = new AtomicInteger();

        LeakingCursors(Path path) {
            super(path);
        }

        @Override
        public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
            if (open.incrementAndGet() > ROOM) {
                throw new StorageException.Unavailable("no cursor is left", Duration.ZERO, null);
            }
            return super.scan(tenant, request);
        }
    }

    private static class RememberingReads extends ReferenceBackend {
        private final Map<String, Optional<StoredResource>> read = new ConcurrentHashMap<>();

        RememberingReads(Path path) {
            super(path);
        }

        @Override
        public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
            return read.computeIfAbsent(tenant.tenant() + "/" + key, _ -> super.read(tenant, key));
        }
    }

    private static class IndexingAnyVersion extends ReferenceBackend {
        IndexingAnyVersion(Path path) {
            super(path);
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            List<Mutation> mutations =
                    commit.mutations().stream()
                            .map(each -> each instanceof Mutation.Index it ? now(tenant, it) : each)
                            .toList();
            return super.commit(tenant, new Commit(commit.preconditions(), mutations));
        }

        private Mutation now(TenantContext tenant, Mutation.Index index) {
            return read(tenant, index.key())
                    .map(it -> new Mutation.Index(it.key(), it.version(), index.searchValues()))
                    .orElse(index);
        }
    }

    private static class IndexingByWriting extends ReferenceBackend {
        IndexingByWriting(Path path) {
            super(path);
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            List<Mutation> mutations =
                    commit.mutations().stream()
                            .map(each -> each instanceof Mutation.Index it ? put(tenant, it) : each)
                            .toList();
            return super.commit(tenant, new Commit(commit.preconditions(), mutations));
        }

        private Mutation put(TenantContext tenant, Mutation.Index index) {
            StoredResource now = read(tenant, index.key()).orElseThrow();
            return new Mutation.Put(
                    new StoredResource(
                            now.key(),
                            now.version() + 1,
                            now.lastUpdated(),
                            now.fhirVersion(),
                            false,
                            now.content()),
                    index.searchValues());
        }
    }

    private static class SharingJobs extends ReferenceBackend {
        SharingJobs(Path path) {
            super(path, Jobs::new, ReferenceBlobs::new);
        }

        private static class Jobs extends ReferenceJobs {
            Jobs(InstantSource source, Consumer<Record> entries) {
                super(source, entries);
            }

            @Override
            protected boolean isFree(Held held) {
                return !held.job().state().ended();
            }
        }
    }

    private static class ClingingLeases extends ReferenceBackend {
        ClingingLeases(Path path) {
            super(path, Jobs::new, ReferenceBlobs::new);
        }

        private static class Jobs extends ReferenceJobs {
            Jobs(InstantSource source, Consumer<Record> entries) {
                super(source, entries);
            }

            @Override
            protected boolean isFree(Held held) {
                return held.job().state() == JobState.ACCEPTED && super.isFree(held);
            }
        }
    }

    private static class TokenlessFences extends ReferenceBackend {
        TokenlessFences(Path path) {
            super(path, Jobs::new, ReferenceBlobs::new);
        }

        private static class Jobs extends ReferenceJobs {
            Jobs(InstantSource source, Consumer<Record> entries) {
                super(source, entries);
            }

            @Override
            protected boolean isHeld(Held held, Lease lease) {
                return held.job().state() == JobState.RUNNING
                        && held.worker().equals(lease.worker().value());
            }
        }
    }

    private static class DeafToCancels extends ReferenceBackend {
        DeafToCancels(Path path) {
            super(path, Jobs::new, ReferenceBlobs::new);
        }

        private static class Jobs extends ReferenceJobs {
            Jobs(InstantSource source, Consumer<Record> entries) {
                super(source, entries);
            }

            @Override
            protected boolean isHeld(Held held, Lease lease) {
                return held.worker().equals(lease.worker().value())
                        && held.token() == lease.token();
            }
        }
    }

    private static class EarlyBlobs extends ReferenceBackend {
        EarlyBlobs(Path path) {
            super(path, ReferenceJobs::new, Blobs::new);
        }

        private static class Blobs extends ReferenceBlobs {
            Blobs(Consumer<Record> entries) {
                super(entries);
            }

            @Override
            protected void written(TenantContext tenant, BlobName name, byte[] bytes) {
                keep(blob(tenant, name, bytes));
            }
        }
    }

    private static class ChangingBlobs extends ReferenceBackend {
        ChangingBlobs(Path path) {
            super(path, ReferenceJobs::new, Blobs::new);
        }

        private static class Blobs extends ReferenceBlobs {
            Blobs(Consumer<Record> entries) {
                super(entries);
            }

            @Override
            protected synchronized boolean keep(Finished blob) {
                return replace(blob);
            }
        }
    }

    private static class Swallowing extends ReferenceBackend {
        Swallowing(Path path) {
            super(path);
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            try {
                return super.commit(tenant, commit);
            } catch (StorageException.VersionConflict conflict) {
                return new CommitResult(last(tenant));
            }
        }
    }

    private static class Forgetting extends ReferenceBackend {
        Forgetting(Path path) {
            super(path);
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            List<Mutation> mutations =
                    commit.mutations().stream()
                            .<Mutation>map(
                                    each ->
                                            each instanceof Mutation.Delete delete
                                                    ? new Mutation.Purge(delete.key())
                                                    : each)
                            .toList();
            return super.commit(tenant, new Commit(commit.preconditions(), mutations));
        }
    }

    private static class HalfCommitting extends ReferenceBackend {
        HalfCommitting(Path path) {
            super(path);
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            super.commit(tenant, new Commit(commit.preconditions(), List.of()));
            CommitResult result = new CommitResult(last(tenant));
            for (Mutation each : commit.mutations()) {
                result = super.commit(tenant, Commit.of(each));
            }
            return result;
        }
    }

    private static class Unconditional extends ReferenceBackend {
        Unconditional(Path path) {
            super(path);
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            return super.commit(tenant, new Commit(List.of(), commit.mutations()));
        }
    }

    private static class EarlyJudging extends ReferenceBackend {
        EarlyJudging(Path path) {
            super(path);
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            super.commit(tenant, new Commit(commit.preconditions(), List.of()));
            LockSupport.parkNanos(20_000_000); // as long as another writer needs
            return super.commit(tenant, new Commit(List.of(), commit.mutations()));
        }
    }

    /** Takes any put for the next version. */
    private static class Overwriting extends ReferenceBackend {
        Overwriting(Path path) {
            super(path);
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            while (true) {
                try {
                    List<Mutation> next =
                            commit.mutations().stream().map(each -> next(tenant, each)).toList();
                    return super.commit(tenant, new Commit(commit.preconditions(), next));
                } catch (StorageException.VersionConflict another) {
                    Thread.onSpinWait();
                }
            }
        }

        private Mutation next(TenantContext tenant, Mutation mutation) {
            if (mutation instanceof Mutation.Put put) {
                StoredResource it = put.resource();
                long version = head(tenant, it.key()).map(head -> head.version() + 1).orElse(1L);
                return new Mutation.Put(
                        new StoredResource(
                                it.key(),
                                version,
                                it.lastUpdated(),
                                it.fhirVersion(),
                                false,
                                it.content()),
                        put.searchValues());
            }
            return mutation;
        }
    }

    private static class Tidying extends ReferenceBackend {
        Tidying(Path path) {
            super(path);
        }

        @Override
        public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
            return super.read(tenant, key)
                    .map(
                            it ->
                                    new StoredResource(
                                            it.key(),
                                            it.version(),
                                            it.lastUpdated(),
                                            it.fhirVersion(),
                                            it.deleted(),
                                            Json.of(it.content().toString().strip())));
        }
    }

    private static class ScanningAll extends ReferenceBackend {
        ScanningAll(Path path) {
            super(path);
        }

        @Override
        public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
            var all =
                    changes(tenant, 0, Integer.MAX_VALUE).stream()
                            .map(Change::key)
                            .distinct()
                            .sorted()
                            .flatMap(key -> read(tenant, key).stream())
                            .iterator();
            return new ResourceCursor() {
                @Override
                public Optional<StoredResource> next() {
                    return all.hasNext() ? Optional.of(all.next()) : Optional.empty();
                }

                @Override
                public void close() {
                    // Nothing is held.
                }
            };
        }
    }

    private static class OnlyCurrent extends ReferenceBackend {
        OnlyCurrent(Path path) {
            super(path);
        }

        @Override
        public Optional<StoredResource> readVersion(
                TenantContext tenant, ResourceKey key, long version) {
            return read(tenant, key).filter(current -> current.version() == version);
        }
    }

    private static class HidingDeletes extends ReferenceBackend {
        HidingDeletes(Path path) {
            super(path);
        }

        @Override
        public HistoryStore.Page history(TenantContext tenant, HistoryRequest request) {
            HistoryStore.Page page = super.history(tenant, request);
            return new HistoryStore.Page(
                    page.versions().stream().filter(each -> !each.deleted()).toList(), page.next());
        }
    }

    /** Believes that times ascend, and stops at the first that is too old. */
    private static class StoppingEarly extends ReferenceBackend {
        StoppingEarly(Path path) {
            super(path);
        }

        @Override
        public HistoryStore.Page history(TenantContext tenant, HistoryRequest request) {
            if (request.since().isEmpty()) {
                return super.history(tenant, request);
            }
            var all =
                    new HistoryRequest(
                            request.scope(),
                            Optional.empty(),
                            request.at(),
                            request.before(),
                            Integer.MAX_VALUE);
            List<StoredResource> young =
                    super.history(tenant, all).versions().stream()
                            .takeWhile(each -> !each.lastUpdated().isBefore(request.since().get()))
                            .toList();
            return new HistoryStore.Page(young, OptionalLong.empty());
        }
    }

    private static class EmptyLastPage extends ReferenceBackend {
        EmptyLastPage(Path path) {
            super(path);
        }

        @Override
        public HistoryStore.Page history(TenantContext tenant, HistoryRequest request) {
            HistoryStore.Page page = super.history(tenant, request);
            return new HistoryStore.Page(page.versions(), OptionalLong.of(1));
        }
    }

    private static class NotPurging extends ReferenceBackend {
        NotPurging(Path path) {
            super(path);
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            List<Mutation> kept =
                    commit.mutations().stream()
                            .filter(each -> !(each instanceof Mutation.Purge))
                            .toList();
            return super.commit(tenant, new Commit(commit.preconditions(), kept));
        }
    }

    private static class SkippingChanges extends ReferenceBackend {
        SkippingChanges(Path path) {
            super(path);
        }

        @Override
        public List<Change> changes(TenantContext tenant, long after, int limit) {
            return super.changes(tenant, after == 0 ? 0 : after + 1, limit);
        }
    }

    /** The newest change but one shows up late, like a row of a transaction that is still open. */
    private static class RacingFeed extends ReferenceBackend {
        private final Map<Long, Boolean> shown = new ConcurrentHashMap<>();

        RacingFeed(Path path) {
            super(path);
        }

        @Override
        public List<Change> changes(TenantContext tenant, long after, int limit) {
            List<Change> page = new ArrayList<>(super.changes(tenant, after, limit));
            page.removeIf(
                    change ->
                            change.position() % 10 == 9
                                    && change.position() > last(tenant) - 3
                                    && shown.putIfAbsent(change.position(), true) == null);
            return page;
        }
    }

    private static class SharedReads extends ReferenceBackend {
        SharedReads(Path path) {
            super(path);
        }

        @Override
        public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
            return super.read(tenant, key)
                    .or(
                            () ->
                                    tenants("", 1_000).stream()
                                            .map(TenantContext::of)
                                            .flatMap(each -> super.read(each, key).stream())
                                            .findFirst());
        }
    }

    private static class CaselessTenants extends ReferenceBackend {
        CaselessTenants(Path path) {
            super(path);
        }

        private static TenantContext lower(TenantContext tenant) {
            return TenantContext.of(new TenantId(tenant.tenant().value().toLowerCase(Locale.ROOT)));
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            return super.commit(lower(tenant), commit);
        }

        @Override
        public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
            return super.read(lower(tenant), key);
        }

        @Override
        public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
            return super.scan(lower(tenant), request);
        }
    }

    private static class SharedFeed extends ReferenceBackend {
        SharedFeed(Path path) {
            super(path);
        }

        @Override
        public List<Change> changes(TenantContext tenant, long after, int limit) {
            List<Change> own = super.changes(tenant, after, limit);
            return !own.isEmpty()
                    ? own
                    : tenants("", 1_000).stream()
                            .map(TenantContext::of)
                            .flatMap(each -> super.changes(each, after, limit).stream())
                            .limit(limit)
                            .toList();
        }
    }

    private static class SharedSearch extends ReferenceBackend {
        SharedSearch(Path path) {
            super(path);
        }

        @Override
        public long count(TenantContext tenant, Query query) {
            return tenants("", 1_000).stream()
                    .map(TenantContext::of)
                    .mapToLong(each -> super.count(each, query))
                    .sum();
        }
    }

    private static class KeepingValues extends ReferenceBackend {
        private final Map<ResourceKey, List<SearchValue>> kept = new ConcurrentHashMap<>();

        KeepingValues(Path path) {
            super(path);
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            List<Mutation> mutations = new ArrayList<>();
            for (Mutation each : commit.mutations()) {
                if (each instanceof Mutation.Put put) {
                    List<SearchValue> values =
                            new ArrayList<>(kept.getOrDefault(put.key(), List.of()));
                    values.addAll(put.searchValues());
                    kept.put(put.key(), values);
                    mutations.add(new Mutation.Put(put.resource(), values));
                } else {
                    mutations.add(each);
                }
            }
            return super.commit(tenant, new Commit(commit.preconditions(), mutations));
        }
    }

    private static class OneWaySort extends ReferenceBackend {
        OneWaySort(Path path) {
            super(path);
        }

        @Override
        public SearchPage search(TenantContext tenant, Query query) {
            List<Sort> ascending =
                    query.sort().stream()
                            .<Sort>map(
                                    each ->
                                            each instanceof Sort.Parameter it
                                                    ? new Sort.Parameter(
                                                            it.parameter(), it.kind(), false)
                                                    : each)
                            .toList();
            return super.search(tenant, sorted(query, ascending));
        }
    }

    private static class FirstKeySort extends ReferenceBackend {
        FirstKeySort(Path path) {
            super(path);
        }

        @Override
        public SearchPage search(TenantContext tenant, Query query) {
            return super.search(tenant, sorted(query, query.sort().stream().limit(1).toList()));
        }
    }

    private static Query sorted(Query query, List<Sort> sort) {
        return new Query(
                query.types(),
                query.criterion(),
                sort,
                query.limit(),
                query.after(),
                query.total());
    }

    private static class OffsetPages extends ReferenceBackend {
        OffsetPages(Path path) {
            super(path);
        }

        @Override
        public SearchPage search(TenantContext tenant, Query query) {
            int offset = query.after().map(cursor -> (int) cursor.bytes()[0]).orElse(0);
            var whole =
                    new Query(
                            query.types(),
                            query.criterion(),
                            query.sort(),
                            Integer.MAX_VALUE,
                            Optional.empty(),
                            query.total());
            SearchPage all = super.search(tenant, whole);
            List<Hit> rest = all.hits().stream().skip(offset).toList();
            List<Hit> page = rest.stream().limit(query.limit()).toList();
            byte[] next = {(byte) (offset + page.size())};
            return new SearchPage(
                    page,
                    page.size() < rest.size() ? Optional.of(Cursor.of(next)) : Optional.empty(),
                    all.total());
        }
    }

    private static class PageTotals extends ReferenceBackend {
        PageTotals(Path path) {
            super(path);
        }

        @Override
        public SearchPage search(TenantContext tenant, Query query) {
            SearchPage page = super.search(tenant, query);
            return new SearchPage(page.hits(), page.next(), OptionalLong.of(page.hits().size()));
        }
    }

    private static class CaselessIds extends ReferenceBackend {
        CaselessIds(Path path) {
            super(path);
        }

        @Override
        public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
            return super.read(
                            tenant, new ResourceKey(key.type(), key.id().toLowerCase(Locale.ROOT)))
                    .or(() -> super.read(tenant, key));
        }
    }

    private static class Volatile extends ReferenceBackend {
        Volatile(Path path) {
            super(path);
        }

        @Override
        protected void remember(Entry entry) {
            // That is the lie.
        }
    }
}
