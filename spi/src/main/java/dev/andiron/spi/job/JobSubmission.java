package dev.andiron.spi.job;

import dev.andiron.spi.resource.Json;

/**
 * A job as it is submitted.
 *
 * @param id its id, which makes it safe to submit it again when the outcome is unknown
 * @param kind what is to be done, such as {@code reindex}: lower case words joined by hyphens, at
 *     most 64 characters
 * @param request what its worker needs to know, up to {@link Job#MAX_DATA} bytes, which the store
 *     does not look into
 */
public record JobSubmission(JobId id, String kind, Json request) {

    public JobSubmission {
        Job.requireKind(kind);
    }
}
