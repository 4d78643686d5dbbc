package dev.andiron.server.parameter;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.job.Jobs;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.resource.ResourceKey;

import java.util.EnumSet;
import java.util.Set;

/** {@code $reindex}: of everything, of a type, or of what a search parameter is about. */
public final class ReindexOperation {
    private final Storage storage;
    private final StoredSearchParameters parameters;
    private final Jobs jobs;

    public ReindexOperation(Storage storage, StoredSearchParameters parameters, Jobs jobs) {
        this.storage = storage;
        this.parameters = parameters;
        this.jobs = jobs;
    }

    /** The operation, for the table. */
    public Operation operation() {
        return Operation.writing(
                "$reindex",
                "urn:andiron:operation:reindex",
                EnumSet.of(Level.SYSTEM, Level.TYPE, Level.INSTANCE),
                Set.of(),
                this::perform);
    }

    /** Starts the job. */
    private FhirResponse perform(OperationCall call) {
        call.parameters().refuseOthers(Set.of());
        if (storage.capabilities().search().isEmpty()) {
            throw new StorageException.NotSupported(
                    "the backend '%s' has no search of its own, so there is nothing to index"
                            .formatted(storage.name()));
        }
        FhirRequest request = call.request();
        ReindexRequest what =
                switch (call.level()) {
                    case SYSTEM -> ReindexRequest.byHand(Set.of());
                    case TYPE -> ReindexRequest.byHand(Set.of(call.type()));
                    case INSTANCE, VERSION -> ofParameter(request, call.key());
                };
        Job job = jobs.submit(request, ReindexJob.KIND, what.json());
        return Jobs.accepted(request, job);
    }

    private ReindexRequest ofParameter(FhirRequest request, ResourceKey key) {
        return parameters
                .custom(request.tenant(), key)
                .map(custom -> ReindexRequest.of(custom.bases(), Set.of()).types())
                .map(ReindexRequest::byHand)
                .orElseThrow(
                        () ->
                                new FhirException(
                                        404,
                                        "not-found",
                                        "%s is no search parameter in use.".formatted(key)));
    }
}
