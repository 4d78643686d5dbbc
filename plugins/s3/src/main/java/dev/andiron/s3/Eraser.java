package dev.andiron.s3;

import dev.andiron.spi.StorageException;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Overwrites with zeros what a purge has erased, wherever it lies: the log says that it is gone,
 * this makes it so. A mark says that it has been done; what a node that died left behind, the next
 * one that collects garbage does. Safe for use by many threads at once.
 */
final class Eraser {
    private static final System.Logger LOG = System.getLogger(Eraser.class.getName());
    private static final byte[] DONE = new byte[0];
    private static final int ATTEMPTS = 50;

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

    /** Overwrites what the purges of a commit have erased, from a position on to another. */
    void erase(TenantLog log, long after, long last) {
        log.known().upTo(last).purges(after).forEach(purge -> eraseOrWarn(log, purge));
    }

    /** Does what nodes that died or were refused have left undone, by the marks that are there. */
    void sweep(TenantLog log) {
        var marks = new Marks(Keys.erased(log.tenant()));
        log.known()
                .purges(0)
                .forEach(
                        purge -> {
                            if (!marks.have(mark(log, purge))) {
                                eraseOrWarn(log, purge);
                            }
                        });
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

    private void eraseOrWarn(TenantLog log, LogRecord purge) {
        try {
            erase(log, purge);
        } catch (StorageException later) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "what was purged is not yet overwritten, and will be later: "
                            + later.getMessage());
        }
    }

    private void erase(TenantLog log, LogRecord purge) {
        if (objects.read(mark(log, purge)).isPresent()) {
            return;
        }
        Map<String, List<Location>> byObject = new HashMap<>();
        log.known()
                .upTo(purge.position() - 1)
                .versions(purge.key())
                .map(LogRecord::content)
                .flatMap(Optional::stream)
                .forEach(
                        at ->
                                byObject.computeIfAbsent(at.object(), _ -> new ArrayList<>())
                                        .add(at));
        Parallel.map(
                List.copyOf(byObject.entrySet()),
                each -> {
                    overwrite(each.getKey(), each.getValue());
                    return each;
                });
        objects.create(mark(log, purge), DONE);
    }

    /** Several nodes may overwrite different parts of an object at once. */
    private void overwrite(String object, List<Location> erased) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<ObjectStore.Found> found = objects.read(object);
            if (found.isEmpty()) {
                return;
            }
            byte[] bytes = found.get().bytes().clone();
            for (Location at : erased) {
                Arrays.fill(bytes, (int) at.offset(), (int) at.end(), (byte) 0);
            }
            if (Arrays.equals(bytes, found.get().bytes())
                    || objects.replace(object, found.get().etag(), bytes).isPresent()) {
                return;
            }
        }
        throw new StorageException.Unavailable(
                "an object is overwritten by too many nodes at once", Duration.ofSeconds(1), null);
    }
}
