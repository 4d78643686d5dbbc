package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceKey;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;

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
            log.check();
            eraser.sweep(log);
            Instant before = Instant.now().minus(GRACE);
            collect(log, before);
            collectRuns(log, before);
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
            long[] named = named(log.known());
            var garbage = new ArrayList<String>();
            for (ObjectStore.Listed pack : packs) {
                if (pack.lastModified().isBefore(before)
                        && Arrays.binarySearch(named, hash(pack.key())) < 0) {
                    garbage.add(pack.key());
                }
            }
            objects.delete(garbage);
            deleted += garbage.size();
        }
    }

    /**
     * The packs that versions lie in, by their hashes in order: 8 bytes for each, and if ever two
     * are the same, one that is garbage stays.
     */
    private static long[] named(Snapshot snapshot) {
        var named = LongStream.builder();
        long previous = 0;
        ResourceKey key = null;
        boolean erased = false;
        Iterator<LogRecord> changes = snapshot.byKey(ChangeTable.Place.FIRST);
        while (changes.hasNext()) {
            LogRecord record = changes.next();
            erased = record.key().equals(key) && erased || record.purge();
            key = record.key();
            if (!erased && record.content().isPresent()) {
                long hash = hash(record.content().get().object());
                if (hash != previous) {
                    named.add(hash);
                }
                previous = hash;
            }
        }
        return named.build().sorted().distinct().toArray();
    }

    private static long hash(String pack) {
        return KeyFilter.hash(new ResourceKey("pack", pack));
    }

    /**
     * Deletes pages of the index that no root names: somebody else was first to write the root.
     *
     * @param before only pages written before this time
     * @return how many objects were deleted
     */
    int collectRuns(TenantLog log, Instant before) {
        int deleted = 0;
        String place = "";
        var run = new ArrayList<ObjectStore.Listed>();
        while (true) {
            List<ObjectStore.Listed> parts = objects.list(Keys.runs(log.tenant()), place, PAGE);
            for (ObjectStore.Listed part : parts) {
                if (!run.isEmpty() && !folder(part).equals(folder(run.getFirst()))) {
                    deleted += collectRun(run, before);
                    run.clear();
                }
                run.add(part);
            }
            if (parts.isEmpty()) {
                return deleted + collectRun(run, before);
            }
            place = parts.getLast().key();
        }
    }

    private static String folder(ObjectStore.Listed part) {
        return part.key().substring(0, part.key().lastIndexOf('/'));
    }

    private static String builder(ObjectStore.Listed part) {
        return part.key().substring(part.key().lastIndexOf('/') + 1, part.key().lastIndexOf('-'));
    }

    /** Only where several nodes have written a run, one was first. */
    private int collectRun(List<ObjectStore.Listed> parts, Instant before) {
        if (parts.stream().map(GarbageCollector::builder).distinct().count() < 2) {
            return 0;
        }
        String root = folder(parts.getFirst()).replaceFirst("^runs/", "index/");
        String name = root.substring(root.lastIndexOf('/') + 1);
        int level = Integer.parseInt(name.substring(0, name.indexOf('-')));
        long number = Long.parseLong(name.substring(name.indexOf('-') + 1));
        Optional<ObjectStore.Found> found = objects.read(root);
        if (found.isEmpty()) {
            return 0;
        }
        String first =
                RunRoot.decode(root, level, number, found.get().bytes()).builder().toString();
        List<String> garbage =
                parts.stream()
                        .filter(part -> part.lastModified().isBefore(before))
                        .filter(part -> !builder(part).equals(first))
                        .map(ObjectStore.Listed::key)
                        .toList();
        if (!garbage.isEmpty()) {
            objects.delete(garbage);
        }
        return garbage.size();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
