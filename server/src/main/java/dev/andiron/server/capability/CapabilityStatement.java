package dev.andiron.server.capability;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.server.interaction.Policy;
import dev.andiron.server.interaction.search.References;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.server.operation.OperationTable;
import dev.andiron.spi.Atomicity;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the CapabilityStatement of a server. */
public final class CapabilityStatement {
    /** Parameters that searches take although the standard gives them no expression. */
    private static final Set<String> UNWRITTEN = Set.of("_text", "_content", "_filter", "_list");

    private static final Set<String> FULL_TEXT = Set.of("_text", "_content");

    /** References to more types than this may lead to anything. */
    private static final int MOST_TARGETS = 50;

    private final Definitions definitions;
    private final Predicate<String> isServed;
    private final Capabilities storage;
    private final Set<SearchFeature> features;
    private final Policy policy;
    private final Function<TenantContext, SearchParameters> searched;
    private final OperationTable operations;
    private final Instant date;

    /**
     * @param isServed whether resources of a type are stored
     * @param storage what the storage declares
     * @param features what searches may use
     * @param searched the search parameters of a tenant
     * @param operations the operations that can be called
     * @param date when this server was started
     */
    public CapabilityStatement(
            Definitions definitions,
            Predicate<String> isServed,
            Capabilities storage,
            Set<SearchFeature> features,
            Policy policy,
            Function<TenantContext, SearchParameters> searched,
            OperationTable operations,
            Instant date) {
        this.definitions = definitions;
        this.isServed = isServed;
        this.storage = storage;
        this.features = features;
        this.policy = policy;
        this.searched = searched;
        this.operations = operations;
        this.date = date;
    }

    /** The resource, for clients of a tenant that reach the server at a base URL. */
    public JsonObject resource(TenantContext tenant, String base) {
        String version = CapabilityStatement.class.getPackage().getImplementationVersion();
        var software = JsonObject.builder().put("name", "Andiron");
        if (version != null) {
            software.put("version", version);
        }
        return JsonObject.builder()
                .put("resourceType", "CapabilityStatement")
                .put("status", "active")
                .put("date", date.toString())
                .put("kind", "instance")
                .put("software", software.build())
                .put(
                        "implementation",
                        JsonObject.builder()
                                .put("description", "Andiron FHIR server")
                                .put("url", base)
                                .build())
                .put("fhirVersion", definitions.publication())
                .put("format", strings("application/fhir+json", "application/fhir+xml"))
                .put(
                        "patchFormat",
                        strings(
                                "application/json-patch+json",
                                "application/merge-patch+json",
                                "application/fhir+json"))
                .put("rest", JsonArray.of(rest(searched.apply(tenant))))
                .build();
    }

    private String documentation() {
        var scanned = new TreeSet<>(features);
        scanned.removeAll(storage.search());
        String off =
                features.contains(SearchFeature.FULL_TEXT)
                        ? ""
                        : " _text and _content are not supported.";
        return searching(scanned) + off;
    }

    private static String searching(Set<SearchFeature> scanned) {
        return scanned.isEmpty()
                ? "The storage answers all searches itself."
                : "The server answers searches by these features by reading all resources of the"
                        + " types that are searched: "
                        + scanned.stream()
                                .map(feature -> feature.name().toLowerCase(Locale.ROOT))
                                .map(feature -> feature.replace('_', ' '))
                                .collect(Collectors.joining(", "))
                        + ".";
    }

    private JsonObject rest(SearchParameters parameters) {
        var interactions = new ArrayList<String>();
        if (storage.atomicity() == Atomicity.COMMIT) {
            interactions.add("transaction");
        }
        interactions.add("batch");
        interactions.add("search-system");
        if (storage.history().contains(HistoryLevel.SYSTEM)) {
            interactions.add("history-system");
        }
        List<String> names =
                definitions.resourceTypes().stream().filter(isServed).sorted().toList();
        Map<String, List<String>> reverseIncludes = reverseIncludes(parameters, names);
        List<JsonObject> types =
                names.stream()
                        .map(
                                name ->
                                        type(
                                                name,
                                                parameters,
                                                reverseIncludes.getOrDefault(name, List.of())))
                        .toList();
        List<JsonObject> ofAllTypes =
                parameters.searchParameters("Patient").stream()
                        .filter(this::isSearched)
                        .filter(CapabilityStatement::isOfAllTypes)
                        .sorted(Comparator.comparing(SearchParameter::code))
                        .map(CapabilityStatement::parameter)
                        .toList();
        return JsonObject.builder()
                .put("mode", "server")
                .put("documentation", documentation())
                .put("resource", JsonArray.of(types))
                .put("interaction", coded(interactions))
                .putArray("searchParam", ofAllTypes)
                .putArray(
                        "operation", operations(each -> each.isOn(Level.SYSTEM, Optional.empty())))
                .build();
    }

    private List<JsonObject> operations(Predicate<Operation> which) {
        return operations.all().stream()
                .filter(which)
                .map(
                        operation ->
                                JsonObject.builder()
                                        .put("name", operation.code())
                                        .put("definition", operation.definition())
                                        .build())
                .toList();
    }

    private static boolean isOnType(Operation operation, String type) {
        return Stream.of(Level.TYPE, Level.INSTANCE, Level.VERSION)
                .anyMatch(level -> operation.isOn(level, Optional.of(type)));
    }

    private JsonObject type(
            String name, SearchParameters searchParameters, List<String> reverseIncludes) {
        var type =
                JsonObject.builder()
                        .put("type", name)
                        .put("interaction", coded(interactions()))
                        .put("versioning", storage.versioning() ? "versioned" : "no-version")
                        .put("readHistory", storage.versioning())
                        .put("updateCreate", true)
                        .put("conditionalCreate", true)
                        .put("conditionalRead", "full-support")
                        .put("conditionalUpdate", true)
                        .put("conditionalDelete", policy.deleteSeveral() ? "multiple" : "single");
        List<JsonObject> parameters =
                searchParameters.searchParameters(name).stream()
                        .filter(this::isSearched)
                        .filter(parameter -> !isOfAllTypes(parameter))
                        .sorted(Comparator.comparing(SearchParameter::code))
                        .map(CapabilityStatement::parameter)
                        .toList();
        return type.put("searchInclude", strings(includes(searchParameters, name)))
                .put(
                        "searchRevInclude",
                        strings(
                                Stream.concat(Stream.of("*"), reverseIncludes.stream())
                                        .toArray(String[]::new)))
                .putArray("searchParam", parameters)
                .putArray("operation", operations(each -> isOnType(each, name)))
                .build();
    }

    private List<String> interactions() {
        var interactions = new ArrayList<String>();
        interactions.add("read");
        if (storage.versioning()) {
            interactions.add("vread");
        }
        interactions.addAll(List.of("update", "patch", "delete"));
        if (storage.history().contains(HistoryLevel.INSTANCE)) {
            interactions.add("history-instance");
        }
        if (storage.history().contains(HistoryLevel.TYPE)) {
            interactions.add("history-type");
        }
        interactions.addAll(List.of("create", "search-type"));
        return interactions;
    }

    /** Those of Resource are told once. */
    private static boolean isOfAllTypes(SearchParameter parameter) {
        return parameter.base().equals("Resource");
    }

    private boolean isSearched(SearchParameter parameter) {
        if (FULL_TEXT.contains(parameter.code()) && !features.contains(SearchFeature.FULL_TEXT)) {
            return false;
        }
        return !parameter.expression().isEmpty() || UNWRITTEN.contains(parameter.code());
    }

    private static JsonObject parameter(SearchParameter parameter) {
        return JsonObject.builder()
                .put("name", parameter.code())
                .put("definition", parameter.url())
                .put("type", parameter.type().code())
                .build();
    }

    private static String[] includes(SearchParameters parameters, String type) {
        return Stream.concat(
                        Stream.of("*"),
                        References.of(parameters.searchParameters(type)).stream()
                                .map(parameter -> type + ":" + parameter.code())
                                .sorted())
                .toArray(String[]::new);
    }

    /**
     * For each type what may refer to it: {@code Observation:subject}. What may refer to every type
     * would be most of the statement and tell nothing, so it is left out; it is included all the
     * same.
     */
    private static Map<String, List<String>> reverseIncludes(
            SearchParameters parameters, List<String> types) {
        Map<String, List<String>> all = new HashMap<>();
        for (String source : types) {
            for (SearchParameter parameter : References.of(parameters.searchParameters(source))) {
                if (parameter.targets().isEmpty() || parameter.targets().size() > MOST_TARGETS) {
                    continue;
                }
                String include = source + ":" + parameter.code();
                for (String target : types) {
                    if (References.leadsTo(parameter, target)) {
                        all.computeIfAbsent(target, _ -> new ArrayList<>()).add(include);
                    }
                }
            }
        }
        all.values().forEach(Collections::sort);
        return all;
    }

    private static JsonArray coded(List<String> codes) {
        return JsonArray.of(
                codes.stream()
                        .map(code -> JsonObject.builder().put("code", code).build())
                        .toList());
    }

    private static JsonArray strings(String... texts) {
        return JsonArray.of(List.of(texts).stream().map(JsonString::of).toList());
    }
}
