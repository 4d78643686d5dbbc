package dev.andiron.s3;

import dev.andiron.spi.StorageException;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes the bytes of what purges erased out of the objects: the log says that it is gone, this
 * makes it so. An object that keeps most of its contents has zeros in their place, one that keeps
 * few is compacted, one that keeps none goes. Each of that is one conditional request, so it is
 * done or not done, whoever else does the same or dies. A mark says that it has been done; what a
 * node that died left behind, the next one that collects garbage does. Safe for use by many threads
 * at once.
 */
final class Eraser {
    private static final System.Logger LOG = System.getLogger(Eraser.class.getName());
    private static final byte[] DONE = new byte[0];
    private static final int ATTEMPTS = 50;

    /** Purges that are worked on together. */
    private static final int PURGES = 256;

    /** Objects that are in memory at once. */
    private static final int OBJECTS = 4;

    private final ObjectStore objects;

    Eraser(ObjectStore objects) {
        this.objects = objects;
    }

    /** Whether bytes are what this leaves behind; no JSON, packed or not, looks like that. */
    static boolean isErased(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Erases what the purges of a commit say, from a position on to another. */
    void erase(TenantLog log, long after, long last) {
        List<LogRecord> purges = log.known().upTo(last).purges(after).toList();
        for (int from = 0; from < purges.size(); from += PURGES) {
            eraseOrWarn(log, purges.subList(from, Math.min(purges.size(), from + PURGES)));
        }
    }

    /** Does what nodes that died or were refused have left undone, by the marks that are there. */
    void sweep(TenantLog log) {
        var marks = new Marks(Keys.erased(log.tenant()));
        var undone = new ArrayList<LogRecord>();
        log.known()
                .purges(0)
                .forEach(
                        purge -> {
                            if (!marks.have(mark(log, purge))) {
                                undone.add(purge);
                            }
                            if (undone.size() == PURGES) {
                                eraseOrWarn(log, undone);
                                undone.clear();
                            }
                        });
        eraseOrWarn(log, undone);
    }

    private static String mark(TenantLog log, LogRecord purge) {
        return Keys.erased(log.tenant(), purge.position());
    }

    /** The marks of a tenant, asked for in their order. */
    private final class Marks {
        private static final int PAGE = 1_000;

        private final String folder;
        private final ArrayDeque<String> page = new ArrayDeque<>();
        private String place = "";
        private boolean ended;

        Marks(String folder) {
            this.folder = folder;
        }

        boolean have(String mark) {
            while (true) {
                if (page.isEmpty() && !ended) {
                    objects.list(folder, place, PAGE).forEach(found -> page.add(found.key()));
                    ended = page.isEmpty();
                }
                if (page.isEmpty() || page.peek().compareTo(mark) > 0) {
                    return false;
                }
                place = page.remove();
                if (place.equals(mark)) {
                    return true;
                }
            }
        }
    }

    private void eraseOrWarn(TenantLog log, List<LogRecord> purges) {
        try {
            erase(log, purges);
        } catch (StorageException later) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "what was purged is not yet erased from its objects, and will be later: "
                            + later.getMessage());
        }
    }

    private void erase(TenantLog log, List<LogRecord> purges) {
        Map<String, List<LogRecord>> byObject = new LinkedHashMap<>();
        for (LogRecord purge : purges) {
            log.known()
                    .upTo(purge.position() - 1)
                    .versions(purge.key())
                    .filter(record -> record.content().isPresent())
                    .forEach(
                            record ->
                                    byObject.computeIfAbsent(
                                                    record.content().get().object(),
                                                    _ -> new ArrayList<>())
                                            .add(record));
        }
        List<Map.Entry<String, List<LogRecord>>> all = List.copyOf(byObject.entrySet());
        for (int from = 0; from < all.size(); from += OBJECTS) {
            Parallel.map(
                    all.subList(from, Math.min(all.size(), from + OBJECTS)),
                    each -> {
                        rewrite(log, each.getKey(), each.getValue());
                        return each;
                    });
        }
        if (!purges.isEmpty()) {
            Parallel.map(purges, purge -> objects.create(mark(log, purge), DONE));
        }
    }

    /** Several nodes may erase different parts of an object at once. */
    private void rewrite(TenantLog log, String object, List<LogRecord> erased) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<ObjectStore.Found> found = objects.read(object);
            if (found.isEmpty()) {
                return;
            }
            byte[] before = found.get().bytes();
            int start = LogEntry.contents(object, before);
            Snapshot latest = log.latest();
            List<Location> live =
                    ObjectContents.of(latest, object, before, erased.getFirst().position()).stream()
                            .filter(record -> !latest.erased(record))
                            .map(record -> record.content().orElseThrow())
                            .toList();
            if (live.isEmpty() && start == 0) {
                objects.delete(List.of(object));
                return;
            }
            byte[] after = without(before, start, live, erased);
            if (Arrays.equals(after, before)
                    || objects.replace(object, found.get().etag(), after).isPresent()) {
                return;
            }
        }
        throw new StorageException.Unavailable(
                "an object is rewritten by too many nodes at once", Duration.ofSeconds(1), null);
    }

    private static byte[] without(
            byte[] before, int start, List<Location> live, List<LogRecord> erased) {
        if (live.isEmpty()) {
            return Arrays.copyOf(before, start);
        }
        if (2 * CompactTable.length(live) <= before.length - start) {
            return CompactTable.compact(before, start, live);
        }
        return CompactTable.overwrite(
                before, start, erased.stream().flatMap(each -> each.content().stream()).toList());
    }
}
