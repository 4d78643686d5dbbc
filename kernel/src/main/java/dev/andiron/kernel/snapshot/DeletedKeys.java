package dev.andiron.kernel.snapshot;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The resources that were deleted after a moment: a walk through live resources does not meet them,
 * though they lived at that moment. They are learned from the change feed. Safe for use by many
 * threads.
 */
final class DeletedKeys {
    private static final int PAGE = 500;

    /** About 30 MB. */
    private static final int MOST = 200_000;

    private final ChangeFeed feed;
    private final TenantContext tenant;
    private final Instant time;
    private final int most;
    private final Map<String, TreeSet<String>> ids = new HashMap<>();
    private long position;
    private int count;

    DeletedKeys(ChangeFeed feed, TenantContext tenant, Instant time, long position) {
        this(feed, tenant, time, position, MOST);
    }

    DeletedKeys(ChangeFeed feed, TenantContext tenant, Instant time, long position, int most) {
        this.feed = feed;
        this.tenant = tenant;
        this.time = time;
        this.position = position;
        this.most = most;
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

    private void follow() {
        List<Change> changes;
        do {
            changes = feed.changes(tenant, position, PAGE);
            for (Change change : changes) {
                if (change instanceof Change.Written written && written.resource().deleted()) {
                    add(written);
                }
                position = change.position();
            }
        } while (changes.size() == PAGE);
    }

    private void add(Change.Written written) {
        boolean isLater = written.resource().lastUpdated().isAfter(time);
        if (isLater
                && ids.computeIfAbsent(written.key().type(), _ -> new TreeSet<>())
                        .add(written.key().id())
                && ++count > most) {
            throw new StorageException.TooLarge(
                    ("more than %d resources were deleted while the resources of one moment were"
                                    + " read")
                            .formatted(most));
        }
    }
}
