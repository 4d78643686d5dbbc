package dev.andiron.server.export;

import java.util.Optional;

/** A file that resources are added to, and another behind it. Used by one thread. */
interface ExportOutput extends AutoCloseable {

    /** Whether the resource can be added without making the file larger than it should be. */
    boolean hasRoom(byte[] json);

    /**
     * Adds a resource.
     *
     * @throws dev.andiron.spi.StorageException if it cannot be written at all
     * @throws RuntimeException if this resource cannot; nothing of it is in the file then
     */
    void add(byte[] json);

    /**
     * Finishes the file; another may be begun then.
     *
     * @return empty if there is nothing in it
     */
    Optional<ExportState.File> finish();

    /** Drops what was not finished. */
    @Override
    void close();
}
