package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.job.Jobs;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.server.operation.OperationParameter;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.Permission;
import dev.andiron.spi.tenant.TenantContext;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code $bulk-submit} and {@code $bulk-submit-status}, as the one who takes: a submission is one
 * manifest, whose files an import pulls under the submission's name.
 */
public final class SubmitOperations {
    private static final Set<String> NAMES = Set.of("submitter", "submissionId");
    private static final Set<String> KNOWN =
            Set.of(
                    "submitter",
                    "submissionId",
                    "submissionStatus",
                    "manifestUrl",
                    "fhirBaseUrl",
                    "outputFormat");

    private final Storage storage;
    private final ImportSettings settings;
    private final Jobs jobs;

    public SubmitOperations(Storage storage, ImportJob job, Jobs jobs) {
        this.storage = storage;
        settings = job.settings();
        this.jobs = jobs;
    }

    /** Both operations, for the table. */
    public List<Operation> operations() {
        return List.of(
                Operation.writing(
                        "$bulk-submit",
                        "urn:andiron:operation:bulk-submit",
                        EnumSet.of(Level.SYSTEM),
                        Set.of(),
                        this::submit),
                Operation.writing(
                        "$bulk-submit-status",
                        "urn:andiron:operation:bulk-submit-status",
                        EnumSet.of(Level.SYSTEM),
                        Set.of(),
                        this::status));
    }

    private FhirResponse submit(OperationCall call) {
        FhirRequest request = call.request();
        TenantContext tenant = request.tenant();
        tenant.require(Permission.WRITE);
        OperationParameters parameters = call.parameters();
        parameters.refuseOthers(KNOWN);
        String name = name(parameters);
        Optional<String> status = parameters.one("submissionStatus").map(SubmitOperations::code);
        if (status.filter("aborted"::equals).isPresent()) {
            storage.jobs().cancel(tenant, find(request, name).id());
            return told("The submission is aborted; what it has stored stays.");
        }
        if (status.filter(code -> !Set.of("in-progress", "complete").contains(code)).isPresent()) {
            throw new FhirException(
                    400,
                    "value",
                    "submissionStatus takes in-progress, complete and aborted, not '%s'."
                            .formatted(status.get()));
        }
        Optional<String> manifest = parameters.text("manifestUrl");
        if (manifest.isEmpty()) {
            find(request, name);
            return told("The submission is known.");
        }
        requireLines(parameters);
        var asked =
                new ImportRequest(
                        request.base(),
                        List.of(),
                        Optional.of(manifest(manifest.get())),
                        Optional.of(name));
        if (storage.jobs().read(tenant, id(request, name)).isEmpty()) {
            jobs.requireRoom(tenant);
        }
        Job job = jobs.submit(request, id(request, name), ImportJob.KIND, asked.json());
        if (!ImportRequest.of(job.request()).manifest().equals(asked.manifest())) {
            throw new FhirException(
                    409,
                    "conflict",
                    "The submission has a manifest already; this server takes one for each.");
        }
        return told("Accepted: $bulk-submit-status tells how it goes.");
    }

    private ImportRequest.Manifest manifest(String url) {
        try {
            RemoteFiles.require(settings, url);
        } catch (SourceException e) {
            throw new FhirException(400, "forbidden", e.getMessage());
        }
        return new ImportRequest.Manifest(url, false, Optional.empty());
    }

    private static void requireLines(OperationParameters parameters) {
        Optional<String> format = parameters.text("outputFormat");
        if (format.filter(text -> !text.endsWith("ndjson")).isPresent()) {
            throw new FhirException(
                    400,
                    "not-supported",
                    "outputFormat takes application/fhir+ndjson, not '%s'."
                            .formatted(format.get()));
        }
    }

    private FhirResponse status(OperationCall call) {
        FhirRequest request = call.request();
        call.parameters().refuseOthers(NAMES);
        return Jobs.accepted(request, find(request, name(call.parameters())));
    }

    private Job find(FhirRequest request, String name) {
        return storage.jobs()
                .read(request.tenant(), id(request, name))
                .orElseThrow(
                        () -> new FhirException(404, "not-found", "There is no such submission."));
    }

    /** A submission is known by who submits it and by its id there. */
    private static String name(OperationParameters parameters) {
        JsonObject submitter =
                parameters
                        .one("submitter")
                        .flatMap(OperationParameter::object)
                        .orElseThrow(
                                () ->
                                        new FhirException(
                                                400, "required", "submitter is an Identifier."));
        String id =
                parameters
                        .text("submissionId")
                        .orElseThrow(
                                () ->
                                        new FhirException(
                                                400, "required", "submissionId is missing."));
        return "%s|%s|%s"
                .formatted(
                        submitter.string("system").orElse(""),
                        submitter
                                .string("value")
                                .orElseThrow(
                                        () ->
                                                new FhirException(
                                                        400,
                                                        "required",
                                                        "submitter has no value.")),
                        id);
    }

    private static String code(OperationParameter parameter) {
        return parameter.object().flatMap(coding -> coding.string("code")).orElse("");
    }

    /** Each principal has submissions of its own, whatever others call theirs. */
    private static JobId id(FhirRequest request, String name) {
        String whose = request.principal().map(principal -> principal + "\n" + name).orElse(name);
        return new JobId(DerivedId.of("submission", 0, whose.getBytes(StandardCharsets.UTF_8)));
    }

    private static FhirResponse told(String text) {
        return FhirResponse.outcome(200, List.of(Issue.information("informational", text)));
    }
}
