package dev.andiron.kernel.composite;

import dev.andiron.kernel.composite.Difference.Kind;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.FollowedEntry;
import dev.andiron.spi.composite.Follower;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares a follower with its primary, one stretch of keys after the other, in bounded memory and
 * while writes go on: a difference counts when it is seen a second time, after the follower has
 * applied everything that was committed before the first look ended. Safe for use by many threads.
 */
public final class Reconciliation {
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final ResourceStore store;
    private final ChangeFeed feed;
    private final Following following;
    private final Projector projector;

    Reconciliation(ResourceStore store, ChangeFeed feed, Following following, Projector projector) {
        this.store = store;
        this.feed = feed;
        this.following = following;
        this.projector = projector;
    }

    /**
     * What to do.
     *
     * @param comparesContent whether values are compared too, or versions only
     * @param repairs whether the follower is put right
     */
    public record Task(boolean comparesContent, boolean repairs) {}

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
     * Compares the next stretch.
     *
     * @param after the end of the stretch before
     * @param limit how many resources of each side at most
     * @throws StorageException.Unavailable if the follower does not catch up in time
     */
    public Stretch next(TenantContext tenant, Task task, Optional<ResourceKey> after, int limit) {
        catchUp(tenant);
        Sides first = look(tenant, after, limit);
        List<Difference> suspected = differences(tenant, task, first);
        if (suspected.isEmpty()) {
            return new Stretch(first.expected().size(), List.of(), first.end());
        }
        catchUp(tenant);
        Sides second = look(tenant, after, limit).upTo(first.end());
        var confirmed = new HashSet<>(differences(tenant, task, second));
        List<Difference> certain = suspected.stream().filter(confirmed::contains).toList();
        if (task.repairs()) {
            repair(tenant, certain, second);
        }
        return new Stretch(first.expected().size(), certain, first.end());
    }

    /** How many resources there are to compare, if the primary knows. */
    public OptionalLong total(TenantContext tenant) {
        return store.count(tenant, Optional.empty());
    }

    private void catchUp(TenantContext tenant) {
        if (!following.await(tenant, feed.last(tenant))) {
            throw new StorageException.Unavailable(
                    "the follower '%s' is behind".formatted(following.name()), RETRY, null);
        }
    }

    /** Both sides of a stretch. */
    private record Sides(
            NavigableMap<ResourceKey, StoredResource> expected,
            NavigableMap<ResourceKey, FollowedEntry> found,
            Optional<ResourceKey> end) {

        Sides upTo(Optional<ResourceKey> other) {
            return other.map(
                            last ->
                                    new Sides(
                                            expected.headMap(last, true),
                                            found.headMap(last, true),
                                            other))
                    .orElse(this);
        }
    }

    private Sides look(TenantContext tenant, Optional<ResourceKey> after, int limit) {
        var expected = new TreeMap<ResourceKey, StoredResource>();
        try (ResourceCursor cursor = store.scan(tenant, new ScanRequest(Optional.empty(), after))) {
            while (expected.size() < limit) {
                Optional<StoredResource> next = cursor.next();
                if (next.isEmpty()) {
                    break;
                }
                expected.put(next.get().key(), next.get());
            }
        }
        var found = new TreeMap<ResourceKey, FollowedEntry>();
        for (FollowedEntry entry : following.follower().entries(tenant, after, limit)) {
            found.put(entry.key(), entry);
        }
        // A side that was cut off says nothing about what lies behind its last key.
        Optional<ResourceKey> end = Optional.empty();
        if (expected.size() == limit) {
            end = Optional.of(expected.lastKey());
        }
        if (found.size() == limit) {
            ResourceKey last = found.lastKey();
            end = Optional.of(end.filter(key -> key.compareTo(last) < 0).orElse(last));
        }
        return new Sides(expected, found, end).upTo(end);
    }

    private List<Difference> differences(TenantContext tenant, Task task, Sides sides) {
        var differences = new TreeMap<ResourceKey, Difference>();
        var same = new ArrayList<StoredResource>();
        sides.expected()
                .forEach(
                        (key, resource) -> {
                            FollowedEntry entry = sides.found().get(key);
                            long found = entry == null ? 0 : entry.version();
                            if (found == resource.version()) {
                                same.add(resource);
                            } else {
                                Kind kind = entry == null ? Kind.MISSING : Kind.STALE;
                                differences.put(
                                        key, new Difference(kind, key, resource.version(), found));
                            }
                        });
        if (task.comparesContent()) {
            for (ResourceKey key : altered(tenant, same)) {
                long version = sides.expected().get(key).version();
                differences.put(key, new Difference(Kind.ALTERED, key, version, version));
            }
        }
        List<ResourceKey> unexpected =
                sides.found().keySet().stream()
                        .filter(key -> !sides.expected().containsKey(key))
                        .toList();
        var deleted = new TreeMap<ResourceKey, Long>();
        store.heads(tenant, unexpected).forEach(head -> deleted.put(head.key(), head.version()));
        for (ResourceKey key : unexpected) {
            long found = sides.found().get(key).version();
            differences.put(
                    key,
                    deleted.containsKey(key)
                            ? new Difference(Kind.DELETED, key, deleted.get(key), found)
                            : new Difference(Kind.EXTRA, key, 0, found));
        }
        return List.copyOf(differences.values());
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
     * read: whatever is committed later has a later position, and wins.
     */
    private void repair(TenantContext tenant, List<Difference> differences, Sides sides) {
        if (differences.isEmpty()) {
            return;
        }
        Follower follower = following.follower();
        long position = feed.last(tenant);
        List<ResourceKey> fromNowhere =
                differences.stream()
                        .map(Difference::key)
                        .filter(
                                key ->
                                        sides.found().containsKey(key)
                                                && sides.found().get(key).position() > position)
                        .toList();
        if (!fromNowhere.isEmpty()) {
            follower.forget(tenant, fromNowhere);
        }
        List<ResourceKey> keys = differences.stream().map(Difference::key).toList();
        var present = new TreeMap<ResourceKey, StoredResource>();
        store.readMany(tenant, keys).stream()
                .filter(resource -> !resource.deleted())
                .forEach(resource -> present.put(resource.key(), resource));
        List<Projection> projections = new ArrayList<>(keys.size());
        for (ResourceKey key : keys) {
            projections.add(
                    present.containsKey(key)
                            ? projector.present(tenant, position, present.get(key))
                            : new Projection.Absent(position, key));
        }
        following.apply(tenant, projections, 0);
        following.touched(tenant);
    }
}
