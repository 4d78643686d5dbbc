package dev.andiron.server.interaction;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.tenant.TenantId;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets requests of this process that want the same thing go one after the other, so that they find
 * each other's work instead of colliding with it. Correctness does not rest on them (the
 * preconditions of a commit hold across processes too), calm does.
 *
 * <p>To stay free of deadlock, a request takes criteria first and keys second, each at most once,
 * and all it needs at once. Safe for use by many threads.
 */
public final class Locks {
    private static final int STRIPES = 1024;

    private final ReentrantLock[] criteria = stripes();
    private final ReentrantLock[] keys = stripes();
    private final Duration patience;

    /**
     * @param patience how long to wait for a lock before the request is refused
     */
    public Locks(Duration patience) {
        this.patience = patience;
    }

    /** What is held until it is closed, by the thread that took it. */
    public static final class Hold implements AutoCloseable {
        private final ReentrantLock[] held;
        private int count;

        private Hold(int capacity) {
            held = new ReentrantLock[capacity];
        }

        @Override
        public void close() {
            while (count > 0) {
                held[--count].unlock();
            }
        }
    }

    /** Holds conditional criteria, each as text that is equal when the criteria are. */
    public Hold criteria(TenantId tenant, Collection<String> texts) {
        return hold(criteria, tenant, texts);
    }

    public Hold criteria(TenantId tenant, String type, Parameters parameters) {
        return criteria(tenant, List.of(type + "?" + parameters.encoded()));
    }

    public Hold keys(TenantId tenant, Collection<ResourceKey> resources) {
        return hold(keys, tenant, resources);
    }

    public Hold key(TenantId tenant, ResourceKey resource) {
        return hold(keys, tenant, List.of(resource));
    }

    private Hold hold(ReentrantLock[] stripes, TenantId tenant, Collection<?> subjects) {
        int[] wanted =
                subjects.stream()
                        .mapToInt(subject -> stripe(tenant, subject))
                        .sorted()
                        .distinct()
                        .toArray();
        var hold = new Hold(wanted.length);
        try {
            for (int stripe : wanted) {
                if (!stripes[stripe].tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new StorageException.Unavailable(
                            "Too many requests want the same resource at once; try again.",
                            Duration.ofSeconds(1),
                            null);
                }
                hold.held[hold.count++] = stripes[stripe];
            }
            return hold;
        } catch (InterruptedException e) {
            hold.close();
            Thread.currentThread().interrupt();
            throw new StorageException.Unavailable(
                    "The server is stopping.", Duration.ofSeconds(5), e);
        } catch (RuntimeException e) {
            hold.close();
            throw e;
        }
    }

    private static int stripe(TenantId tenant, Object subject) {
        int hash = 31 * tenant.hashCode() + subject.hashCode();
        hash *= 0x9E3779B9;
        return hash >>> 22;
    }

    private static ReentrantLock[] stripes() {
        var locks = new ReentrantLock[STRIPES];
        for (int i = 0; i < STRIPES; i++) {
            locks[i] = new ReentrantLock();
        }
        return locks;
    }
}
