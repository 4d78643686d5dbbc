package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.terminology.ResourceLookup;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A few resources that are searched as a server does it, without one. */
final class Stored implements SearchLinks, ResourceLookup {
    static final Instant NOW = Instant.parse("2024-01-01T00:00:00Z");

    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final List<String> BASES = List.of("http://localhost/fhir");
    private static final SearchParser PARSER =
            new SearchParser(R4, BASES, () -> NOW, SearchLimits.DEFAULT);
    private static final SearchValueExtractor EXTRACTOR = new SearchValueExtractor(R4, BASES);

    private final Map<ResourceKey, JsonObject> resources = new TreeMap<>();
    private final Map<ResourceKey, SearchFacts> facts = new TreeMap<>();

    /** Resources as JSON, one behind the other. */
    static Stored of(String... resources) {
        var stored = new Stored();
        for (String json : resources) {
            JsonObject resource = JsonReader.readObject(json.getBytes(StandardCharsets.UTF_8));
            var key =
                    new ResourceKey(
                            resource.string("resourceType").orElseThrow(),
                            resource.string("id").orElseThrow());
            var values = EXTRACTOR.extract(resource, EnumSet.allOf(SearchFeature.class));
            stored.resources.put(key, resource);
            stored.facts.put(key, new SearchFacts(key, NOW, values));
        }
        return stored;
    }

    /** How a query such as {@code name=x} is understood. */
    ParsedSearch parse(String type, String query) {
        return PARSER.parse(
                new SearchContext(R4, this),
                type,
                QueryParameter.parse(query.replace("+", "%2B")),
                Handling.STRICT);
    }

    /** The ids that a query finds, in the order of the result. */
    List<String> find(String type, String query) {
        ParsedSearch search = parse(type, query);
        var evaluator = new CriterionEvaluator(this);
        var order = new SearchOrder(search.sort(), search.criterion());
        return facts.values().stream()
                .filter(it -> search.types().isEmpty() || search.types().contains(it.key().type()))
                .filter(it -> evaluator.matches(search.criterion(), it))
                .sorted((left, right) -> order.compare(order.keys(left), order.keys(right)))
                .map(it -> it.key().id())
                .collect(Collectors.toList());
    }

    SearchFacts facts(String type, String id) {
        return facts.get(new ResourceKey(type, id));
    }

    @Override
    public Optional<SearchFacts> find(ResourceKey key) {
        return Optional.ofNullable(facts.get(key));
    }

    @Override
    public Iterable<SearchFacts> referringTo(
            ResourceKey target, String sourceType, String parameter) {
        return facts.values();
    }

    @Override
    public Optional<JsonObject> read(String type, String id) {
        return Optional.ofNullable(resources.get(new ResourceKey(type, id)));
    }

    @Override
    public List<String> referring(
            String type, String parameter, Collection<String> ids, int limit) {
        return facts.values().stream()
                .filter(it -> it.key().type().equals(type))
                .filter(
                        it ->
                                it.values().stream()
                                        .anyMatch(
                                                value ->
                                                        value
                                                                        instanceof
                                                                        SearchValue.LocalReference
                                                                                reference
                                                                && reference
                                                                        .parameter()
                                                                        .equals(parameter)
                                                                && reference.type().equals(type)
                                                                && ids.contains(reference.id())))
                .map(it -> it.key().id())
                .limit(limit)
                .toList();
    }

    @Override
    public List<JsonObject> withUrl(String type, String url) {
        return resources.values().stream()
                .filter(it -> it.string("resourceType").orElse("").equals(type))
                .filter(it -> it.string("url").orElse("").equals(url))
                .toList();
    }
}
