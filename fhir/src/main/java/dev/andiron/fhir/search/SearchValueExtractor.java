package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.Derivation;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathDialect;
import dev.andiron.fhir.path.PathException;
import dev.andiron.fhir.path.PathFocus;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gives the values that a resource is found by. The paths of a resource type's search parameters
 * are compiled when the first resource of the type comes. Safe for use by many threads.
 *
 * <p>{@code _id} and {@code _lastUpdated} are facts of the write and give no values; full text and
 * contained resources are given to those that ask for them. Extraction never refuses a resource:
 * what a parameter's type cannot compare, and what lacks its essential part, is passed over. A
 * parameter of the standard that follows from others ({@link Definitions#derivation}) gives no
 * values either, unless they are needed to sort by: searches ask for those of the others. Numbers
 * and quantities are points; a comparator or a range makes them intervals.
 */
public final class SearchValueExtractor {
    /** Facts of every write, which a search asks for by criteria of their own. */
    static final Set<String> FACTS = Set.of("_id", "_lastUpdated");

    private final Definitions definitions;
    private final SearchParameters parameters;
    private final ValueReader reader;
    private final Map<Compiled, Source> compiled;
    private final Map<String, Sources> sources = new ConcurrentHashMap<>();

    /**
     * An extractor of the standard's search parameters.
     *
     * @param bases the base URLs under which the server is known, such as {@code
     *     http://127.0.0.1:8080/fhir}; absolute references below them are local
     */
    public SearchValueExtractor(Definitions definitions, List<String> bases) {
        this(
                definitions,
                definitions,
                new ValueReader(new ReferenceTarget.Reader(definitions, bases)),
                new ConcurrentHashMap<>());
    }

    private SearchValueExtractor(
            Definitions definitions,
            SearchParameters parameters,
            ValueReader reader,
            Map<Compiled, Source> compiled) {
        this.definitions = definitions;
        this.parameters = parameters;
        this.reader = reader;
        this.compiled = compiled;
    }

    /**
     * An extractor of other search parameters, such as those of a tenant. What both have in common
     * is compiled once, so it costs little; still it is worth keeping.
     */
    public SearchValueExtractor with(SearchParameters others) {
        return new SearchValueExtractor(definitions, others, reader, compiled);
    }

    /** What is compiled: a parameter's path is checked against the type that it starts from. */
    private record Compiled(String resourceType, SearchParameter parameter) {}

    /**
     * A parameter with its compiled path.
     *
     * @param isUnion whether others have its values, too
     */
    private record Source(
            String code,
            SearchParameterType type,
            Path path,
            List<Component> components,
            boolean isUnion) {}

    /** A part of a composite. */
    private record Component(String code, SearchParameterType type, Path path) {}

    /**
     * The parameters of a resource type, and which of them a member may lead to values of: most
     * resources have few of the members that their type's parameters start from.
     */
    private record Sources(
            List<Source> all, BitSet always, BitSet unions, Map<String, BitSet> byMember) {
        static final Sources NONE = new Sources(List.of(), new BitSet(), new BitSet(), Map.of());

        static Sources of(List<Source> all) {
            var always = new BitSet(all.size());
            var unions = new BitSet(all.size());
            var byMember = new HashMap<String, BitSet>();
            for (int i = 0; i < all.size(); i++) {
                unions.set(i, all.get(i).isUnion());
                Optional<Set<String>> members = all.get(i).path().firstMembers();
                if (members.isEmpty()) {
                    always.set(i);
                }
                for (String member : members.orElse(Set.of())) {
                    byMember.computeIfAbsent(member, _ -> new BitSet()).set(i);
                }
            }
            return new Sources(List.copyOf(all), always, unions, byMember);
        }

        /** Those that may find values in a resource, by their places. */
        BitSet promising(JsonObject resource) {
            var promising = new BitSet(all.size());
            promising.or(always);
            for (int i = 0; i < resource.size(); i++) {
                BitSet led = byMember.get(resource.name(i));
                if (led != null) {
                    promising.or(led);
                }
            }
            return promising;
        }
    }

    /**
     * The values of a resource that every backend takes, each once.
     *
     * @param resource a resource of a known type
     * @return in no particular order; without any for an unknown type
     */
    public List<SearchValue> extract(JsonObject resource) {
        return extract(resource, Set.of());
    }

    /**
     * The values of a resource, each once.
     *
     * @param resource a resource of a known type
     * @param features what the values are for: those that only {@link SearchFeature#FULL_TEXT} or
     *     {@link SearchFeature#CONTAINED} needs are left out unless it is among them, and those
     *     that {@link SearchFeature#SORT_UNION} does without if it is
     * @return in no particular order; without any for an unknown type
     */
    public List<SearchValue> extract(JsonObject resource, Set<SearchFeature> features) {
        Sources known = sources(resource.string("resourceType").orElse(""));
        var values = new LinkedHashSet<SearchValue>();
        if (known.all().isEmpty()) {
            return List.of();
        }
        var root = PathFocus.of(Path.root(resource, definitions), Map.of());
        Map<String, Contained> contained =
                features.contains(SearchFeature.CONTAINED)
                        ? contained(resource, features)
                        : Map.of();
        BitSet promising = known.promising(resource);
        if (features.contains(SearchFeature.SORT_UNION)) {
            promising.andNot(known.unions());
        }
        for (int at = promising.nextSetBit(0); at >= 0; at = promising.nextSetBit(at + 1)) {
            Source source = known.all().get(at);
            List<PathNode> nodes = evaluate(source.path(), root);
            for (int i = 0; i < nodes.size(); i++) {
                if (source.type() == SearchParameterType.COMPOSITE) {
                    composite(source, nodes.get(i), values);
                } else {
                    reader.read(source.type(), source.code(), nodes.get(i), values);
                }
                if (source.type() == SearchParameterType.REFERENCE && !contained.isEmpty()) {
                    within(source.code(), nodes.get(i), contained, values);
                }
            }
        }
        contained.values().forEach(it -> values.add(it.under(SearchValue.Contained.ANY)));
        if (features.contains(SearchFeature.FULL_TEXT)) {
            FullText.read(resource, values);
        }
        return List.copyOf(values);
    }

    private Sources sources(String type) {
        Sources known = sources.get(type);
        return known == null ? prepare(type) : known;
    }

    /** A contained resource and what it is found by. */
    private record Contained(String type, String id, List<SearchValue> values) {
        SearchValue under(String parameter) {
            return new SearchValue.Contained(parameter, type, id, values);
        }
    }

    /** The contained resources by their ids; one without an id, which nothing refers to, too. */
    private Map<String, Contained> contained(JsonObject resource, Set<SearchFeature> features) {
        var inner = EnumSet.noneOf(SearchFeature.class);
        inner.addAll(features);
        inner.remove(SearchFeature.CONTAINED);
        var contained = new LinkedHashMap<String, Contained>();
        for (JsonObject each : resource.objects("contained")) {
            String type = each.string("resourceType").orElse("");
            if (definitions.isResourceType(type)) {
                String id = each.string("id").orElse("");
                contained.put(
                        id.isEmpty() ? "#" + contained.size() : id,
                        new Contained(type, id, extract(each, inner)));
            }
        }
        return contained;
    }

    private static void within(
            String parameter,
            PathNode node,
            Map<String, Contained> contained,
            Set<SearchValue> values) {
        String text =
                node.valueOrNull() instanceof JsonObject reference
                        ? reference.string("reference").orElse("")
                        : node.textOrNull();
        if (text != null && text.startsWith("#") && contained.containsKey(text.substring(1))) {
            values.add(contained.get(text.substring(1)).under(parameter));
        }
    }

    /**
     * Compiles the paths of a resource type's parameters now instead of with its first resource.
     *
     * @throws PathException if one of the definitions cannot be compiled
     */
    public void prepareFor(String resourceType) {
        prepare(resourceType);
    }

    private Sources prepare(String type) {
        if (!definitions.isResourceType(type)) {
            return Sources.NONE;
        }
        return sources.computeIfAbsent(type, this::compile);
    }

    private Sources compile(String type) {
        var list = new ArrayList<Source>();
        for (SearchParameter parameter : parameters.searchParameters(type)) {
            if (!parameter.expression().isEmpty() && !FACTS.contains(parameter.code())) {
                kept(type, parameter)
                        .map(each -> new Compiled(type, each))
                        .map(each -> compiled.computeIfAbsent(each, this::compile))
                        .ifPresent(list::add);
            }
        }
        return Sources.of(list);
    }

    /** What values are kept for. */
    private Optional<SearchParameter> kept(String type, SearchParameter parameter) {
        Optional<Derivation> derivation = definitions.derivation(type, parameter.code());
        return derivation.isEmpty()
                ? Optional.of(parameter)
                : switch (derivation.get()) {
                    // To sort by, unless several are sorted by together.
                    case Derivation.Union _ ->
                            Optional.of(parameter)
                                    .filter(it -> it.type() != SearchParameterType.COMPOSITE);
                    case Derivation.Conjunction conjunction -> conjunction.exception();
                };
    }

    private Source compile(Compiled key) {
        SearchParameter parameter = key.parameter();
        var components = new ArrayList<Component>();
        for (SearchParameter.Component component : parameter.components()) {
            components.add(
                    new Component(
                            component.code(),
                            component.type(),
                            compile(component.expression(), "Resource")));
        }
        Path path = compile(parameter.expression(), key.resourceType());
        boolean isUnion =
                definitions
                        .derivation(key.resourceType(), parameter.code())
                        .filter(Derivation.Union.class::isInstance)
                        .isPresent();
        return new Source(parameter.code(), parameter.type(), path, components, isUnion);
    }

    private Path compile(String expression, String type) {
        return Path.compile(
                SearchParameter.corrected(expression), type, definitions, PathDialect.FILTERING_AS);
    }

    private void composite(Source source, PathNode node, Set<SearchValue> values) {
        var lists = new ArrayList<List<SearchValue>>(source.components().size());
        var focus = PathFocus.of(node, Map.of());
        for (Component component : source.components()) {
            var parts = new LinkedHashSet<SearchValue>();
            for (PathNode part : evaluate(component.path(), focus)) {
                reader.read(component.type(), component.code(), part, parts);
            }
            if (parts.isEmpty()) {
                return;
            }
            lists.add(List.copyOf(parts));
        }
        values.add(new SearchValue.Composite(source.code(), lists));
    }

    private static List<PathNode> evaluate(Path path, PathFocus on) {
        try {
            return path.evaluate(on);
        } catch (PathException unfit) {
            // Such as two values where the expression wants one: it is not found by this parameter.
            return List.of();
        }
    }
}
