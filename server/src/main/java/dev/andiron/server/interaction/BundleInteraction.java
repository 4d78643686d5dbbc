package dev.andiron.server.interaction;

/** Batch and transaction: a bundle that is posted to the base. */
@FunctionalInterface
public interface BundleInteraction {

    /**
     * Answers the bundle in the body.
     *
     * @param request the request for the base
     * @param interactions what single entries may be handed to
     */
    FhirResponse perform(FhirRequest request, Interactions interactions);
}
