package dev.andiron.sqlite;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Current versions that were read lately, as they are served. The file has one writer, which tells
 * beforehand what it is about to change: from then until the change is committed or taken back,
 * what it changes is neither found here nor kept. A reader that began before then keeps nothing
 * either, for what it has read may be old by the time it has read it. So whoever has seen a version
 * in any way never gets an older one from here. Safe for use by many threads.
 */
final class BodyCache {
    private static final int STRIPES = 64;

    /** About what an entry takes beside its body and its names. */
    private static final int OVERHEAD = 320;

    private static final int PART_OF_HEAP = 8;

    /** No number of changes: who read beside a change keeps nothing. */
    private static final long NEVER = -1;

    private final Stripe[] stripes;
    private final boolean isOn;

    /** A resource of a tenant. */
    record Key(String tenant, ResourceKey resource) {
        @Override
        public int hashCode() {
            return 31 * tenant.hashCode() + resource.hashCode();
        }
    }

    /** What is being changed, until it is closed. */
    @FunctionalInterface
    interface Change extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @param bytes how much memory it takes at most; 0 keeps nothing
     */
    BodyCache(long bytes) {
        isOn = bytes > 0;
        stripes = new Stripe[STRIPES];
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe(bytes / STRIPES);
        }
    }

    /**
     * One that leaves room for everything else.
     *
     * @param bytes how much memory it takes at most
     * @param heap the most memory that there is
     */
    static BodyCache within(long bytes, long heap) {
        return new BodyCache(Math.min(bytes, heap / PART_OF_HEAP));
    }

    /** What is kept of a resource, or else what is stored. */
    Optional<StoredResource> read(Key key, Supplier<Optional<StoredResource>> stored) {
        if (!isOn) {
            return stored.get();
        }
        Stripe stripe = stripe(key);
        long changes;
        synchronized (stripe) {
            StoredResource known = stripe.find(key);
            if (known != null) {
                return Optional.of(known);
            }
            changes = stripe.changing.contains(key) ? NEVER : stripe.changes;
        }
        Optional<StoredResource> read = stored.get();
        if (read.isPresent()) {
            stripe.keep(key, read.get(), changes);
        }
        return read;
    }

    /**
     * Tells that resources are about to change, and forgets them.
     *
     * @return to be closed when they have changed, or not
     */
    Change change(Collection<Key> keys) {
        if (!isOn || keys.isEmpty()) {
            return () -> {};
        }
        for (Key key : keys) {
            stripe(key).begin(key);
        }
        return () -> {
            for (Key key : keys) {
                stripe(key).end(key);
            }
        };
    }

    private Stripe stripe(Key key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return stripes[hash >>> 26];
    }

    /** How many reads were answered from here. */
    long hits() {
        return sum(stripe -> stripe.hits);
    }

    /** How many reads had to ask the database. */
    long misses() {
        return sum(stripe -> stripe.misses);
    }

    /** About how many bytes of memory are used. */
    long bytes() {
        return sum(stripe -> stripe.bytes);
    }

    private long sum(ToLongFunction<Stripe> figure) {
        long sum = 0;
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                sum += figure.applyAsLong(stripe);
            }
        }
        return sum;
    }

    /** The resources of some keys, those first that were not asked for the longest. */
    private static final class Stripe {
        private final LinkedHashMap<Key, StoredResource> kept =
                new LinkedHashMap<>(16, 0.75f, true);
        private final Set<Key> changing = new HashSet<>();
        private final long most;
        private long bytes;
        private long changes;
        private long hits;
        private long misses;

        Stripe(long most) {
            this.most = most;
        }

        private StoredResource find(Key key) {
            StoredResource known = kept.get(key);
            if (known == null) {
                misses++;
            } else {
                hits++;
            }
            return known;
        }

        /**
         * @param before how many changes there were when its reader began
         */
        synchronized void keep(Key key, StoredResource resource, long before) {
            long size = size(key, resource);
            if (before != changes || changing.contains(key) || size > most) {
                return;
            }
            if (kept.putIfAbsent(key, resource) == null) {
                bytes += size;
                shrink();
            }
        }

        private void shrink() {
            var eldest = kept.entrySet().iterator();
            while (bytes > most) {
                var entry = eldest.next();
                bytes -= size(entry.getKey(), entry.getValue());
                eldest.remove();
            }
        }

        synchronized void begin(Key key) {
            changes++;
            changing.add(key);
            StoredResource known = kept.remove(key);
            if (known != null) {
                bytes -= size(key, known);
            }
        }

        synchronized void end(Key key) {
            changing.remove(key);
        }

        private static long size(Key key, StoredResource resource) {
            return (long) OVERHEAD + key.resource().id().length() + resource.content().length();
        }
    }
}
