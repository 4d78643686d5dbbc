package dev.andiron.server.export;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.FhirRules;
import dev.andiron.server.job.Jobs;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.server.view.ViewSource;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.ClaimStrategy;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.tenant.Permission;

import java.util.List;
import java.util.Set;

/** {@code $export}: starts the jobs that write resources into files. */
public final class ExportOperations {
    private static final String BASE = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/";
    private static final String NAME = "$export";

    private final Storage storage;
    private final FhirRules rules;
    private final Jobs jobs;
    private final ViewSource views;
    private final boolean newMembers;

    private ExportOperations(
            Storage storage,
            FhirRules rules,
            ViewSource views,
            Jobs jobs,
            ExportSettings settings) {
        this.storage = storage;
        this.rules = rules;
        this.views = views;
        this.jobs = jobs;
        newMembers = settings.newMembers();
    }

    /**
     * The operations; none if the storage lacks what an export needs.
     *
     * @param views finds the views whose rows are exported
     */
    public static List<Operation> of(
            Storage storage,
            FhirRules rules,
            ViewSource views,
            Jobs jobs,
            ExportSettings settings) {
        if (!isPossible(storage.capabilities())) {
            return List.of();
        }
        var exports = new ExportOperations(storage, rules, views, jobs, settings);
        return List.of(
                Operation.reading(
                        NAME,
                        BASE + "export",
                        Set.of(Level.SYSTEM),
                        Set.of(),
                        call -> exports.start(call, ExportLevel.SYSTEM)),
                Operation.reading(
                        NAME,
                        BASE + "patient-export",
                        Set.of(Level.TYPE),
                        Set.of("Patient"),
                        call -> exports.start(call, ExportLevel.PATIENT)),
                Operation.reading(
                        NAME,
                        BASE + "group-export",
                        Set.of(Level.INSTANCE),
                        Set.of("Group"),
                        call -> exports.start(call, ExportLevel.GROUP)));
    }

    private static boolean isPossible(Capabilities storage) {
        return storage.blobs()
                && storage.claims() != ClaimStrategy.NONE
                && storage.changeFeed()
                && storage.history().containsAll(Set.of(HistoryLevel.values()));
    }

    private FhirResponse start(OperationCall call, ExportLevel level) {
        FhirRequest request = call.request();
        if (!request.preferences().async()) {
            throw new FhirException(
                    400, "required", "An export takes its time; it needs Prefer: respond-async.");
        }
        request.tenant().require(Permission.READ);
        ExportRequest export =
                new ExportParameters(storage, rules, views, newMembers, call, level).read();
        return Jobs.accepted(request, jobs.submit(request, ExportJob.KIND, export.json()));
    }
}
