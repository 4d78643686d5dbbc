package dev.andiron.spi;

import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.composite.Follower;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.view.SqlQueryEngine;
import dev.andiron.spi.view.ViewEngine;

import java.util.Optional;

/**
 * One opened backend: its facets, its health, its end.
 *
 * <p>Each facet is present exactly when the declared {@link Capabilities} say so; the kernel
 * compares the two after opening and refuses a backend that contradicts itself. Facets live as long
 * as the backend, are safe for use by many (virtual) threads at once, and may block. The call of an
 * interrupted thread completes or throws a {@link StorageException}, and harms nobody else.
 */
public interface Backend extends AutoCloseable {

    /**
     * Current resources and commits.
     *
     * @return the store; empty for a backend that only searches
     */
    default Optional<ResourceStore> resources() {
        return Optional.empty();
    }

    /**
     * Reads of earlier versions.
     *
     * @return present when {@link Capabilities#versioning()} is true
     */
    default Optional<VersionedStore> versions() {
        return Optional.empty();
    }

    /**
     * History listings.
     *
     * @return present when {@link Capabilities#history()} is not empty
     */
    default Optional<HistoryStore> history() {
        return Optional.empty();
    }

    /**
     * Committed changes in the order of their commits.
     *
     * @return present when {@link Capabilities#changeFeed()} is true
     */
    default Optional<ChangeFeed> changes() {
        return Optional.empty();
    }

    /**
     * Search by the backend itself.
     *
     * @return present when {@link Capabilities#search()} is not empty
     */
    default Optional<SearchEngine> search() {
        return Optional.empty();
    }

    /**
     * Following another backend's changes, to search in its place.
     *
     * @return present when {@link Capabilities#follower()} is true
     */
    default Optional<Follower> follower() {
        return Optional.empty();
    }

    /**
     * Durable long-running jobs.
     *
     * @return present when {@link Capabilities#claims()} is not {@link ClaimStrategy#NONE}
     */
    default Optional<JobStore> jobs() {
        return Optional.empty();
    }

    /**
     * Compiled views, run by the backend itself.
     *
     * @return present when {@link Capabilities#nativeViews()} is true
     */
    default Optional<ViewEngine> views() {
        return Optional.empty();
    }

    /**
     * Output files of jobs.
     *
     * @return present when {@link Capabilities#blobs()} is true
     */
    default Optional<BlobStore> blobs() {
        return Optional.empty();
    }

    /**
     * SQL over compiled views.
     *
     * @return present when {@link Capabilities#sqlQueries()} is true
     */
    default Optional<SqlQueryEngine> sqlQueries() {
        return Optional.empty();
    }

    /**
     * How the backend is doing. Cheap and never blocking: called for every health probe.
     *
     * @return the present state
     */
    default Health health() {
        return new Health.Up();
    }

    /**
     * Ends the backend: finishes or refuses what runs, and frees what it holds. Called once, after
     * the last request. Everything acknowledged stays durable.
     */
    @Override
    void close();
}
