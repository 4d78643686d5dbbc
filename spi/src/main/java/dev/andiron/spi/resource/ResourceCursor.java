package dev.andiron.spi.resource;

import java.util.Iterator;
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

    @Override
    void close();
}
