package dev.andiron.s3;

import dev.andiron.spi.StorageException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Deletes packs that no commit names: those of commits that were refused, or whose node died, or
 * that were purged. Runs beside everything else, on every node from time to time; two at once do no
 * harm.
 */
final class GarbageCollector implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(GarbageCollector.class.getName());

    /**
     * How old a pack is before it may be garbage. The commit that it was written for has long been
     * given up by then, see {@link PendingCommit#LONGEST_WAIT}; hours are left for clocks that
     * disagree.
     */
    static final Duration GRACE = Duration.ofHours(24);

    private static final Duration INTERVAL = Duration.ofHours(6);
    private static final int PAGE = 1000;

    private final ObjectStore objects;
    private final Tenants tenants;
    private final Eraser eraser;
    private final Thread thread;

    GarbageCollector(ObjectStore objects, Tenants tenants, Eraser eraser) {
        this.objects = objects;
        this.tenants = tenants;
        this.eraser = eraser;
        thread = Thread.ofVirtual().name("s3-garbage").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(
                        ThreadLocalRandom.current()
                                .nextLong(INTERVAL.toMillis() / 2, INTERVAL.toMillis()));
                for (TenantLog log : tenants.known()) {
                    collectOrWarn(log);
                }
            }
        } catch (InterruptedException closed) {
            LOG.log(System.Logger.Level.DEBUG, "the collection of garbage ends");
        }
    }

    private void collectOrWarn(TenantLog log) {
        try {
            eraser.erase(log, 0);
            collect(log, Instant.now().minus(GRACE));
        } catch (StorageException later) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "garbage of a tenant is left for the next time: " + later.getMessage());
        }
    }

    /**
     * Deletes a tenant's garbage.
     *
     * @param before only packs written before this time
     * @return how many objects were deleted
     */
    int collect(TenantLog log, Instant before) {
        int deleted = 0;
        String under = Keys.packs(log.tenant());
        String place = "";
        while (true) {
            List<ObjectStore.Listed> packs = objects.list(under, place, PAGE);
            if (packs.isEmpty()) {
                return deleted;
            }
            place = packs.getLast().key();
            // Asked after the listing: what is listed and old is committed by now, or never.
            log.check();
            Set<String> named = named(log.known());
            var garbage = new ArrayList<String>();
            for (ObjectStore.Listed pack : packs) {
                if (pack.lastModified().isBefore(before) && !named.contains(pack.key())) {
                    garbage.add(pack.key());
                }
            }
            objects.delete(garbage);
            deleted += garbage.size();
        }
    }

    private static Set<String> named(Snapshot snapshot) {
        Set<String> named = new HashSet<>();
        snapshot.after(0)
                .filter(record -> record.content().isPresent() && !snapshot.erased(record))
                .forEach(record -> named.add(record.content().get().object()));
        return named;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
