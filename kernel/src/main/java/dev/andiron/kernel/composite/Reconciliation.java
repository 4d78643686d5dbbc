package dev.andiron.kernel.composite;

import dev.andiron.kernel.composite.Difference.Kind;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.FollowedEntry;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares a follower with its primary, one stretch of keys after the other, in bounded memory and
 * while writes go on: a difference counts when it is seen a second time, after the follower has
 * applied everything that was committed before the first look ended. Safe for use by many threads.
 */
public final class Reconciliation {
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final long MOST_BYTES = 8 << 20;

    private final ResourceStore store;
    private final Estimate estimate;
    private final ChangeFeed feed;
    private final Following following;
    private final Projector projector;

    Reconciliation(
            ResourceStore store,
            Estimate estimate,
            ChangeFeed feed,
            Following following,
            Projector projector) {
        this.store = store;
        this.estimate = estimate;
        this.feed = feed;
        this.following = following;
        this.projector = projector;
    }

    /**
     * One stretch of keys.
     *
     * @param compared how many resources of the primary lie in it
     * @param differences what was found, in the order of keys
     * @param end its last key; empty at the end of the data
     */
    public record Stretch(int compared, List<Difference> differences, Optional<ResourceKey> end) {

        public Stretch {
            differences = List.copyOf(differences);
        }
    }

    /**
     * Compares the next stretch, and changes nothing.
     *
     * @param comparesContent whether values are compared too, or versions only
     * @param after the end of the stretch before
     * @param limit how many resources of each side at most
     * @throws StorageException.Unavailable if the follower does not catch up in time
     */
    public Stretch next(
            TenantContext tenant, boolean comparesContent, Optional<ResourceKey> after, int limit) {
        catchUp(tenant);
        Sides first = look(tenant, comparesContent, after, limit);
        List<Difference> suspected = differences(tenant, comparesContent, first);
        if (suspected.isEmpty()) {
            return new Stretch(first.expected().size(), List.of(), first.end());
        }
        catchUp(tenant);
        Sides second = lookAgain(tenant, suspected, after, limit);
        var confirmed = new TreeMap<ResourceKey, Difference>();
        differences(tenant, comparesContent, second)
                .forEach(difference -> confirmed.put(difference.key(), difference));
        List<Difference> certain =
                suspected.stream()
                        .map(Difference::key)
                        .filter(confirmed::containsKey)
                        .map(confirmed::get)
                        .filter(difference -> suspected.stream().anyMatch(difference::isLike))
                        .toList();
        return new Stretch(first.expected().size(), certain, first.end());
    }

    /** How many resources there are to compare, about. */
    public OptionalLong total(TenantContext tenant) {
        return estimate.total(tenant);
    }

    private void catchUp(TenantContext tenant) {
        if (!following.await(tenant, feed.last(tenant))) {
            throw new StorageException.Unavailable(
                    "the follower '%s' is behind".formatted(following.name()), RETRY, null);
        }
    }

    /** Both sides of a stretch; contents only where they are compared. */
    private record Sides(
            NavigableMap<ResourceKey, Long> expected,
            Map<ResourceKey, StoredResource> contents,
            NavigableMap<ResourceKey, FollowedEntry> found,
            long position,
            Optional<ResourceKey> end) {

        Sides upTo(Optional<ResourceKey> other) {
            return other.map(
                            last ->
                                    new Sides(
                                            expected.headMap(last, true),
                                            contents,
                                            found.headMap(last, true),
                                            position,
                                            other))
                    .orElse(this);
        }
    }

    private Sides look(
            TenantContext tenant, boolean contents, Optional<ResourceKey> after, int limit) {
        var expected = new TreeMap<ResourceKey, Long>();
        var held = new HashMap<ResourceKey, StoredResource>();
        boolean isCut = false;
        long bytes = 0;
        try (ResourceCursor cursor = store.scan(tenant, new ScanRequest(Optional.empty(), after))) {
            while (!isCut) {
                Optional<StoredResource> next = cursor.next();
                if (next.isEmpty()) {
                    break;
                }
                StoredResource resource = next.get();
                expected.put(resource.key(), resource.version());
                if (contents) {
                    held.put(resource.key(), resource);
                    bytes += resource.content().length();
                }
                isCut = expected.size() == limit || bytes >= MOST_BYTES;
            }
        }
        var found = new TreeMap<ResourceKey, FollowedEntry>();
        for (FollowedEntry entry : following.follower().entries(tenant, after, limit)) {
            found.put(entry.key(), entry);
        }
        // A side that was cut off says nothing about what lies behind its last key.
        Optional<ResourceKey> end = isCut ? Optional.of(expected.lastKey()) : Optional.empty();
        if (found.size() == limit) {
            ResourceKey last = found.lastKey();
            end = Optional.of(end.filter(key -> key.compareTo(last) < 0).orElse(last));
        }
        return new Sides(expected, held, found, feed.last(tenant), end).upTo(end);
    }

    /** Looks at some keys only, wherever the stretch would end by now. */
    private Sides lookAgain(
            TenantContext tenant,
            List<Difference> suspected,
            Optional<ResourceKey> after,
            int limit) {
        var keys = new TreeSet<ResourceKey>();
        suspected.forEach(difference -> keys.add(difference.key()));
        var expected = new TreeMap<ResourceKey, Long>();
        var contents = new HashMap<ResourceKey, StoredResource>();
        for (ResourceHead head : store.heads(tenant, keys)) {
            if (!head.deleted()) {
                expected.put(head.key(), head.version());
            }
        }
        List<ResourceKey> altered =
                suspected.stream()
                        .filter(difference -> difference.kind() == Kind.ALTERED)
                        .map(Difference::key)
                        .toList();
        for (StoredResource resource : store.readMany(tenant, altered)) {
            if (!resource.deleted()) {
                contents.put(resource.key(), resource);
                expected.put(resource.key(), resource.version());
            }
        }
        var found = new TreeMap<ResourceKey, FollowedEntry>();
        Optional<ResourceKey> from = after;
        List<FollowedEntry> page;
        do {
            page = following.follower().entries(tenant, from, limit);
            page.stream()
                    .filter(entry -> keys.contains(entry.key()))
                    .forEach(entry -> found.put(entry.key(), entry));
            from = page.isEmpty() ? from : Optional.of(page.getLast().key());
        } while (page.size() == limit && from.orElseThrow().compareTo(keys.last()) < 0);
        return new Sides(expected, contents, found, feed.last(tenant), Optional.empty());
    }

    private List<Difference> differences(
            TenantContext tenant, boolean comparesContent, Sides sides) {
        var differences = new TreeMap<ResourceKey, Difference>();
        var same = new ArrayList<StoredResource>();
        sides.expected()
                .forEach(
                        (key, version) -> {
                            FollowedEntry entry = sides.found().get(key);
                            long found = entry == null ? 0 : entry.version();
                            if (found != version) {
                                Kind kind = entry == null ? Kind.MISSING : Kind.STALE;
                                differences.put(key, difference(kind, key, version, sides));
                            } else if (sides.contents().containsKey(key)) {
                                same.add(sides.contents().get(key));
                            }
                        });
        if (comparesContent) {
            for (ResourceKey key : altered(tenant, same)) {
                long version = sides.expected().get(key);
                differences.put(key, difference(Kind.ALTERED, key, version, sides));
            }
        }
        List<ResourceKey> unexpected =
                sides.found().keySet().stream()
                        .filter(key -> !sides.expected().containsKey(key))
                        .toList();
        var deleted = new TreeMap<ResourceKey, Long>();
        store.heads(tenant, unexpected).forEach(head -> deleted.put(head.key(), head.version()));
        for (ResourceKey key : unexpected) {
            differences.put(
                    key,
                    deleted.containsKey(key)
                            ? difference(Kind.DELETED, key, deleted.get(key), sides)
                            : difference(Kind.EXTRA, key, 0, sides));
        }
        return List.copyOf(differences.values());
    }

    private static Difference difference(Kind kind, ResourceKey key, long expected, Sides sides) {
        FollowedEntry entry = sides.found().get(key);
        return entry == null
                ? new Difference(kind, key, expected, 0, false)
                : new Difference(
                        kind, key, expected, entry.version(), entry.position() > sides.position());
    }

    private Set<ResourceKey> altered(TenantContext tenant, List<StoredResource> same) {
        if (same.isEmpty()) {
            return Set.of();
        }
        var expected =
                same.stream().map(resource -> projector.present(tenant, 0, resource)).toList();
        return following.follower().differing(tenant, expected);
    }

    /**
     * Gives the follower what the primary has now, as of a position that was reached before it was
     * read: whatever is committed later has a later position, and wins. May be done again.
     *
     * @param differences as {@link #next} has found them
     */
    public void repair(TenantContext tenant, List<Difference> differences) {
        if (differences.isEmpty()) {
            return;
        }
        long position = feed.last(tenant);
        // What is not found may have been deleted from a position that was never reached, too.
        List<ResourceKey> fromNowhere =
                differences.stream()
                        .filter(each -> each.isAhead() || each.kind() == Kind.MISSING)
                        .map(Difference::key)
                        .toList();
        if (!fromNowhere.isEmpty()) {
            following.follower().forget(tenant, fromNowhere);
        }
        var projections = new ArrayList<Projection>();
        long bytes = 0;
        for (Difference difference : differences) {
            Optional<StoredResource> now =
                    store.read(tenant, difference.key()).filter(resource -> !resource.deleted());
            bytes += now.map(resource -> resource.content().length()).orElse(0);
            projections.add(
                    now.<Projection>map(resource -> projector.present(tenant, position, resource))
                            .orElseGet(() -> new Projection.Absent(position, difference.key())));
            if (bytes >= MOST_BYTES) {
                following.apply(tenant, projections, 0);
                projections.clear();
                bytes = 0;
            }
        }
        if (!projections.isEmpty()) {
            following.apply(tenant, projections, 0);
        }
        following.touched(tenant);
    }
}
