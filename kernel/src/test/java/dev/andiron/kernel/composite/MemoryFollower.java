package dev.andiron.kernel.composite;

import dev.andiron.fhir.search.CriterionEvaluator;
import dev.andiron.fhir.search.SearchFacts;
import dev.andiron.fhir.search.SearchLinks;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.FollowedEntry;
import dev.andiron.spi.composite.Follower;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A follower in memory. What is applied is seen by searches after a refresh only. It fails when a
 * test says so, in the middle of what it applies too.
 */
final class MemoryFollower implements Follower, SearchEngine {
    private final Map<TenantId, Index> tenants = new HashMap<>();
    private Predicate<Projection> failing = projection -> false;
    private Predicate<Projection> refusing = projection -> false;
    private int refreshes;

    private static final class Index {
        private NavigableMap<ResourceKey, Projection> applied = new TreeMap<>();
        private Optional<NavigableMap<ResourceKey, Projection>> second = Optional.empty();
        private NavigableMap<ResourceKey, Projection.Present> visible = new TreeMap<>();
        private long through;
    }

    private Index of(TenantContext tenant) {
        return tenants.computeIfAbsent(tenant.tenant(), id -> new Index());
    }

    /** From now on it is unavailable when it meets such a state. */
    synchronized void failOn(Predicate<Projection> condition) {
        failing = condition;
    }

    /** From now on it does not take such states. */
    synchronized void refuse(Predicate<Projection> condition) {
        refusing = condition;
    }

    synchronized int refreshes() {
        return refreshes;
    }

    /** What an operator does by hand. */
    synchronized void tamper(TenantContext tenant, ResourceKey key, Optional<Projection> with) {
        with.ifPresentOrElse(
                projection -> of(tenant).applied.put(key, projection),
                () -> of(tenant).applied.remove(key));
    }

    /** What it holds of live resources, in the order of keys. */
    synchronized List<Projection.Present> held(TenantContext tenant) {
        return of(tenant).applied.values().stream()
                .filter(Projection.Present.class::isInstance)
                .map(Projection.Present.class::cast)
                .toList();
    }

    @Override
    public synchronized long applied(TenantContext tenant) {
        return of(tenant).through;
    }

    @Override
    public synchronized void apply(
            TenantContext tenant, List<Projection> projections, long through) {
        Index index = of(tenant);
        apply(index.applied, projections);
        index.through = Math.max(index.through, through);
    }

    private void apply(
            NavigableMap<ResourceKey, Projection> applied, List<Projection> projections) {
        for (Projection projection : projections) {
            if (refusing.test(projection)) {
                throw new StorageException.TooLarge("too large: " + projection.key());
            }
            if (failing.test(projection)) {
                throw new StorageException.Unavailable("it is down", Duration.ofSeconds(1), null);
            }
            applied.merge(
                    projection.key(),
                    projection,
                    (before, now) -> now.position() >= before.position() ? now : before);
        }
    }

    @Override
    public boolean canRebuild() {
        return true;
    }

    @Override
    public synchronized void beginRebuild(TenantContext tenant) {
        of(tenant).second = Optional.of(new TreeMap<>());
    }

    @Override
    public synchronized boolean isRebuilding(TenantContext tenant) {
        return of(tenant).second.isPresent();
    }

    @Override
    public synchronized void applyRebuild(TenantContext tenant, List<Projection> projections) {
        of(tenant).second.ifPresent(second -> apply(second, projections));
    }

    @Override
    public synchronized void completeRebuild(TenantContext tenant) {
        Index index = of(tenant);
        if (index.second.isPresent()) {
            index.applied = index.second.get();
            index.second = Optional.empty();
            show(tenant);
        }
    }

    @Override
    public synchronized void abandonRebuild(TenantContext tenant) {
        of(tenant).second = Optional.empty();
    }

    @Override
    public synchronized void refresh(TenantContext tenant) {
        refreshes++;
        show(tenant);
    }

    private void show(TenantContext tenant) {
        var visible = new TreeMap<ResourceKey, Projection.Present>();
        held(tenant).forEach(present -> visible.put(present.key(), present));
        of(tenant).visible = visible;
    }

    @Override
    public synchronized List<FollowedEntry> entries(
            TenantContext tenant, Optional<ResourceKey> after, int limit) {
        return held(tenant).stream()
                .filter(present -> MemoryPrimary.isBehind(present.key(), after))
                .limit(limit)
                .map(
                        present ->
                                new FollowedEntry(
                                        present.key(),
                                        present.resource().version(),
                                        present.position()))
                .toList();
    }

    @Override
    public synchronized Set<ResourceKey> differing(
            TenantContext tenant, Collection<Projection.Present> expected) {
        var differing = new HashSet<ResourceKey>();
        for (Projection.Present each : expected) {
            boolean same =
                    of(tenant).applied.get(each.key()) instanceof Projection.Present held
                            && held.resource().equals(each.resource())
                            && held.searchValues().equals(each.searchValues());
            if (!same) {
                differing.add(each.key());
            }
        }
        return differing;
    }

    @Override
    public synchronized void forget(TenantContext tenant, Collection<ResourceKey> keys) {
        keys.forEach(of(tenant).applied::remove);
    }

    @Override
    public synchronized void reset(TenantContext tenant) {
        tenants.remove(tenant.tenant());
    }

    @Override
    public synchronized SearchPage search(TenantContext tenant, Query query) {
        String after =
                query.after()
                        .map(cursor -> new String(cursor.bytes(), StandardCharsets.UTF_8))
                        .orElse("");
        List<Hit> hits =
                matches(tenant, query).stream()
                        .filter(present -> present.key().toString().compareTo(after) > 0)
                        .limit(query.limit() + 1L)
                        .map(
                                present ->
                                        new Hit(
                                                present.key(),
                                                Optional.empty(),
                                                OptionalDouble.empty()))
                        .toList();
        boolean more = hits.size() > query.limit();
        List<Hit> shown = more ? hits.subList(0, query.limit()) : hits;
        return new SearchPage(
                shown,
                more
                        ? Optional.of(
                                Cursor.of(
                                        shown.getLast()
                                                .key()
                                                .toString()
                                                .getBytes(StandardCharsets.UTF_8)))
                        : Optional.empty(),
                OptionalLong.empty());
    }

    @Override
    public synchronized long count(TenantContext tenant, Query query) {
        return matches(tenant, query).size();
    }

    @Override
    public String explain(TenantContext tenant, Query query) {
        return "looks at all it has";
    }

    private List<Projection.Present> matches(TenantContext tenant, Query query) {
        var evaluator = new CriterionEvaluator(NO_LINKS);
        var matches = new ArrayList<Projection.Present>();
        for (Projection.Present each : of(tenant).visible.values()) {
            var facts =
                    new SearchFacts(each.key(), each.resource().lastUpdated(), each.searchValues());
            if ((query.types().isEmpty() || query.types().contains(each.key().type()))
                    && evaluator.matches(query.criterion(), facts)) {
                matches.add(each);
            }
        }
        return matches;
    }

    private static final SearchLinks NO_LINKS =
            new SearchLinks() {
                @Override
                public Optional<SearchFacts> find(ResourceKey key) {
                    throw new IllegalStateException("no test chains");
                }

                @Override
                public Iterable<SearchFacts> referringTo(
                        ResourceKey target, String sourceType, String parameter) {
                    throw new IllegalStateException("no test chains");
                }
            };
}
