package dev.andiron.kernel.composite;

import dev.andiron.spi.resource.Change;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What is known to wait for a follower, and since when. Guarded by its owner's lock. */
final class WaitingChanges {
    private static final int MOST_ACKNOWLEDGED = 1_000;

    private long known;
    private Optional<Instant> oldest = Optional.empty();

    /** When commits of this node were acknowledged that are not applied yet, the oldest ones. */
    private final NavigableMap<Long, Instant> acknowledged = new TreeMap<>();

    /** There are changes up to here. */
    void known(long position) {
        known = Math.max(known, position);
    }

    /** A commit of this node was acknowledged, whose changes are not applied. */
    void committed(long position, Instant now) {
        something(now);
        if (acknowledged.size() < MOST_ACKNOWLEDGED) {
            acknowledged.put(position, now);
        }
    }

    /** Something waits, since now if nothing waited before. */
    void something(Instant now) {
        oldest = oldest.or(() -> Optional.of(now));
    }

    /** These are the next to be applied. */
    void next(List<Change> changes) {
        known(changes.getLast().position());
        for (Change change : changes) {
            if (change instanceof Change.Written written) {
                Instant since = written.resource().lastUpdated();
                oldest = Optional.of(acknowledged(changes.getFirst().position(), since));
                return;
            }
        }
    }

    /** A large bundle may have been written long before it was acknowledged. */
    private Instant acknowledged(long position, Instant written) {
        Map.Entry<Long, Instant> commit = acknowledged.ceilingEntry(position);
        return commit == null || commit.getValue().isBefore(written) ? written : commit.getValue();
    }

    /** What is up to here is applied. */
    void applied(long position) {
        known(position);
        acknowledged.headMap(position, true).clear();
    }

    /** The feed ends here, as far as it was looked at. */
    void caughtUp(long position) {
        if (position >= known) {
            oldest = Optional.empty();
        }
    }

    /** For how long the oldest has been waiting. */
    Duration lag(Instant now) {
        return oldest.map(since -> Duration.between(since, now))
                .filter(Duration::isPositive)
                .orElse(Duration.ZERO);
    }

    long behind(long applied) {
        return Math.max(0, known - applied);
    }
}
