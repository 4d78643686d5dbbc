package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;

import java.util.Optional;

/** Judges {@code If-Match} and {@code If-None-Match} of a write against the current version. */
public final class CurrentVersion {

    private CurrentVersion() {}

    /**
     * Refuses a write whose conditions do not hold.
     *
     * @param current the current version, deleted or not; empty if there never was one
     * @throws FhirException 412
     */
    public static void require(
            Conditions conditions, ResourceKey key, Optional<ResourceHead> current) {
        Optional<ResourceHead> live = current.filter(head -> !head.deleted());
        if (conditions.ifMatch().isPresent()) {
            var tags = EntityTags.parse("If-Match", conditions.ifMatch().get());
            if (live.isEmpty()) {
                throw failed(key + " does not exist, so If-Match cannot hold.");
            }
            if (!tags.include(live.get().version())) {
                throw failed(
                        "%s is at version %d, which is not what If-Match asks for (%s)."
                                .formatted(key, live.get().version(), conditions.ifMatch().get()));
            }
        }
        if (conditions.ifNoneMatch().isPresent() && live.isPresent()) {
            var tags = EntityTags.parse("If-None-Match", conditions.ifNoneMatch().get());
            if (tags.include(live.get().version())) {
                throw failed(
                        "%s exists at version %d, which If-None-Match excludes."
                                .formatted(key, live.get().version()));
            }
        }
    }

    private static FhirException failed(String diagnostics) {
        return new FhirException(412, "conflict", diagnostics);
    }
}
