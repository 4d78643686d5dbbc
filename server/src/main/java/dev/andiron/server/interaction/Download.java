package dev.andiron.server.interaction;

import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;

/**
 * A body that is no resource and is made while it is sent. Used by one thread, and closed whether
 * or not it was written.
 */
public interface Download extends AutoCloseable {

    /** Its media type, with parameters. */
    String mediaType();

    /** How many bytes it has, if that is known. */
    default OptionalLong length() {
        return OptionalLong.empty();
    }

    /** Whether compressing it would be in vain, or would make it another body. */
    default boolean isCompressed() {
        return false;
    }

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
