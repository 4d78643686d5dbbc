package dev.andiron.server.composite;

import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.job.Jobs;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.spi.job.Job;

import java.util.EnumSet;
import java.util.Set;

/** {@code $reconcile}: a follower is compared with its primary, and repaired if asked. */
public final class ReconcileOperation {
    private final Storage storage;
    private final Composites composites;
    private final Jobs jobs;

    public ReconcileOperation(Storage storage, Composites composites, Jobs jobs) {
        this.storage = storage;
        this.composites = composites;
        this.jobs = jobs;
    }

    /** The operation, for the table. */
    public Operation operation() {
        return Operation.writing(
                "$reconcile",
                "urn:andiron:operation:reconcile",
                EnumSet.of(Level.SYSTEM),
                Set.of(),
                this::perform);
    }

    private FhirResponse perform(OperationCall call) {
        OperationParameters parameters = call.parameters();
        parameters.refuseOthers(Set.of("composite", "repair", "content"));
        var request =
                new ReconcileRequest(
                        composites.nameFor(parameters.text("composite")),
                        parameters.flag("repair").orElse(false),
                        parameters.flag("content").orElse(false),
                        false);
        storage.blobs(); // refuses where there is no place for the lists
        Job job = jobs.submit(call.request(), ReconcileJob.KIND, request.json());
        return Jobs.accepted(call.request(), job);
    }
}
