package dev.andiron.spi.blob;

/**
 * A blob that is being written, in bounded memory. Nobody sees it before it is finished, and nobody
 * ever sees a part of it. Used by one thread at a time, closed by whoever asked for it.
 */
public interface BlobWriter extends AutoCloseable {

    /**
     * Appends bytes. The array is the caller's again on return.
     *
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    void write(byte[] bytes, int offset, int length);

    /**
     * Makes the blob visible with all that was written, durably; at most once, and nothing is
     * written afterwards.
     *
     * @return false if there is a blob of that name already, which stays as it is: blobs never
     *     change. What was written is dropped then
     * @throws IllegalStateException if it was finished or closed before
     */
    boolean finish();

    /** Drops what was written, unless it is finished. May be called several times. */
    @Override
    void close();
}
