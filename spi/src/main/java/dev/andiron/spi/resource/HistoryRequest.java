package dev.andiron.spi.resource;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A page of history, newest first by position.
 *
 * @param scope whose history
 * @param since only versions written at or after this instant, whatever stands between them: the
 *     times of concurrent writers need not ascend with the positions
 * @param at only versions that were current at some time within this period (FHIR: {@code _at}): a
 *     version is current from its last update until that of the version after it, so it was written
 *     before the end, and not replaced at or before the start
 * @param before only changes whose position is smaller: where the page before ended
 * @param limit how many versions at most, from 1
 */
public record HistoryRequest(
        HistoryScope scope,
        Optional<Instant> since,
        Optional<Period> at,
        OptionalLong before,
        int limit) {

    /**
     * A period of time.
     *
     * @param start its first instant
     * @param end the first instant behind it
     */
    public record Period(Instant start, Instant end) {}
}
