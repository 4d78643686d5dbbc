package dev.andiron.kernel.snapshot;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The resources that were deleted after a moment: a walk through live resources does not meet them,
 * though they lived at that moment. They are learned from the change feed. Safe for use by many
 * threads.
 */
final class DeletedKeys {
    private static final int PAGE = 500;

    /** About 30 MB. */
    private static final int MOST = 200_000;

    private static final int TRIES = 1_000;
    private static final int RECENT = 1_000;
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final ChangeFeed feed;
    private final Optional<Function<OptionalLong, Optional<ResourceHead>>> newest;
    private final TenantContext tenant;
    private final Instant time;
    private final Map<String, TreeSet<String>> ids = new HashMap<>();
    private long position;
    private int count;

    private final SequencedSet<ResourceHead> recent = new LinkedHashSet<>();

    /**
     * @param newest gives the last version that anybody can see before a position; empty where the
     *     feed always shows all that can be seen
     */
    DeletedKeys(
            ChangeFeed feed,
            Optional<Function<OptionalLong, Optional<ResourceHead>>> newest,
            TenantContext tenant,
            Instant time,
            long position) {
        this.feed = feed;
        this.newest = newest;
        this.tenant = tenant;
        this.time = time;
        this.position = position;
        newest.flatMap(each -> each.apply(OptionalLong.of(position + 1))).ifPresent(recent::add);
    }

    /**
     * Those of a type within a stretch of ids, of all that were deleted before this call, in the
     * order of their ids.
     *
     * @param after only ids behind this one
     * @param last up to this one; empty for all behind
     */
    synchronized List<String> between(String type, String after, Optional<String> last) {
        follow();
        TreeSet<String> known = ids.get(type);
        if (known == null) {
            return List.of();
        }
        return List.copyOf(
                last.isPresent()
                        ? after.compareTo(last.get()) < 0
                                ? known.subSet(after, false, last.get(), true)
                                : List.of()
                        : known.tailSet(after, false));
    }

    /** The types of all that were deleted before this call. */
    synchronized Set<String> types() {
        follow();
        return Set.copyOf(ids.keySet());
    }

    /**
     * A feed that several nodes write to may be a little behind what they can see, since it waits
     * for commits that will come in front. So it is read until it has what was newest before.
     */
    private void follow() {
        for (int i = 0; i < TRIES; i++) {
            Optional<ResourceHead> wanted =
                    newest.flatMap(each -> each.apply(OptionalLong.empty()));
            read();
            if (wanted.filter(version -> !recent.contains(version)).isEmpty()) {
                return;
            }
            pause();
        }
        throw new StorageException.Unavailable(
                "the change feed is behind what is stored", Duration.ofSeconds(1), null);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException.Timeout("the export was interrupted", e);
        }
    }

    private void read() {
        List<Change> changes;
        do {
            changes = feed.changes(tenant, position, PAGE);
            for (Change change : changes) {
                if (change instanceof Change.Written written) {
                    add(written);
                    recent.add(ResourceHead.of(written.resource()));
                    if (recent.size() > RECENT) {
                        recent.removeFirst();
                    }
                }
                position = change.position();
            }
        } while (changes.size() == PAGE);
    }

    private void add(Change.Written written) {
        StoredResource version = written.resource();
        if (version.deleted()
                && version.lastUpdated().isAfter(time)
                && ids.computeIfAbsent(written.key().type(), _ -> new TreeSet<>())
                        .add(written.key().id())
                && ++count > MOST) {
            throw new StorageException.TooLarge(
                    ("more than %d resources were deleted while the resources of one moment were"
                                    + " read")
                            .formatted(MOST));
        }
    }
}
