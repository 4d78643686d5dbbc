package dev.andiron.spi.resource;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Resources that are pulled one by one, in bounded memory. Used by one thread at a time, closed by
 * whoever asked for it, early if it likes; closing stops the producer.
 */
public interface ResourceCursor extends AutoCloseable {

    /**
     * A cursor over an iterator that holds nothing between two steps, and so has no end to free.
     */
    static ResourceCursor of(Iterator<StoredResource> resources) {
        return new ResourceCursor() {
            @Override
            public Optional<StoredResource> next() {
                return resources.hasNext() ? Optional.of(resources.next()) : Optional.empty();
            }

            @Override
            public void close() {
                // The iterator holds nothing.
            }
        };
    }

    /** The next resource, or empty at the end. */
    Optional<StoredResource> next();

    /**
     * Several of the next resources at once, which costs less than one by one.
     *
     * @param most how many at most, from 1
     * @param bytes no more once their contents have so many bytes
     * @return empty at the end, and only there
     */
    default List<StoredResource> next(int most, long bytes) {
        var some = new ArrayList<StoredResource>();
        long size = 0;
        while (some.size() < most && (some.isEmpty() || size < bytes)) {
            Optional<StoredResource> next = next();
            if (next.isEmpty()) {
                break;
            }
            some.add(next.get());
            size += next.get().content().length();
        }
        return some;
    }

    @Override
    void close();
}
