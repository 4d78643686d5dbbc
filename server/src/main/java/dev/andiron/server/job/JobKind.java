package dev.andiron.server.job;

import dev.andiron.server.interaction.Download;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.resource.Json;

import java.util.List;
import java.util.Optional;

/** What the jobs of one kind do. Safe for use by many threads. */
public interface JobKind {

    /** The kind's name, as jobs carry it. */
    String name();

    /**
     * Does the work, from where the last checkpoint stands. Called on a virtual thread. May be
     * called again from any checkpoint, by any server: what lies behind it is done twice then.
     *
     * @return what the job led to, which becomes its result
     * @throws InterruptedException when it is to stop
     * @throws JobFailedException if another attempt would fail as well
     * @throws RuntimeException for anything else; the job is tried again, a bounded number of times
     */
    Json run(JobContext context) throws InterruptedException;

    /**
     * The answer for whoever asks for a job that is completed.
     *
     * @param request the request for the job's status
     * @param job completed
     */
    FhirResponse answer(FhirRequest request, Job job);

    /**
     * What a client that watches a job gets to know beside its progress, a line each.
     *
     * @param job not ended
     */
    default List<String> details(Job job) {
        return List.of();
    }

    /**
     * What of the result a client may have while the job goes on.
     *
     * @param request the request for the job's status
     * @param job not ended
     * @return the body of the answer; empty if it has to wait for the end
     */
    default Optional<Download> partial(FhirRequest request, Job job) {
        return Optional.empty();
    }

    /**
     * Whether a client that asks how an ended job stands is sent to its result by 303; otherwise
     * the answer is the result.
     */
    default boolean redirects() {
        return false;
    }

    /**
     * What an output file is.
     *
     * @param job completed, or not ended if a part of the result can be had before
     * @param part the file's name within the job
     * @return empty if no such file belongs to the result
     */
    default Optional<JobFileType> fileType(Job job, String part) {
        return Optional.empty();
    }

    /**
     * Removes what a job leaves besides its files, once nobody will go on with it: it was
     * cancelled, or has failed. A worker that has not learned of it may still be at work.
     *
     * @param job as it stood before
     */
    default void dropped(Job job) {}

    /**
     * Whether an ended job may be removed once it is old.
     *
     * @param job ended
     */
    default boolean isForgotten(Job job) {
        return true;
    }
}
