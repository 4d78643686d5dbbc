package dev.andiron.server.interaction;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A body that is no resource and is made while it is sent. Used by one thread, and closed whether
 * or not it was written.
 */
public interface Download extends AutoCloseable {

    /** Its media type, with parameters. */
    String mediaType();

    /**
     * Writes all of it, once.
     *
     * @throws IOException if the client has gone, or the body cannot be completed: what was sent is
     *     then cut off so that the client notices
     */
    void writeTo(OutputStream out) throws IOException;

    @Override
    void close();
}
