package dev.andiron.spi.job;

import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantId;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A job as it stands. All times are of the {@linkplain dev.andiron.spi.BackendContext#clock()
 * server's clock}, in whole milliseconds.
 *
 * @param tenant whose job it is
 * @param id its id within the tenant
 * @param kind what is to be done
 * @param request what its worker needs to know, as it was submitted
 * @param submitted when it was submitted
 * @param state where it stands
 * @param attempts how many claims there were that were not {@linkplain JobStore#release released}
 * @param due not claimed before this time; the time of submission, until an attempt is put off
 * @param started when it was first claimed
 * @param ended when it completed, failed or was cancelled
 * @param progress how far it is, as last told by a worker
 * @param checkpoint where the next worker goes on, as last told by a worker; empty until then
 * @param result what it led to; present when it is completed
 * @param failure why it failed, or why the last attempt that was put off did: a text for a person
 */
public record Job(
        TenantId tenant,
        JobId id,
        String kind,
        Json request,
        Instant submitted,
        JobState state,
        int attempts,
        Instant due,
        Optional<Instant> started,
        Optional<Instant> ended,
        Progress progress,
        Json checkpoint,
        Optional<Json> result,
        Optional<String> failure) {

    /**
     * How many bytes a request, a checkpoint or a result may have, each: 4 MiB. Every store takes
     * as many; what is longer is refused with {@link dev.andiron.spi.StorageException.TooLarge}.
     */
    public static final int MAX_DATA = 4 << 20;

    /** How long the reason of a failure may be; a longer one is refused as too large. */
    public static final int MAX_FAILURE = 4_000;

    private static final Pattern KIND = Pattern.compile("(?=.{1,64}$)[a-z]+(-[a-z]+)*");

    static void requireKind(String kind) {
        if (!KIND.matcher(kind).matches()) {
            throw new IllegalArgumentException("not a well-formed kind of jobs");
        }
    }
}
