package dev.andiron.server.interaction;

import dev.andiron.kernel.routing.Storage;

import java.time.InstantSource;

/**
 * What every interaction works with. Safe for use by many threads.
 *
 * @param storage what is stored
 * @param rules what FHIR says
 * @param writer makes versions
 * @param locks lets requests for the same thing queue
 * @param retries decides again when another writer was first
 * @param ids makes logical ids
 * @param tokens seals the links to further pages
 * @param policy what the operator decided
 * @param requests what runs now
 */
public record Services(
        Storage storage,
        FhirRules rules,
        ResourceWriter writer,
        Locks locks,
        Retries retries,
        ResourceIds ids,
        PageTokens tokens,
        Policy policy,
        RunningRequests requests) {

    public static Services of(
            Storage storage,
            FhirRules rules,
            Locks locks,
            PageTokens tokens,
            Policy policy,
            InstantSource clock) {
        return new Services(
                storage,
                rules,
                new ResourceWriter(storage, rules, clock),
                locks,
                Retries.standard(),
                new ResourceIds(clock),
                tokens,
                policy,
                new RunningRequests());
    }
}
