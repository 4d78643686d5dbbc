package dev.andiron.server.composite;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.job.Jobs;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobList;
import dev.andiron.spi.job.JobState;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** {@code $rebuild}: a follower is built anew from its primary. */
public final class RebuildOperation {
    private final Storage storage;
    private final Composites composites;
    private final Jobs jobs;

    public RebuildOperation(Storage storage, Composites composites, Jobs jobs) {
        this.storage = storage;
        this.composites = composites;
        this.jobs = jobs;
    }

    /** The operation, for the table. */
    public Operation operation() {
        return Operation.writing(
                "$rebuild",
                "urn:andiron:operation:rebuild",
                EnumSet.of(Level.SYSTEM),
                Set.of(),
                this::perform);
    }

    private FhirResponse perform(OperationCall call) {
        call.parameters().refuseOthers(Set.of("composite"));
        String name = composites.nameFor(call.parameters().text("composite"));
        if (!composites.byName().get(name).rebuild().isPossible()) {
            throw new StorageException.NotSupported(
                    "the follower of '%s' cannot be rebuilt while searches go on".formatted(name));
        }
        var open =
                new JobList(
                        Set.of(RebuildJob.KIND),
                        EnumSet.of(JobState.ACCEPTED, JobState.RUNNING),
                        Optional.empty(),
                        1);
        if (!storage.jobs().list(call.request().tenant(), open).isEmpty()) {
            throw new FhirException(
                    409, "conflict", "A rebuild of this tenant's data waits or runs already.");
        }
        Job job = jobs.submit(call.request(), RebuildJob.KIND, RebuildJob.request(name));
        return Jobs.accepted(call.request(), job);
    }
}
