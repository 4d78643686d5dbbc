package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.bundle.RequestBundle;
import dev.andiron.server.interaction.BundleInteraction;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Interactions;
import dev.andiron.server.interaction.ResourceWriter;
import dev.andiron.server.interaction.Services;

/** Answers batches and transactions. Safe for use by many threads. */
public final class BundleProcessor implements BundleInteraction {
    private final Services services;
    private final BundleLimits limits;
    private final Attempt.Tools tools;

    public BundleProcessor(Services services, BundleLimits limits) {
        this(services, limits, false);
    }

    private BundleProcessor(Services services, BundleLimits limits, boolean keepsUnchanged) {
        this.services = services;
        this.limits = limits;
        tools =
                new Attempt.Tools(
                        services.rules().references(),
                        services.rules().patches(),
                        limits,
                        keepsUnchanged);
    }

    /** One whose transactions make no version of a resource that an update does not change. */
    public static BundleProcessor keepingUnchanged(Services services, BundleLimits limits) {
        return new BundleProcessor(services, limits, true);
    }

    /**
     * Answers the bundle in the body.
     *
     * @throws dev.andiron.fhir.outcome.FhirException if it is refused as a whole
     * @throws dev.andiron.spi.StorageException if the storage fails a transaction
     */
    @Override
    public FhirResponse perform(FhirRequest request, Interactions interactions) {
        try (var _ = services.requests().begin()) {
            return answer(request, interactions);
        }
    }

    private FhirResponse answer(FhirRequest request, Interactions interactions) {
        RequestBundle bundle =
                RequestBundle.read(ResourceWriter.resource(request), limits.entries());
        return switch (bundle.kind()) {
            case BATCH ->
                    new Batch(
                                    request,
                                    interactions,
                                    services.storage().capabilities().writeConcurrency(),
                                    limits.readConcurrency())
                            .perform(bundle.entries());
            case TRANSACTION ->
                    new Transaction(services, tools, request, interactions)
                            .perform(bundle.entries());
        };
    }
}
