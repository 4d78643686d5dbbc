package dev.andiron.server.interaction;

import dev.andiron.fhir.bundle.References;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.format.Subset;
import dev.andiron.fhir.format.Summary;
import dev.andiron.fhir.format.XmlFormat;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.patch.Patches;
import dev.andiron.fhir.search.Handling;
import dev.andiron.fhir.search.ParsedSearch;
import dev.andiron.fhir.search.QueryParameter;
import dev.andiron.fhir.search.SearchContext;
import dev.andiron.fhir.search.SearchLimits;
import dev.andiron.fhir.search.SearchParser;
import dev.andiron.fhir.validation.StructureValidator;
import dev.andiron.fhir.validation.ValidationLevel;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.tenant.TenantContext;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The rules of a FHIR release, from its condensed definitions. */
public final class SpecificationRules implements FhirRules {
    /** Types that only carry the input and output of operations. */
    private static final Set<String> NOT_STORED = Set.of("Parameters");

    private final Definitions definitions;
    private final StructureValidator validator;
    private final ValidationLevel level;
    private final SearchParameterRegistry registry;
    private final StoredLookups lookups;
    private final SearchParser parser;
    private final Subset subset;
    private final XmlFormat xml;
    private final References references;
    private final Patches patches;

    /**
     * Rules of a release.
     *
     * @param level how strictly resources are checked
     * @param bases the base URLs that references may name this server by
     * @param limits the bounds of a search
     * @param lookups where searches find the resources that their values name
     * @param clock what searches call now
     */
    public SpecificationRules(
            FhirVersion version,
            ValidationLevel level,
            List<String> bases,
            SearchLimits limits,
            StoredLookups lookups,
            InstantSource clock) {
        this(
                version,
                level,
                bases,
                limits,
                lookups,
                SearchParameterRegistry.standard(Definitions.of(version), bases),
                clock);
    }

    /**
     * Rules of a release with search parameters of the tenants' own.
     *
     * @param registry what searches of a tenant may ask for
     */
    public SpecificationRules(
            FhirVersion version,
            ValidationLevel level,
            List<String> bases,
            SearchLimits limits,
            StoredLookups lookups,
            SearchParameterRegistry registry,
            InstantSource clock) {
        definitions = Definitions.of(version);
        this.registry = registry;
        validator = new StructureValidator(definitions);
        this.level = level;
        this.lookups = lookups;
        parser = new SearchParser(definitions, bases, clock, limits);
        subset = new Subset(definitions);
        xml = new XmlFormat(definitions);
        references = new References(definitions);
        patches = new Patches(definitions);
    }

    @Override
    public Patches patches() {
        return patches;
    }

    @Override
    public Definitions definitions() {
        return definitions;
    }

    @Override
    public SearchParameters searchParameters(TenantContext tenant) {
        return registry.parameters(tenant);
    }

    @Override
    public void commit(TenantContext tenant, Commit commit, Runnable write) {
        registry.commit(tenant, commit, write);
    }

    @Override
    public References references() {
        return references;
    }

    @Override
    public FhirVersion version() {
        return definitions.version();
    }

    @Override
    public boolean isResourceType(String name) {
        return definitions.isResourceType(name) && !NOT_STORED.contains(name);
    }

    @Override
    public List<Issue> validate(JsonObject resource) {
        return validator.validate(resource, level);
    }

    @Override
    public List<SearchValue> searchValues(
            TenantContext tenant, JsonObject resource, Set<SearchFeature> features) {
        return registry.extractor(tenant).extract(resource, features);
    }

    /** The same for a resource that is stored. */
    public List<SearchValue> searchValues(
            TenantContext tenant, StoredResource resource, Set<SearchFeature> features) {
        return searchValues(tenant, JsonReader.readObject(resource.content().bytes()), features);
    }

    @Override
    public Criterion criterion(
            TenantContext tenant, String type, Parameters criteria, String base) {
        Criterion criterion = parser.parseCriteria(context(tenant), type, listed(criteria));
        List<Issue> incomplete = incomplete(tenant, Set.of(type), criterion, List.of());
        if (!incomplete.isEmpty()) {
            throw new FhirException(409, incomplete);
        }
        return criterion;
    }

    @Override
    public ParsedSearch search(
            TenantContext tenant,
            Optional<String> type,
            Parameters parameters,
            String base,
            boolean lenient) {
        var handling = lenient ? Handling.LENIENT : Handling.STRICT;
        List<QueryParameter> listed = listed(parameters);
        ParsedSearch plan =
                type.isPresent()
                        ? parser.parse(context(tenant), type.get(), listed, handling)
                        : parser.parse(context(tenant), listed, handling);
        List<Issue> incomplete = incomplete(tenant, plan.types(), plan.criterion(), plan.sort());
        return incomplete.isEmpty() ? plan : plan.with(incomplete);
    }

    /**
     * Says of each parameter of a search that is still being indexed that it may miss something.
     */
    private List<Issue> incomplete(
            TenantContext tenant, Set<String> types, Criterion criterion, List<Sort> sort) {
        Set<ParameterName> incomplete = registry.incomplete(tenant);
        if (incomplete.isEmpty()) {
            return List.of();
        }
        return AskedParameters.of(types, criterion, sort, definitions.resourceTypes()).stream()
                .filter(asked -> incomplete.stream().anyMatch(each -> each.isFor(asked)))
                .map(ParameterName::code)
                .distinct()
                .sorted()
                .map(
                        code ->
                                Issue.warning(
                                        SearchParameterRegistry.INCOMPLETE,
                                        ("Resources are still being indexed for the search"
                                             + " parameter '%s': older ones may be missing.")
                                                .formatted(code)))
                .toList();
    }

    private SearchContext context(TenantContext tenant) {
        return new SearchContext(registry.parameters(tenant), lookups.of(tenant));
    }

    private static List<QueryParameter> listed(Parameters parameters) {
        return parameters.entries().stream()
                .map(entry -> new QueryParameter(entry.name(), entry.value()))
                .toList();
    }

    @Override
    public Optional<UnaryOperator<byte[]>> subset(Parameters parameters) {
        Optional<String> summary = parameters.first("_summary");
        Optional<String> elements = parameters.first("_elements");
        if (summary.isPresent() && elements.isPresent()) {
            throw new FhirException(
                    400, "value", "_summary and _elements cannot be asked for together.");
        }
        return summary.isPresent()
                ? summary(summary.get())
                : elements.map(SpecificationRules::names).map(this::elements);
    }

    private Optional<UnaryOperator<byte[]>> summary(String text) {
        Summary summary = ResultParameters.summary(text);
        return switch (summary) {
            case FALSE, COUNT -> Optional.empty();
            case TRUE, TEXT, DATA ->
                    Optional.of(
                            json ->
                                    JsonWriter.compact(
                                            subset.summary(JsonReader.readObject(json), summary)));
        };
    }

    @Override
    public List<String> unknownElements(Set<String> types, String elements) {
        Set<String> asked = types.isEmpty() ? definitions.resourceTypes() : types;
        return names(elements).stream().filter(name -> !isElement(name, asked)).sorted().toList();
    }

    private boolean isElement(String name, Set<String> types) {
        int dot = name.indexOf('.');
        String first = dot < 0 ? name : name.substring(0, dot);
        if (dot > 0 && definitions.isResourceType(first)) {
            return isElement(name.substring(dot + 1), Set.of(first));
        }
        String bare = first.endsWith("[x]") ? first.substring(0, first.length() - 3) : first;
        return types.stream()
                .flatMap(type -> definitions.type(type).stream())
                .anyMatch(
                        type ->
                                type.elements().stream()
                                        .anyMatch(element -> element.name().equals(bare)));
    }

    private static Set<String> names(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    private UnaryOperator<byte[]> elements(Set<String> names) {
        return json -> JsonWriter.compact(subset.elements(JsonReader.readObject(json), names));
    }

    /** The translation from and to XML. */
    public XmlFormat xml() {
        return xml;
    }
}
