package dev.andiron.fhir.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathDialect;
import dev.andiron.fhir.path.PathFocus;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Parameters that follow from others find what they would find by values of their own: as their
 * expressions say, evaluated without regard to what follows from what.
 */
class DerivedCriteriaTest {
    private static final String TYPE = "Observation";
    private static final int RESOURCES = 300;
    private static final int QUERIES = 80;

    @ParameterizedTest
    @EnumSource
    void findWhatTheirOwnValuesWouldFind(FhirVersion version) {
        var model = new Model(version);
        var random = new Random(20_261);
        var observations = new RandomObservations(random);
        List<JsonObject> resources =
                Stream.generate(observations::next).limit(RESOURCES).map(Model::json).toList();
        List<String> derived =
                model.definitions.searchParameters(TYPE).stream()
                        .map(SearchParameter::code)
                        .filter(code -> model.definitions.derivation(TYPE, code).isPresent())
                        .toList();
        assertTrue(derived.contains("combo-code-value-quantity"), derived::toString);
        for (String code : derived) {
            SearchParameter parameter = model.definitions.searchParameter(TYPE, code).orElseThrow();
            int found = 0;
            for (int i = 0; i < QUERIES; i++) {
                String value = observations.query(parameter);
                Criterion criterion = model.parse(code + "=" + value);
                Criterion missing = model.parse(code + ":missing=true");
                for (JsonObject resource : resources) {
                    List<SearchValue> own = model.own(parameter, resource);
                    boolean expected = model.matches(parameter, value, own);
                    assertEquals(
                            expected,
                            model.matches(criterion, resource),
                            () -> version + " " + code + "=" + value + " " + resource);
                    assertEquals(
                            own.isEmpty(),
                            model.matches(missing, resource),
                            () -> version + " " + code + ":missing " + resource);
                    found += expected ? 1 : 0;
                }
            }
            int hits = found;
            assertTrue(
                    hits > QUERIES && hits < QUERIES * RESOURCES / 2,
                    () -> code + " found " + hits);
        }
    }

    @ParameterizedTest
    @EnumSource
    void sortAsTheirOwnValuesWould(FhirVersion version) {
        var model = new Model(version);
        var observations = new RandomObservations(new Random(20_262));
        List<JsonObject> resources =
                Stream.generate(observations::next).limit(RESOURCES).map(Model::json).toList();
        for (String code : List.of("combo-code", "combo-value-concept", "combo-value-quantity")) {
            SearchParameter parameter = model.definitions.searchParameter(TYPE, code).orElseThrow();
            for (String sort : List.of(code, "-" + code)) {
                ParsedSearch search = model.search("_sort=" + sort);
                var union = (Sort.Union) search.sort().getFirst();
                assertEquals(code, union.parameter());
                var ours = new SearchOrder(search.sort(), search.criterion());
                var own =
                        new SearchOrder(
                                List.of(new Sort.Parameter(code, union.kind(), union.descending())),
                                search.criterion());
                for (JsonObject resource : resources) {
                    SearchFacts facts = model.facts(resource);
                    assertEquals(
                            own.keys(
                                    new SearchFacts(
                                            facts.key(),
                                            facts.lastUpdated(),
                                            model.own(parameter, resource))),
                            ours.keys(facts),
                            () -> version + " " + sort + " " + resource);
                }
            }
        }
    }

    /** One version's searches, with and without regard to what follows from what. */
    private static final class Model {
        private final Definitions definitions;
        private final ReferenceTarget.Reader references;
        private final ValueParser values;
        private final ValueReader reader;
        private final SearchParser parser;
        private final SearchValueExtractor extractor;
        private final CriterionEvaluator evaluator = new CriterionEvaluator(Stored.of());
        private final Map<String, Path> paths = new HashMap<>();
        private final Map<JsonObject, SearchFacts> facts = new IdentityHashMap<>();
        private final Map<String, Map<JsonObject, List<SearchValue>>> own = new HashMap<>();

        Model(FhirVersion version) {
            definitions = Definitions.of(version);
            references = new ReferenceTarget.Reader(definitions, List.of());
            values = new ValueParser(definitions, references, () -> Stored.NOW);
            reader = new ValueReader(references);
            parser =
                    new SearchParser(
                            definitions, List.of(), () -> Stored.NOW, SearchLimits.DEFAULT);
            extractor = new SearchValueExtractor(definitions, List.of());
        }

        static JsonObject json(String text) {
            return JsonReader.readObject(text.getBytes(StandardCharsets.UTF_8));
        }

        Criterion parse(String query) {
            return search(query).criterion();
        }

        ParsedSearch search(String query) {
            return parser.parse(
                    new SearchContext(definitions, Stored.of()),
                    TYPE,
                    QueryParameter.parse(query.replace("|", "%7C")),
                    Handling.STRICT);
        }

        boolean matches(Criterion criterion, JsonObject resource) {
            return evaluator.matches(criterion, facts(resource));
        }

        SearchFacts facts(JsonObject resource) {
            return facts.computeIfAbsent(
                    resource,
                    it ->
                            new SearchFacts(
                                    new ResourceKey(TYPE, "1"),
                                    Stored.NOW,
                                    extractor.extract(it, EnumSet.allOf(SearchFeature.class))));
        }

        boolean matches(SearchParameter parameter, String value, List<SearchValue> own) {
            try {
                for (String part : Escapes.split(value, ',')) {
                    for (ValueTest test : values.tests(parameter, "", part)) {
                        if (own.stream().anyMatch(it -> ValueMatcher.matches(test, it))) {
                            return true;
                        }
                    }
                }
                return false;
            } catch (SearchProblems.Refusal e) {
                throw new AssertionError(value, e);
            }
        }

        /** The values of a parameter, by its own expression. */
        List<SearchValue> own(SearchParameter parameter, JsonObject resource) {
            return own.computeIfAbsent(parameter.code(), _ -> new IdentityHashMap<>())
                    .computeIfAbsent(resource, _ -> read(parameter, resource));
        }

        private List<SearchValue> read(SearchParameter parameter, JsonObject resource) {
            var found = new ArrayList<SearchValue>();
            var root = PathFocus.of(Path.root(resource, definitions), Map.of());
            for (PathNode node : path(parameter.expression(), TYPE).evaluate(root)) {
                if (parameter.type() != SearchParameterType.COMPOSITE) {
                    reader.read(parameter.type(), parameter.code(), node, found);
                    continue;
                }
                var parts = new ArrayList<List<SearchValue>>();
                for (SearchParameter.Component component : parameter.components()) {
                    var part = new ArrayList<SearchValue>();
                    path(component.expression(), "Resource")
                            .evaluate(PathFocus.of(node, Map.of()))
                            .forEach(
                                    each ->
                                            reader.read(
                                                    component.type(),
                                                    component.code(),
                                                    each,
                                                    part));
                    parts.add(part);
                }
                if (parts.stream().noneMatch(List::isEmpty)) {
                    found.add(new SearchValue.Composite(parameter.code(), parts));
                }
            }
            return found;
        }

        private Path path(String expression, String type) {
            return paths.computeIfAbsent(
                    SearchParameter.corrected(expression),
                    it -> Path.compile(it, type, definitions, PathDialect.FILTERING_AS));
        }
    }

    private static final String[] OBSERVATIONS = {
        """
        {"resourceType":"Observation","id":"high","subject":{"reference":"Patient/p"},
         "code":{"coding":[{"system":"http://s","code":"a"},{"code":"other"}]},
         "valueQuantity":{"value":90,"system":"http://unitsofmeasure.org","code":"kg"}}\
        """,
        """
        {"resourceType":"Observation","id":"low","code":{"coding":[{"system":"http://s","code":"a"}]},
         "valueQuantity":{"value":50,"system":"http://unitsofmeasure.org","code":"kg"}}\
        """,
        """
        {"resourceType":"Observation","id":"part","code":{"coding":[{"code":"b"}]},
         "component":[{"code":{"coding":[{"code":"a"}]},"valueQuantity":{"value":95}},
                      {"code":{"coding":[{"code":"c"}]},"valueQuantity":{"value":5}}]}\
        """,
        """
        {"resourceType":"Observation","id":"sampled","code":{"coding":[{"code":"a"}]},
         "valueSampledData":{"origin":{"value":0},"lowerLimit":80,"upperLimit":99,"period":1,"dimensions":1}}\
        """,
        """
        {"resourceType":"Observation","id":"none","code":{"coding":[{"code":"a"}]},
         "note":[{"text":"nothing was measured"}]}\
        """,
        """
        {"resourceType":"Patient","id":"p"}\
        """,
        """
        {"resourceType":"Observation","id":"leads","code":{"coding":[{"code":"z"}]},
         "hasMember":[{"reference":"Observation/high"}]}\
        """
    };

    @Test
    void alsoInChainsFiltersAndTheirOpposites() {
        var stored = Stored.of(OBSERVATIONS);
        expect(stored, TYPE, "code-value-quantity=a$gt60", "high");
        expect(stored, TYPE, "code-value-quantity=other$90||kg", "high");
        expect(
                stored,
                TYPE,
                "code-value-quantity=a$50000|http://unitsofmeasure.org|g,a$gt80",
                "high",
                "low");
        expect(stored, TYPE, "code-value-quantity=a$gt60&code-value-quantity=a$lt60");
        expect(stored, TYPE, "combo-code-value-quantity=a$gt60", "high", "part");
        expect(stored, TYPE, "combo-code-value-quantity=b$gt60");
        expect(stored, TYPE, "combo-code-value-quantity=c$gt60");
        expect(stored, TYPE, "value-quantity=gt60", "high", "sampled");
        expect(stored, TYPE, "code-value-quantity:missing=false", "high", "low");
        expect(stored, TYPE, "combo-code-value-quantity:missing=true", "leads", "none", "sampled");
        expect(stored, TYPE, "_filter=combo-code-value-quantity eq a$gt60", "high", "part");
        expect(
                stored,
                TYPE,
                "_filter=not (combo-code-value-quantity eq a$gt60) and code-value-quantity pr true",
                "low");
        expect(stored, TYPE, "has-member:Observation.code-value-quantity=a$gt60", "leads");
        expect(stored, "Patient", "_has:Observation:patient:combo-code-value-quantity=a$gt60", "p");
        expect(stored, "Patient", "_has:Observation:patient:code-value-quantity=a$lt60");
    }

    private static void expect(Stored stored, String type, String query, String... ids) {
        assertEquals(List.of(ids), stored.find(type, query), query);
    }

    @Test
    void whatFollowsHasNoValuesOfItsOwn() {
        var stored = Stored.of(OBSERVATIONS);
        assertEquals(Set.of(), composites(stored, "high"));
        assertEquals(Set.of("component-code-value-quantity"), composites(stored, "part"));
        List<SearchValue> exception =
                stored.facts(TYPE, "sampled").values().stream()
                        .filter(value -> value.parameter().startsWith("code-value"))
                        .toList();
        assertEquals(1, exception.size());
        assertTrue(exception.getFirst() instanceof SearchValue.Quantity, exception::toString);
    }

    private static Set<String> composites(Stored stored, String id) {
        return Set.copyOf(
                stored.facts(TYPE, id).values().stream()
                        .filter(SearchValue.Composite.class::isInstance)
                        .map(SearchValue::parameter)
                        .distinct()
                        .toList());
    }

    @Test
    void typesOfWhichOneHasValuesOfItsOwnAreAskedApart() {
        var r5 = Definitions.of(FhirVersion.R5);
        var criterion = new Criterion.Present("code-value-concept");
        Criterion derived =
                new Criterion.All(
                        List.of(
                                new Criterion.Present("code"),
                                new Criterion.Present("value-concept")));
        var criteria = new DerivedCriteria(r5);
        assertEquals(derived, criteria.of(Set.of(TYPE), criterion));
        assertEquals(criterion, criteria.of(Set.of("Device"), criterion));
        assertEquals(
                new Criterion.Any(
                        List.of(
                                new Criterion.All(
                                        List.of(new Criterion.Type(Set.of("Device")), criterion)),
                                new Criterion.All(
                                        List.of(new Criterion.Type(Set.of(TYPE)), derived)))),
                criteria.of(Set.of(TYPE, "Device"), criterion));
        assertEquals(
                new Criterion.Chain("x", Set.of(TYPE), new Criterion.Not(derived)),
                criteria.of(
                        Set.of("Device"),
                        new Criterion.Chain("x", Set.of(TYPE), new Criterion.Not(criterion))));
        assertEquals(
                new Criterion.ReverseChain("Device", "x", criterion),
                criteria.of(Set.of(TYPE), new Criterion.ReverseChain("Device", "x", criterion)));
        assertEquals(
                new Criterion.Contained("x", Set.of(TYPE), derived),
                criteria.of(
                        Set.of("Device"), new Criterion.Contained("x", Set.of(TYPE), criterion)));
        assertEquals(Optional.empty(), r5.derivation("Device", "code-value-concept"));
    }
}
