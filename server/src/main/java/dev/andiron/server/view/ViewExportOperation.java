package dev.andiron.server.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.StoredLookups;
import dev.andiron.server.job.Jobs;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.server.operation.OperationParameter;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.server.operation.ParametersResource;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.tenant.Permission;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code $viewdefinition-export}: the tables of several views as files, made by a job. */
final class ViewExportOperation {
    private static final String TYPE = "ViewDefinition";
    private static final int MOST_VIEWS = 100;
    private static final int LONGEST_TRACKING_ID = 256;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
    private static final Set<String> PARTS = Set.of("name", "viewReference", "viewResource");
    private static final Set<String> KNOWN = known();

    private final StoredLookups lookups;
    private final ViewSource sources;
    private final Definitions definitions;
    private final Jobs jobs;

    ViewExportOperation(StoredLookups lookups, Definitions definitions, Jobs jobs) {
        this.lookups = lookups;
        sources = new ViewSource(lookups);
        this.definitions = definitions;
        this.jobs = jobs;
    }

    private static Set<String> known() {
        var known = new HashSet<>(Set.of("view", "clientTrackingId"));
        known.addAll(TableForm.PARAMETERS);
        known.addAll(ViewFilter.PARAMETERS);
        return Set.copyOf(known);
    }

    /** Starts the job, once it is sure that every view is valid. */
    FhirResponse start(OperationCall call) {
        FhirRequest request = call.request();
        if (!request.preferences().async()) {
            throw new FhirException(
                    400, "required", "An export takes its time; it needs Prefer: respond-async.");
        }
        request.tenant().require(Permission.READ);
        OperationParameters parameters = call.parameters();
        parameters.refuseOthers(KNOWN);
        var form = TableForm.read(parameters, Optional.empty());
        Optional<String> trackingId = parameters.text("clientTrackingId");
        if (trackingId.filter(id -> id.length() > LONGEST_TRACKING_ID).isPresent()) {
            throw new FhirException(
                    400,
                    "too-long",
                    "clientTrackingId takes at most %d characters.".formatted(LONGEST_TRACKING_ID));
        }
        var filter = ViewFilter.read(parameters, lookups.of(request.tenant()));
        var export =
                new ViewExportRequest(
                        views(request, parameters.all("view")), form, filter, trackingId);
        Job job = jobs.submit(request, ViewExportJob.KIND, export.json());
        String url = Jobs.statusUrl(request, job.id());
        var accepted = new ParametersResource().string("exportId", job.id().value());
        trackingId.ifPresent(id -> accepted.string("clientTrackingId", id));
        accepted.value("status", "Code", JsonString.of("accepted"))
                .value("location", "Uri", JsonString.of(url));
        return FhirResponse.of(202, Content.of(accepted.build()))
                .withHeader("Content-Location", url);
    }

    /** The tables that are asked for; what is wrong with their definitions is told at once. */
    private List<ViewExportRequest.Table> views(
            FhirRequest request, List<OperationParameter> parameters) {
        if (parameters.isEmpty() || parameters.size() > MOST_VIEWS) {
            throw new FhirException(
                    400,
                    parameters.isEmpty() ? "required" : "too-costly",
                    "An export takes from 1 to %d parameters 'view', not %d."
                            .formatted(MOST_VIEWS, parameters.size()));
        }
        var tables = new ArrayList<ViewExportRequest.Table>();
        var names = new HashSet<String>();
        var issues = new ArrayList<Issue>();
        for (int i = 0; i < parameters.size(); i++) {
            String place = "view[%d]".formatted(i);
            OperationParameter parameter = parameters.get(i);
            requireParts(parameter, place);
            JsonObject definition = definition(request, parameter, place);
            String source = parameter.part("viewResource").isPresent() ? "Resource" : "Reference";
            try {
                CompiledView.compile(definition, place + ".view" + source, definitions);
            } catch (FhirException e) {
                if (e.status() != 422) {
                    throw e;
                }
                issues.addAll(e.issues());
            }
            String name = name(parameter, definition, place);
            if (!names.add(name)) {
                throw new FhirException(
                        400, "value", "%s: the name '%s' is there twice.".formatted(place, name));
            }
            tables.add(new ViewExportRequest.Table(name, definition));
        }
        if (!issues.isEmpty()) {
            throw new FhirException(422, issues);
        }
        return tables;
    }

    private static void requireParts(OperationParameter parameter, String place) {
        var seen = new HashSet<String>();
        for (OperationParameter part : parameter.parts()) {
            if (!PARTS.contains(part.name())) {
                throw new FhirException(
                        400,
                        "not-supported",
                        "%s.%s is not known here; known are name, viewReference and viewResource."
                                .formatted(place, part.name()));
            }
            if (!seen.add(part.name())) {
                throw new FhirException(
                        400,
                        "value",
                        "%s.%s is given more than once.".formatted(place, part.name()));
            }
        }
        if (seen.contains("viewReference") == seen.contains("viewResource")) {
            throw new FhirException(
                    400,
                    "required",
                    "%s needs exactly one of viewReference and viewResource.".formatted(place));
        }
    }

    private JsonObject definition(FhirRequest request, OperationParameter view, String place) {
        Optional<OperationParameter> reference = view.part("viewReference");
        if (reference.isPresent()) {
            return sources.find(request.tenant(), reference.get(), TYPE, request.base());
        }
        return view.part("viewResource")
                .flatMap(OperationParameter::resource)
                .filter(resource -> resource.string("resourceType").orElse(TYPE).equals(TYPE))
                .orElseThrow(
                        () ->
                                new FhirException(
                                        400,
                                        "value",
                                        "%s.viewResource is a ViewDefinition.".formatted(place)));
    }

    /** The name that is given, else the definition's own. */
    private static String name(OperationParameter view, JsonObject definition, String place) {
        String name =
                view.part("name")
                        .map(part -> part.text().orElse(""))
                        .or(() -> definition.string("name"))
                        .orElseThrow(
                                () ->
                                        new FhirException(
                                                400,
                                                "required",
                                                "%s needs a name, as its definition has none."
                                                        .formatted(place)));
        if (!NAME.matcher(name).matches()) {
            throw new FhirException(
                    400,
                    "value",
                    "%s.name takes 1 to 64 letters, digits, hyphens and underscores, the first a"
                                    .formatted(place)
                            + " letter or a digit.");
        }
        return name;
    }
}
