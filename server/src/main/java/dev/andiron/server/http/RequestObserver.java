package dev.andiron.server.http;

/** Is told of every FHIR request that was answered. Called by the request's thread; quick. */
@FunctionalInterface
public interface RequestObserver {

    /**
     * @param interaction the interaction's word, or {@code none} when the request led nowhere
     * @param status the HTTP status
     * @param nanoseconds from the request's header to the last byte handed to the socket
     * @param bytes of the answer's body, before compression
     */
    void answered(String interaction, int status, long nanoseconds, long bytes);
}
