package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.path.DateInterval;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.export.ExportRequest.Associated;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirRules;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.interaction.ResultParameters;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.server.operation.OperationParameter;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.server.view.ViewSource;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads what an export is asked for, and judges all of it before the job begins. */
final class ExportParameters {
    private static final int MOST_FILTERS = 100;
    private static final int LONGEST_FILTER = 2_000;
    private static final int MOST_PATIENTS = 20_000;
    private static final int MOST_ELEMENTS = 500;

    private static final Set<String> KNOWN =
            Set.of(
                    "_outputFormat",
                    "_since",
                    "_until",
                    "_type",
                    "_typeFilter",
                    "_elements",
                    "patient",
                    "includeAssociatedData",
                    "organizeOutputBy",
                    "allowPartialManifests",
                    "view");

    private static final Set<String> FORMATS =
            Set.of("application/fhir+ndjson", "application/ndjson", "ndjson");

    private static final Set<String> TABLES = Set.of("application/vnd.apache.parquet", "parquet");

    private static final int MOST_TABLES = 20;

    /** What says how a search is answered, not what matches. */
    private static final Set<String> RESULT =
            Set.of(
                    "_sort",
                    "_count",
                    "_include",
                    "_revinclude",
                    "_summary",
                    "_total",
                    "_elements",
                    "_contained",
                    "_containedType",
                    "_score",
                    "_maxresults",
                    "_explain",
                    "_type");

    /** Between two filters of one value there is a comma, and a type behind it. */
    private static final Pattern BETWEEN = Pattern.compile(",(?=[A-Z][A-Za-z]*\\?)");

    private final Storage storage;
    private final FhirRules rules;
    private final ViewSource views;
    private final boolean newMembers;
    private final FhirRequest request;
    private final OperationParameters given;
    private final ExportLevel level;
    private final Optional<String> group;
    private final ExportNotes notes;

    ExportParameters(
            Storage storage,
            FhirRules rules,
            ViewSource views,
            boolean newMembers,
            OperationCall call,
            ExportLevel level) {
        this.storage = storage;
        this.rules = rules;
        this.views = views;
        this.newMembers = newMembers;
        request = call.request();
        given = call.parameters();
        this.level = level;
        group = level == ExportLevel.GROUP ? Optional.of(request.path().get(1)) : Optional.empty();
        notes = new ExportNotes(request.preferences().lenient());
    }

    /**
     * All of it.
     *
     * @throws FhirException 400 telling everything that cannot be done, 404 without the group
     */
    ExportRequest read() {
        group.ifPresent(this::requireGroup);
        requireKnown();
        List<ExportTable> tables = format() ? tables() : withoutTables();
        Set<String> named = types(tables);
        var inside = new TreeSet<String>();
        var referred = new TreeSet<String>();
        for (String type : named.isEmpty() ? all() : named) {
            if (belongs(type)) {
                inside.add(type);
            } else if (!named.isEmpty()) {
                referred.add(type);
            }
        }
        if (inside.isEmpty()) {
            throw new FhirException(
                    400,
                    "value",
                    "_type: resources of the types %s never belong to a patient."
                            .formatted(String.join(", ", referred)));
        }
        Optional<Instant> since = instant("_since");
        Optional<Instant> until = instant("_until");
        List<TypeFilter> filters = filters(named);
        Set<String> elements = elements(inside);
        Optional<Set<String>> patients = patients();
        Associated provenance = provenance();
        Optional<String> organizedBy = organizedBy();
        if (!tables.isEmpty()) {
            refuseBeside(organizedBy.isPresent(), "organizeOutputBy");
            refuseBeside(!elements.isEmpty(), "_elements");
        }
        boolean partial = flag("allowPartialManifests");
        return new ExportRequest(
                level,
                group,
                url(),
                request.base(),
                inside,
                referred,
                since,
                until,
                filters,
                elements,
                patients,
                provenance,
                newMembers,
                organizedBy,
                tables,
                partial,
                notes.passedOver());
    }

    private void requireGroup(String id) {
        if (live("Group", id).isEmpty()) {
            throw new FhirException(404, "not-found", "There is no Group '%s'.".formatted(id));
        }
    }

    private Optional<StoredResource> live(String type, String id) {
        return storage.resources()
                .read(request.tenant(), new ResourceKey(type, id))
                .filter(found -> !found.deleted());
    }

    private void requireKnown() {
        for (OperationParameter parameter : given.all()) {
            if (!KNOWN.contains(parameter.name())
                    && !ResultParameters.FORM.contains(parameter.name())) {
                notes.unsupported(
                        "The parameter '%s' is not known here; known are %s."
                                .formatted(
                                        parameter.name(), String.join(", ", new TreeSet<>(KNOWN))));
            }
        }
    }

    /** Whether tables are asked for. */
    private boolean format() {
        Optional<String> format =
                given.text("_outputFormat")
                        .map(text -> text.replace(' ', '+')); // a plus sign that was not escaped
        boolean isTables = format.filter(TABLES::contains).isPresent();
        if (!isTables) {
            format.filter(text -> !FORMATS.contains(text))
                    .ifPresent(
                            text -> {
                                var possible = new TreeSet<>(FORMATS);
                                possible.addAll(TABLES);
                                notes.unsupported(
                                        "_outputFormat: '%s' is not possible; %s are."
                                                .formatted(text, String.join(", ", possible)));
                            });
        }
        return isTables;
    }

    private List<ExportTable> withoutTables() {
        if (!given.all("view").isEmpty()) {
            notes.unsupported("view: it is possible with _outputFormat=parquet.");
        }
        return List.of();
    }

    /** The views whose rows are asked for; each is checked. */
    private List<ExportTable> tables() {
        List<OperationParameter> named = given.all("view");
        if (named.isEmpty() || named.size() > MOST_TABLES) {
            throw new FhirException(
                    400,
                    named.isEmpty() ? "required" : "too-costly",
                    "_outputFormat: Parquet takes from 1 to %d parameters 'view', each a reference to a ViewDefinition, not %d."
                            .formatted(MOST_TABLES, named.size()));
        }
        var tables = new ArrayList<ExportTable>();
        for (OperationParameter parameter : named) {
            JsonObject definition =
                    views.find(request.tenant(), parameter, "ViewDefinition", request.base());
            CompiledView view = CompiledView.compile(definition, "view", rules.definitions());
            String name = view.name().isEmpty() ? view.resourceType() : view.name();
            if (!name.matches("[A-Za-z][A-Za-z0-9_]{0,63}")
                    || tables.stream().anyMatch(table -> table.name().equals(name))) {
                throw new FhirException(
                        400,
                        "value",
                        "view: '%s' cannot be the name of a table, or is one already."
                                .formatted(name));
            }
            tables.add(new ExportTable(name, view.resourceType(), definition));
        }
        return tables;
    }

    private static void refuseBeside(boolean isGiven, String name) {
        if (isGiven) {
            throw new FhirException(
                    400, "not-supported", name + ": it does not go with tables of views.");
        }
    }

    private Set<String> all() {
        var all = new TreeSet<String>();
        rules.definitions().resourceTypes().stream()
                .filter(rules::isResourceType)
                .forEach(all::add);
        return all;
    }

    private boolean belongs(String type) {
        return level == ExportLevel.SYSTEM
                || type.equals("Patient")
                || !ExportContext.codes(rules, type).isEmpty();
    }

    /** The types that are asked for, which are those of the tables if there are any. */
    private Set<String> types(List<ExportTable> tables) {
        Set<String> types = types();
        if (tables.isEmpty()) {
            return types;
        }
        var ofTables = new TreeSet<String>();
        tables.forEach(table -> ofTables.add(table.type()));
        if (!types.isEmpty() && !types.equals(ofTables)) {
            throw new FhirException(
                    400,
                    "value",
                    "_type: the views are of %s; it may be left out."
                            .formatted(String.join(", ", ofTables)));
        }
        return ofTables;
    }

    /** The types that are asked for; empty for all. */
    private Set<String> types() {
        var types = new TreeSet<String>();
        List<String> named = listed("_type");
        for (String type : named) {
            if (rules.isResourceType(type)) {
                types.add(type);
            } else {
                notes.unsupported(
                        "_type: '%s' is not a resource type of FHIR %s."
                                .formatted(type, rules.version()));
            }
        }
        if (!named.isEmpty() && types.isEmpty()) {
            throw new FhirException(
                    400, "value", "_type: '%s' names no type.".formatted(String.join(",", named)));
        }
        return types;
    }

    private List<String> listed(String name) {
        return given.texts(name).stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private Optional<Instant> instant(String name) {
        return given.period(name).map(DateInterval::low);
    }

    private boolean flag(String name) {
        return given.flag(name).orElse(false);
    }

    private List<TypeFilter> filters(Set<String> named) {
        var filters = new ArrayList<TypeFilter>();
        for (String text : given.texts("_typeFilter")) {
            for (String each : BETWEEN.split(text)) {
                try {
                    filters.add(filter(each, named));
                } catch (FhirException e) {
                    notes.unsupported("_typeFilter=" + each, e);
                }
            }
        }
        if (filters.size() > MOST_FILTERS) {
            throw new FhirException(
                    400,
                    "too-costly",
                    "_typeFilter is given %d times; at most %d are possible."
                            .formatted(filters.size(), MOST_FILTERS));
        }
        return filters;
    }

    private TypeFilter filter(String text, Set<String> named) {
        int question = text.indexOf('?');
        String type = question < 0 ? text : text.substring(0, question);
        if (question < 0 || text.length() > LONGEST_FILTER) {
            throw refused(
                    "takes a type, a question mark and a search, %d characters at most"
                            .formatted(LONGEST_FILTER));
        }
        if (!rules.isResourceType(type) || !belongs(type)) {
            throw refused("'%s' is not a type that is exported here".formatted(type));
        }
        if (!named.isEmpty() && !named.contains(type)) {
            throw refused("'%s' is not among the types of _type".formatted(type));
        }
        String query = text.substring(question + 1);
        Parameters parameters = Parameters.parse(query);
        for (Parameters.Entry entry : parameters.entries()) {
            if (RESULT.contains(entry.name().split(":", 2)[0])) {
                throw refused("'%s' does not say what matches".formatted(entry.name()));
            }
        }
        rules.search(request.tenant(), Optional.of(type), parameters, request.base(), false);
        return new TypeFilter(type, query);
    }

    private static FhirException refused(String why) {
        return new FhirException(400, "value", why + ".");
    }

    private Set<String> elements(Set<String> types) {
        var elements = new TreeSet<>(listed("_elements"));
        List<String> unknown = rules.unknownElements(types, String.join(",", elements));
        for (String element : unknown) {
            notes.unsupported(
                    "_elements: '%s' is no element of what is exported.".formatted(element));
        }
        unknown.forEach(elements::remove);
        if (elements.size() > MOST_ELEMENTS) {
            throw new FhirException(
                    400,
                    "too-costly",
                    "_elements names %d elements; at most %d are possible."
                            .formatted(elements.size(), MOST_ELEMENTS));
        }
        return elements;
    }

    private Optional<Set<String>> patients() {
        List<OperationParameter> named = given.all("patient");
        if (named.isEmpty()) {
            return Optional.empty();
        }
        if (level == ExportLevel.SYSTEM) {
            notes.unsupported("patient: it is possible on Patient/$export and Group/[id]/$export.");
            return Optional.empty();
        }
        var ids = new LinkedHashSet<String>();
        for (OperationParameter parameter : named) {
            ids.add(patient(parameter));
        }
        if (ids.size() > MOST_PATIENTS) {
            throw new FhirException(
                    400,
                    "too-costly",
                    "patient is given %d times; at most %d are possible; a Group takes more."
                            .formatted(ids.size(), MOST_PATIENTS));
        }
        Optional<Set<String>> members =
                group.map(
                        id ->
                                GroupMembers.of(
                                        key -> live(key.type(), key.id()), id, Instant.now()));
        for (String id : ids) {
            if (live("Patient", id).isEmpty()) {
                throw new FhirException(
                        400, "not-found", "patient: there is no Patient '%s'.".formatted(id));
            }
            if (members.filter(all -> !all.contains(id)).isPresent()) {
                throw new FhirException(
                        400,
                        "not-found",
                        "patient: Patient '%s' is not a member of Group '%s'."
                                .formatted(id, group.orElseThrow()));
            }
        }
        return Optional.of(ids);
    }

    private String patient(OperationParameter parameter) {
        String reference =
                parameter
                        .object()
                        .flatMap(object -> object.string("reference"))
                        .or(parameter::text)
                        .orElse("");
        String local =
                reference.startsWith(request.base() + "/")
                        ? reference.substring(request.base().length() + 1)
                        : reference;
        if (!local.matches("Patient/[A-Za-z0-9.-]{1,64}")) {
            throw new FhirException(
                    400,
                    "value",
                    "patient takes references such as Patient/123, not '%s'.".formatted(reference));
        }
        return local.substring("Patient/".length());
    }

    private Associated provenance() {
        Associated wanted = Associated.NONE;
        for (OperationParameter parameter : given.all("includeAssociatedData")) {
            for (String code : codes(parameter)) {
                switch (code) {
                    case "LatestProvenanceResources" ->
                            wanted = wanted == Associated.ALL ? wanted : Associated.LATEST;
                    case "RelevantProvenanceResources" -> wanted = Associated.ALL;
                    default ->
                            notes.unsupported(
                                    ("includeAssociatedData: '%s' is not possible;"
                                                    + " LatestProvenanceResources and"
                                                    + " RelevantProvenanceResources are.")
                                            .formatted(code));
                }
            }
        }
        return wanted;
    }

    private static List<String> codes(OperationParameter parameter) {
        return parameter
                .object()
                .flatMap(coding -> coding.string("code"))
                .or(parameter::text)
                .map(text -> Arrays.stream(text.split(",")).map(String::strip).toList())
                .orElse(List.of(""));
    }

    private Optional<String> organizedBy() {
        Optional<String> type = given.text("organizeOutputBy");
        if (type.filter(name -> !rules.isResourceType(name)).isPresent()) {
            notes.unsupported(
                    "organizeOutputBy: '%s' is not a resource type of FHIR %s."
                            .formatted(type.get(), rules.version()));
            return Optional.empty();
        }
        return type;
    }

    /** What was asked for, as a URL. */
    private String url() {
        String path = request.base() + "/" + String.join("/", request.path());
        String query = request.parameters().encoded();
        return query.isEmpty() ? path : path + "?" + query;
    }
}
