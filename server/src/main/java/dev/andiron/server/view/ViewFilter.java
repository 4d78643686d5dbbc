package dev.andiron.server.view;

import dev.andiron.fhir.definition.CompartmentDefinition;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.path.DateInterval;
import dev.andiron.fhir.terminology.ResourceLookup;
import dev.andiron.server.operation.OperationParameter;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.RangeOperator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which resources a table is about: {@code patient}, {@code group} and {@code _since}.
 *
 * @param patients only the compartments of these patients; empty means no such bound
 * @param members only the compartments of these members of groups; empty means no such bound
 * @param since only what was written then or later
 */
record ViewFilter(
        Optional<Set<String>> patients,
        Optional<Set<String>> members,
        Optional<DateInterval> since) {
    /** More would not fit into one statement of a database. */
    private static final int MOST_PATIENTS = 2_000;

    /** The names of the parameters that it reads. */
    static final Set<String> PARAMETERS = Set.of("patient", "group", "_since");

    /**
     * Reads it.
     *
     * @param stored where patients and groups are looked up
     * @throws FhirException 400 for a patient or group that is not there
     */
    static ViewFilter read(OperationParameters parameters, ResourceLookup stored) {
        return new ViewFilter(
                patients(parameters, stored),
                members(parameters, stored),
                parameters.period("_since"));
    }

    private static Optional<Set<String>> patients(
            OperationParameters parameters, ResourceLookup stored) {
        List<OperationParameter> named = parameters.all("patient");
        if (named.isEmpty()) {
            return Optional.empty();
        }
        var ids = new LinkedHashSet<String>();
        for (OperationParameter parameter : named) {
            String id = id(parameter, "Patient");
            require(stored, "Patient", id);
            ids.add(id);
        }
        return Optional.of(bounded(ids, "patient"));
    }

    private static Optional<Set<String>> members(
            OperationParameters parameters, ResourceLookup stored) {
        List<OperationParameter> named = parameters.all("group");
        if (named.isEmpty()) {
            return Optional.empty();
        }
        var ids = new LinkedHashSet<String>();
        for (OperationParameter parameter : named) {
            JsonObject group = require(stored, "Group", id(parameter, "Group"));
            for (JsonObject member : group.objects("member")) {
                boolean inactive = member.get("inactive") == JsonBoolean.TRUE;
                Optional<String> reference =
                        member.object("entity").flatMap(entity -> entity.string("reference"));
                if (!inactive && reference.isPresent() && isPatient(reference.get())) {
                    ids.add(lastSegment(reference.get()));
                }
            }
        }
        return Optional.of(bounded(ids, "group"));
    }

    private static Set<String> bounded(Set<String> ids, String name) {
        if (ids.size() > MOST_PATIENTS) {
            throw new FhirException(
                    422,
                    "too-costly",
                    "%s stands for %d patients; at most %d are possible in one table."
                            .formatted(name, ids.size(), MOST_PATIENTS));
        }
        return Set.copyOf(ids);
    }

    private static boolean isPatient(String reference) {
        return reference.startsWith("Patient/");
    }

    private static String lastSegment(String reference) {
        return reference.split("/")[1];
    }

    private static String id(OperationParameter parameter, String type) {
        String reference =
                parameter
                        .text()
                        .or(() -> parameter.object().flatMap(object -> object.string("reference")))
                        .orElse("");
        String id =
                reference.startsWith(type + "/")
                        ? reference.substring(type.length() + 1)
                        : reference;
        if (!id.matches("[A-Za-z0-9.-]{1,64}")) {
            throw new FhirException(
                    400,
                    "value",
                    "%s takes a reference such as %s/1, not '%s'."
                            .formatted(parameter.name(), type, reference));
        }
        return id;
    }

    private static JsonObject require(ResourceLookup stored, String type, String id) {
        return stored.read(type, id)
                .orElseThrow(
                        () ->
                                new FhirException(
                                        400,
                                        "not-found",
                                        "There is no %s/%s.".formatted(type, id)));
    }

    /** What {@link #json} wrote. */
    static ViewFilter of(JsonObject json) {
        return new ViewFilter(
                ids(json, "patients"),
                ids(json, "members"),
                json.string("since")
                        .map(
                                since ->
                                        new DateInterval(
                                                Instant.parse(since),
                                                Instant.parse(
                                                        json.string("sinceEnd").orElseThrow()))));
    }

    private static Optional<Set<String>> ids(JsonObject json, String name) {
        return json.array(name)
                .map(
                        array -> {
                            Set<String> ids = new LinkedHashSet<>();
                            array.forEach(id -> ids.add(((JsonString) id).value()));
                            return ids;
                        });
    }

    /** The same, to be kept with a job. */
    JsonObject json() {
        var json = JsonObject.builder();
        patients.ifPresent(ids -> json.put("patients", array(ids)));
        members.ifPresent(ids -> json.put("members", array(ids)));
        since.ifPresent(
                time ->
                        json.put("since", time.low().toString())
                                .put("sinceEnd", time.high().toString()));
        return json.build();
    }

    private static JsonArray array(Set<String> ids) {
        return JsonArray.of(new TreeSet<>(ids).stream().map(JsonString::of).toList());
    }

    /** Whether everything passes. */
    boolean isEmpty() {
        return patients.isEmpty() && members.isEmpty() && since.isEmpty();
    }

    /** The same as a criterion on resources of a type. */
    Criterion criterion(String type, Definitions definitions) {
        var all = new ArrayList<Criterion>();
        patients.ifPresent(ids -> all.add(compartments(type, ids, definitions)));
        members.ifPresent(ids -> all.add(compartments(type, ids, definitions)));
        since.ifPresent(
                time ->
                        all.add(
                                new Criterion.LastUpdated(
                                        RangeOperator.GE, time.low(), time.low().plusMillis(1))));
        return all.isEmpty() ? Criterion.everything() : new Criterion.All(all);
    }

    private static Criterion compartments(String type, Set<String> ids, Definitions definitions) {
        var any = new ArrayList<Criterion>();
        if (type.equals("Patient")) {
            any.add(new Criterion.Id(ids));
        }
        List<String> parameters =
                definitions
                        .compartment("Patient")
                        .map((CompartmentDefinition patient) -> patient.parameters(type))
                        .orElse(List.of());
        for (String parameter : parameters) {
            for (String id : ids) {
                any.add(
                        new Criterion.Value(
                                parameter,
                                new ValueTest.LocalReference(
                                        Optional.of("Patient"), id, Optional.empty())));
            }
        }
        return new Criterion.Any(any);
    }
}
