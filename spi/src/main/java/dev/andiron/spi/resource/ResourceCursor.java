package dev.andiron.spi.resource;

import java.util.Optional;

/**
 * Resources that are pulled one by one, in bounded memory. Used by one thread at a time, closed by
 * whoever asked for it, early if it likes; closing stops the producer.
 */
public interface ResourceCursor extends AutoCloseable {

    /** The next resource, or empty at the end. */
    Optional<StoredResource> next();

    @Override
    void close();
}
