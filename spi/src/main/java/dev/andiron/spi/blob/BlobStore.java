package dev.andiron.spi.blob;

import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantContext;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The output files of jobs. A blob is written once, as a stream of any length, appears whole and
 * durable when it is finished, and never changes; a job's blobs are deleted together. Writers that
 * crashed leave nothing that can be seen, and what they leave on the medium goes with the job's
 * blobs at the latest. Safe for use by many threads at once.
 */
public interface BlobStore {

    /**
     * Starts a blob. Several may write the same name at once: the first to finish wins.
     *
     * @return the writer, which the caller closes
     */
    BlobWriter write(TenantContext tenant, BlobName name);

    /** A finished blob; empty if there is none. */
    Optional<Blob> find(TenantContext tenant, BlobName name);

    /**
     * Reads a range of a finished blob.
     *
     * @param offset where it starts, from 0 to the blob's size
     * @param length how many bytes it has, from 0; no more than there are from {@code offset} on
     * @return the reader, which the caller closes; empty if there is no such blob
     * @throws IllegalArgumentException if the range is not within the blob
     */
    Optional<BlobReader> read(TenantContext tenant, BlobName name, long offset, long length);

    /**
     * The finished blobs of a job in the order of their names (by UTF-16 code units, all allowed
     * characters are ASCII).
     *
     * @param after only names behind this one; empty starts at the first
     * @param limit how many at most, from 1
     */
    List<Blob> list(TenantContext tenant, JobId job, String after, int limit);

    /**
     * Deletes all blobs of a job, finished or left behind by a crash; those that are being written
     * at that moment may still be finished. Without any it does nothing.
     */
    void delete(TenantContext tenant, JobId job);

    /**
     * A URL by which a client can download a blob from the store itself, without further proof of
     * who it is.
     *
     * @param validity how long the URL works, at least
     * @return empty if the store has no such URLs, or no such blob: the server then sends the bytes
     */
    default Optional<URI> signedUrl(TenantContext tenant, BlobName name, Duration validity) {
        return Optional.empty();
    }
}
