package dev.andiron.server.parameter;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.parameter.CustomParameter;
import dev.andiron.fhir.parameter.CustomParameterReader;
import dev.andiron.fhir.search.SearchValueExtractor;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.ParameterName;
import dev.andiron.server.interaction.SearchParameterRegistry;
import dev.andiron.server.job.Jobs;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The search parameters of each tenant, from the SearchParameter resources that it has stored. A
 * change made by this server counts at once; one made by another server over the same data after
 * {@link #STALENESS} at most. Every change of what a parameter finds comes with a job that indexes
 * what is stored already. Safe for use by many threads.
 */
public final class StoredSearchParameters implements SearchParameterRegistry {
    /** How long a server may go on with parameters that another server has changed. */
    public static final Duration STALENESS = Duration.ofSeconds(2);

    static final String TYPE = "SearchParameter";

    private static final Logger LOG = LoggerFactory.getLogger(StoredSearchParameters.class);
    private static final int MOST_PARAMETERS = 500;
    private static final int MOST_TENANTS = 10_000;

    private final Definitions definitions;
    private final CustomParameterReader reader;
    private final SearchValueExtractor standard;
    private final Map<TenantId, Entry> entries = new ConcurrentHashMap<>();
    private final ReentrantLock writing = new ReentrantLock();
    private volatile Optional<Opened> opened = Optional.empty();

    private record Opened(Storage storage, Jobs jobs, IndexingState indexing) {}

    private record Entry(long read, KnownParameters known, SearchValueExtractor extractor) {}

    /**
     * Knows the standard's parameters alone until {@link #begin}.
     *
     * @param bases the base URLs that references may name this server by
     */
    public StoredSearchParameters(Definitions definitions, List<String> bases) {
        this.definitions = definitions;
        reader = new CustomParameterReader(definitions);
        standard = new SearchValueExtractor(definitions, bases);
    }

    /** Reads what is stored from now on. */
    public void begin(Storage storage, Jobs jobs) {
        opened = Optional.of(new Opened(storage, jobs, new IndexingState(storage)));
    }

    @Override
    public SearchParameters parameters(TenantContext tenant) {
        return entry(tenant).map(entry -> entry.known().parameters()).orElse(definitions);
    }

    @Override
    public SearchValueExtractor extractor(TenantContext tenant) {
        return entry(tenant).map(Entry::extractor).orElse(standard);
    }

    @Override
    public Set<ParameterName> incomplete(TenantContext tenant) {
        return opened.map(all -> all.indexing().incomplete(tenant)).orElse(Set.of());
    }

    /** The parameter that a resource defines, if it is in use. */
    Optional<CustomParameter> custom(TenantContext tenant, ResourceKey key) {
        return entry(tenant).map(entry -> entry.known().customs().get(key));
    }

    private Optional<Entry> entry(TenantContext tenant) {
        return opened.map(all -> entry(all.storage(), tenant));
    }

    private Entry entry(Storage storage, TenantContext tenant) {
        Entry entry = entries.get(tenant.tenant());
        boolean fresh =
                entry != null
                        && (!storage.capabilities().shared()
                                || System.nanoTime() - entry.read() < STALENESS.toNanos());
        return fresh ? entry : read(storage, tenant);
    }

    /** Reads the stored definitions again, at once. */
    void refresh(TenantContext tenant) {
        opened.ifPresent(all -> read(all.storage(), tenant));
    }

    private Entry read(Storage storage, TenantContext tenant) {
        long begun = System.nanoTime();
        KnownParameters known = KnownParameters.of(definitions, reader, stored(storage, tenant));
        known.refused()
                .forEach(
                        (key, issues) ->
                                LOG.warn(
                                        "{} of tenant {} is not used: {}",
                                        key,
                                        tenant.tenant(),
                                        issues.getFirst().diagnostics()));
        return entries.compute(
                tenant.tenant(),
                (_, before) -> {
                    if (before != null && before.read() > begun) {
                        return before;
                    }
                    // The same objects as long as nothing has changed, since much hangs on them.
                    boolean same =
                            before != null && before.known().customs().equals(known.customs());
                    if (same) {
                        return new Entry(begun, before.known(), before.extractor());
                    }
                    SearchValueExtractor extractor =
                            known.customs().isEmpty()
                                    ? standard
                                    : standard.with(known.parameters());
                    return new Entry(begun, known, extractor);
                });
    }

    /** All definitions of a tenant, the older ones in front. */
    private Map<ResourceKey, JsonObject> stored(Storage storage, TenantContext tenant) {
        var found = new ArrayList<StoredResource>();
        try (var cursor = storage.resources().scan(tenant, ScanRequest.ofType(TYPE))) {
            for (var next = cursor.next(); next.isPresent(); next = cursor.next()) {
                found.add(next.get());
            }
        }
        found.sort(
                Comparator.comparing(StoredResource::lastUpdated)
                        .thenComparing(StoredResource::key));
        if (entries.size() > MOST_TENANTS) {
            entries.clear();
        }
        var resources = new LinkedHashMap<ResourceKey, JsonObject>();
        for (StoredResource each : found) {
            resources.put(each.key(), JsonReader.readObject(each.content().bytes()));
        }
        return resources;
    }

    @Override
    public void commit(TenantContext tenant, Commit commit, Runnable write) {
        boolean changes =
                commit.mutations().stream().anyMatch(each -> each.key().type().equals(TYPE));
        if (!changes || opened.isEmpty()) {
            write.run();
            return;
        }
        writing.lock();
        try {
            change(opened.get(), tenant, commit, write);
        } finally {
            writing.unlock();
        }
    }

    private void change(Opened all, TenantContext tenant, Commit commit, Runnable write) {
        Map<ResourceKey, JsonObject> resources = stored(all.storage(), tenant);
        KnownParameters before = KnownParameters.of(definitions, reader, resources);
        Set<ResourceKey> changed = apply(commit, resources);
        KnownParameters after = KnownParameters.of(definitions, reader, resources);
        check(before, after, changed);
        Optional<JobId> job = submit(all, tenant, before, after);
        try {
            write.run();
        } catch (RuntimeException e) {
            boolean unknown = e instanceof StorageException.Unavailable it && it.outcomeUnknown();
            job.filter(_ -> !unknown).ifPresent(id -> all.jobs().withdraw(tenant, id));
            throw e;
        } finally {
            all.indexing().forget(tenant);
            read(all.storage(), tenant);
        }
    }

    private static Set<ResourceKey> apply(Commit commit, Map<ResourceKey, JsonObject> resources) {
        var changed = new TreeSet<ResourceKey>();
        for (Mutation mutation : commit.mutations()) {
            ResourceKey key = mutation.key();
            if (key.type().equals(TYPE)) {
                changed.add(key);
                resources.remove(key); // what is changed comes last, and gives way to the others
                if (mutation instanceof Mutation.Put put) {
                    resources.put(key, JsonReader.readObject(put.resource().content().bytes()));
                }
            }
        }
        return changed;
    }

    private static void check(
            KnownParameters before, KnownParameters after, Set<ResourceKey> changed) {
        for (ResourceKey key : changed) {
            List<Issue> issues = after.refused().get(key);
            if (issues != null) {
                throw new FhirException(422, issues);
            }
        }
        for (ResourceKey key : before.customs().keySet()) {
            if (!changed.contains(key) && !after.customs().containsKey(key)) {
                throw new FhirException(
                        409,
                        "conflict",
                        "%s needs what this would take away: %s"
                                .formatted(key, after.refused().get(key).getFirst().diagnostics()));
            }
        }
        if (after.customs().size() > MOST_PARAMETERS) {
            throw new FhirException(
                    422,
                    "too-costly",
                    "A tenant has at most %d search parameters of its own in use."
                            .formatted(MOST_PARAMETERS));
        }
    }

    /**
     * Before the commit, so that a crash cannot come between the two: a job too many finds nothing
     * to do, a job too few would let searches miss something for ever.
     */
    private Optional<JobId> submit(
            Opened all, TenantContext tenant, KnownParameters before, KnownParameters after) {
        var bases = new TreeSet<String>();
        var parameters = new HashSet<ParameterName>();
        var keys = new TreeSet<>(before.customs().keySet());
        keys.addAll(after.customs().keySet());
        for (ResourceKey key : keys) {
            CustomParameter old = before.customs().get(key);
            CustomParameter now = after.customs().get(key);
            if (old != null && now != null && old.findsLike(now)) {
                continue;
            }
            if (old != null) {
                bases.addAll(old.bases());
            }
            if (now != null) {
                bases.addAll(now.bases());
                now.bases().forEach(base -> parameters.add(new ParameterName(base, now.code())));
            }
        }
        if (bases.isEmpty() || all.storage().capabilities().search().isEmpty()) {
            return Optional.empty();
        }
        var request = ReindexRequest.of(bases, parameters);
        Job job = all.jobs().require(tenant, ReindexJob.KIND, request.json());
        return Optional.of(job.id());
    }
}
