package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.fhir.terminology.Terminology;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.TextOperator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns one parameter of a query, chains included, into a criterion. For one search and one thread.
 */
final class CriterionParser {
    private static final String HAS = "_has:";
    private static final String TEXT_ADVANCED = "text-advanced";

    private final Definitions definitions;
    private final SearchParameters parameters;
    private final ValueParser values;
    private final SearchLimits limits;
    private final ConceptTests concepts;
    private final ListMembers lists;
    private final Hierarchies hierarchies;
    private final boolean intoContained;
    private final DerivedCriteria derived;

    /**
     * A parser for one search.
     *
     * @param intoContained whether chains lead into contained resources too
     */
    CriterionParser(
            Definitions definitions,
            SearchContext context,
            ReferenceTarget.Reader references,
            ValueParser values,
            SearchLimits limits,
            boolean intoContained) {
        this.definitions = definitions;
        this.parameters = context.parameters();
        this.values = values;
        this.limits = limits;
        this.concepts = new ConceptTests(references, new Terminology(context.lookup()));
        this.lists = new ListMembers(references, context.lookup());
        this.hierarchies =
                new Hierarchies(parameters, references, context.lookup(), limits.maximumValues());
        this.intoContained = intoContained;
        this.derived = new DerivedCriteria(definitions);
    }

    /** What a chain leads to, asked for each type that it may lead to. */
    interface Target {
        Criterion criterion(Set<String> type, int depth) throws Refusal;
    }

    /**
     * The criterion of one parameter.
     *
     * @param types the types that are searched; empty means all
     */
    Criterion parse(Set<String> types, String name, String value) throws Refusal {
        return derived.of(types, parse(types, name, value, 0));
    }

    private Criterion parse(Set<String> types, String name, String value, int depth)
            throws Refusal {
        if (name.startsWith(HAS)) {
            return reverseChain(types, name, value, depth);
        }
        int dot = name.indexOf('.');
        if (dot >= 0) {
            String rest = name.substring(dot + 1);
            return chain(
                    types,
                    name.substring(0, dot),
                    rest,
                    depth,
                    (target, deeper) -> parse(target, rest, value, deeper));
        }
        int colon = name.indexOf(':');
        String code = colon < 0 ? name : name.substring(0, colon);
        String modifier = colon < 0 ? "" : name.substring(colon + 1);
        if (colon >= 0 && modifier.isEmpty()) {
            throw Refusal.notUnderstood("it ends with a colon but names no modifier");
        }
        if (value.isEmpty()) {
            throw Refusal.malformed("it has no value");
        }
        return switch (code) {
            case "_id" -> id(modifier, value);
            case "_lastUpdated" -> lastUpdated(modifier, value);
            case "_list" -> list(modifier, value);
            case "_in" -> in(types, modifier, value);
            case "_filter" -> filter(types, modifier, value, depth);
            case FullText.TEXT, FullText.CONTENT -> fullText(code, modifier, value);
            default -> criterion(parameter(types, code), modifier, value);
        };
    }

    /** The parameter, which all types must know alike. */
    SearchParameter parameter(Set<String> types, String code) throws Refusal {
        Optional<SearchParameter> found = Optional.empty();
        for (String type : types.isEmpty() ? Set.of("Resource") : types) {
            Optional<SearchParameter> here = parameters.searchParameter(type, code);
            if (here.isEmpty()) {
                throw Refusal.notUnderstood(unknown(types, type, code));
            }
            if (found.isPresent() && found.get().type() != here.get().type()) {
                throw Refusal.notUnderstood("it is of different kinds in the types searched");
            }
            found = found.or(() -> here);
        }
        SearchParameter parameter = found.orElseThrow();
        if (parameter.expression().isEmpty()) {
            throw Refusal.notUnderstood("this server does not support it");
        }
        return parameter;
    }

    /**
     * The codes of the parameters that have the values to sort by: of several types together, for
     * what one type has it by the others do not know.
     */
    Set<String> sortedBy(Set<String> types, String code) throws Refusal {
        var codes = new TreeSet<String>();
        for (String type : types) {
            codes.addAll(derived.of(type, code));
        }
        for (String type : types) {
            var foreign = new TreeSet<>(codes);
            foreign.removeAll(derived.of(type, code));
            foreign.removeIf(each -> parameters.searchParameter(type, each).isEmpty());
            if (!foreign.isEmpty()) {
                throw Refusal.notUnderstood(
                        "the types searched have it by different parameters; sort one type by it");
            }
        }
        return codes.isEmpty() ? Set.of(code) : codes;
    }

    private String unknown(Set<String> types, String type, String code) {
        if (types.isEmpty()) {
            return "it is not a parameter of all resource types; name the types by _type";
        }
        var codes = new TreeSet<String>();
        for (SearchParameter parameter : parameters.searchParameters(type)) {
            if (!parameter.expression().isEmpty()) {
                codes.add(parameter.code());
            }
        }
        return type + " has no search parameter '" + code + "'; it has " + String.join(", ", codes);
    }

    ConceptTests concepts() {
        return concepts;
    }

    ValueParser values() {
        return values;
    }

    private Criterion criterion(SearchParameter parameter, String modifier, String value)
            throws Refusal {
        String code = parameter.code();
        if (modifier.equals("missing")) {
            return switch (value) {
                case "true" -> new Criterion.Not(new Criterion.Present(code));
                case "false" -> new Criterion.Present(code);
                default ->
                        throw Refusal.malformed("':missing' is true or false, not '" + value + "'");
            };
        }
        var alternatives = new ArrayList<Criterion>();
        for (String part : alternatives(value)) {
            if (isAdvanced(parameter.type(), modifier)) {
                alternatives.add(advanced(parameter, Escapes.unescape(part)));
            } else {
                for (ValueTest test : tests(parameter, modifier, part)) {
                    alternatives.add(new Criterion.Value(code, test));
                }
            }
        }
        Criterion criterion = any(alternatives);
        boolean negated =
                parameter.type() == SearchParameterType.TOKEN
                        && (modifier.equals("not") || modifier.equals("not-in"));
        return negated ? new Criterion.Not(criterion) : criterion;
    }

    private List<ValueTest> tests(SearchParameter parameter, String modifier, String part)
            throws Refusal {
        if (parameter.type() == SearchParameterType.TOKEN) {
            switch (modifier) {
                case "in", "not-in" -> {
                    return List.of(concepts.in(Escapes.unescape(part)));
                }
                case "above" -> {
                    return List.of(concepts.above(ValueParser.token(part)));
                }
                case "below" -> {
                    return List.of(concepts.below(ValueParser.token(part)));
                }
                default -> {
                    // The others need no terminology.
                }
            }
        }
        if (parameter.type() == SearchParameterType.REFERENCE && modifier.equals("above")) {
            return hierarchies.above(parameter, Escapes.unescape(part));
        }
        if (parameter.type() == SearchParameterType.REFERENCE && modifier.equals("below")) {
            return hierarchies.below(parameter, Escapes.unescape(part));
        }
        return values.tests(parameter, modifier, part);
    }

    private static boolean isAdvanced(SearchParameterType type, String modifier) {
        return switch (type) {
            case STRING -> modifier.equals("text");
            case TOKEN, REFERENCE -> modifier.equals(TEXT_ADVANCED);
            case NUMBER, DATE, QUANTITY, URI, COMPOSITE, SPECIAL -> false;
        };
    }

    /** Words and phrases anywhere in the texts of a parameter. */
    private static Criterion advanced(SearchParameter parameter, String text) throws Refusal {
        boolean isText = parameter.type() == SearchParameterType.STRING;
        return TextQuery.parse(
                text,
                (words, phrase) -> {
                    List<String> parts = phrase ? List.of(String.join(" ", words)) : words;
                    return all(
                            parts.stream()
                                    .<Criterion>map(
                                            part ->
                                                    new Criterion.Value(
                                                            parameter.code(),
                                                            isText
                                                                    ? containing(part)
                                                                    : displaying(part)))
                                    .toList());
                });
    }

    private static ValueTest containing(String text) {
        return new ValueTest.Text(TextOperator.CONTAINS, text, false);
    }

    private static ValueTest displaying(String text) {
        return new ValueTest.TokenDisplay(TextOperator.CONTAINS, text);
    }

    private static Criterion all(List<Criterion> criteria) {
        return criteria.size() == 1 ? criteria.getFirst() : new Criterion.All(criteria);
    }

    static Criterion any(List<Criterion> alternatives) {
        return alternatives.size() == 1 ? alternatives.getFirst() : new Criterion.Any(alternatives);
    }

    private List<String> alternatives(String value) throws Refusal {
        List<String> parts = Escapes.split(value, ',');
        for (String part : parts) {
            if (part.isEmpty()) {
                throw Refusal.malformed("one of the values in '" + value + "' is empty");
            }
            if (part.length() > limits.maximumLength()) {
                throw Refusal.malformed(
                        "a value is longer than " + limits.maximumLength() + " characters");
            }
        }
        return parts;
    }

    private Criterion id(String modifier, String value) throws Refusal {
        if (!modifier.isEmpty() && !modifier.equals("not")) {
            throw Refusal.notUnderstood("there is no modifier ':" + modifier + "' for it but not");
        }
        var ids = new LinkedHashSet<String>();
        for (String part : alternatives(value)) {
            if (!ReferenceTarget.Reader.isId(part)) {
                throw Refusal.malformed("'" + part + "' is not an id");
            }
            ids.add(part);
        }
        var criterion = new Criterion.Id(ids);
        return modifier.isEmpty() ? criterion : new Criterion.Not(criterion);
    }

    private Criterion lastUpdated(String modifier, String value) throws Refusal {
        requireNoModifier(modifier);
        var alternatives = new ArrayList<Criterion>();
        for (String part : alternatives(value)) {
            ValueTest.Date date = values.date(part);
            alternatives.add(new Criterion.LastUpdated(date.operator(), date.low(), date.high()));
        }
        return any(alternatives);
    }

    private Criterion list(String modifier, String value) throws Refusal {
        requireNoModifier(modifier);
        var alternatives = new ArrayList<Criterion>();
        for (String part : alternatives(value)) {
            alternatives.add(lists.of(Escapes.unescape(part)));
        }
        return any(alternatives);
    }

    /** R5's way to ask for the members of lists, groups and care teams. */
    private Criterion in(Set<String> types, String modifier, String value) throws Refusal {
        if (definitions.version() != FhirVersion.R5) {
            return criterion(parameter(types, "_in"), modifier, value);
        }
        requireNoModifier(modifier);
        var alternatives = new ArrayList<Criterion>();
        for (String part : alternatives(value)) {
            alternatives.add(lists.in(Escapes.unescape(part)));
        }
        return any(alternatives);
    }

    private Criterion fullText(String code, String modifier, String value) throws Refusal {
        // The language is the same with the modifier and without.
        if (!modifier.isEmpty() && !modifier.equals(TEXT_ADVANCED)) {
            throw Refusal.notUnderstood("it takes no modifier but ':" + TEXT_ADVANCED + "'");
        }
        var alternatives = new ArrayList<Criterion>();
        for (String part : alternatives(value)) {
            alternatives.add(
                    TextQuery.parse(
                            Escapes.unescape(part),
                            (words, phrase) ->
                                    new Criterion.Value(
                                            code,
                                            phrase
                                                    ? new ValueTest.Phrase(words)
                                                    : new ValueTest.Words(words))));
        }
        return any(alternatives);
    }

    private Criterion filter(Set<String> types, String modifier, String value, int depth)
            throws Refusal {
        requireNoModifier(modifier);
        return new FilterCompiler(this).compile(FilterExpression.parse(value), types, depth);
    }

    private static void requireNoModifier(String modifier) throws Refusal {
        if (!modifier.isEmpty()) {
            throw Refusal.notUnderstood("it takes no modifier, so ':" + modifier + "' is wrong");
        }
    }

    /**
     * {@code subject:Patient.name}: what the reference leads to, and its own parameter.
     *
     * @param rest what follows, for messages
     */
    Criterion chain(Set<String> types, String reference, String rest, int depth, Target inner)
            throws Refusal {
        requireBounded(depth);
        int colon = reference.indexOf(':');
        String code = colon < 0 ? reference : reference.substring(0, colon);
        SearchParameter parameter = reference(types, code);
        Set<String> targets = targets(parameter, colon < 0 ? "" : reference.substring(colon + 1));
        // Types whose parameter means the same share a criterion.
        Map<Criterion, Set<String>> groups = new LinkedHashMap<>();
        Refusal refused = null;
        for (String target : new TreeSet<>(targets)) {
            try {
                Criterion criterion = inner.criterion(Set.of(target), depth + 1);
                groups.computeIfAbsent(criterion, _ -> new TreeSet<>()).add(target);
            } catch (Refusal e) {
                if (e.isFinal()) {
                    throw e;
                }
                refused = e;
            }
        }
        if (groups.isEmpty()) {
            boolean one = targets.size() == 1 && refused != null;
            throw one
                    ? refused
                    : Refusal.notUnderstood(
                            "none of the types that '"
                                    + code
                                    + "' leads to ("
                                    + String.join(", ", new TreeSet<>(targets))
                                    + ") takes '"
                                    + rest
                                    + "' with this value");
        }
        var alternatives = new ArrayList<Criterion>();
        groups.forEach(
                (criterion, group) -> {
                    alternatives.add(new Criterion.Chain(code, group, criterion));
                    if (intoContained) {
                        alternatives.add(new Criterion.Contained(code, group, criterion));
                    }
                });
        return any(alternatives);
    }

    private void requireBounded(int depth) throws Refusal {
        if (depth >= limits.maximumDepth()) {
            throw Refusal.tooDeep("it follows more than " + limits.maximumDepth() + " references");
        }
    }

    private SearchParameter reference(Set<String> types, String code) throws Refusal {
        SearchParameter parameter = parameter(types, code);
        if (parameter.type() != SearchParameterType.REFERENCE) {
            throw Refusal.notUnderstood("'" + code + "' is not a reference and leads nowhere");
        }
        return parameter;
    }

    private Set<String> targets(SearchParameter parameter, String type) throws Refusal {
        Set<String> all =
                parameter.targets().isEmpty() ? definitions.resourceTypes() : parameter.targets();
        if (type.isEmpty()) {
            return ValueParser.onlyTarget(parameter).map(Set::of).orElse(all);
        }
        if (!all.contains(type)) {
            throw Refusal.notUnderstood(
                    "'" + parameter.code() + "' does not lead to a '" + type + "'");
        }
        return Set.of(type);
    }

    /** {@code _has:Observation:patient:code}: who refers to it, by what, and its own parameter. */
    private Criterion reverseChain(Set<String> types, String name, String value, int depth)
            throws Refusal {
        requireBounded(depth);
        String[] parts = name.split(":", 4);
        if (parts.length < 4) {
            throw Refusal.notUnderstood("it is not of the form _has:Type:reference:parameter");
        }
        String source = parts[1];
        if (!definitions.isResourceType(source)) {
            throw Refusal.notUnderstood("there is no resource type '" + source + "'");
        }
        SearchParameter reference = reference(Set.of(source), parts[2]);
        Set<String> targets = targets(reference, "");
        if (!types.isEmpty() && types.stream().noneMatch(targets::contains)) {
            throw Refusal.notUnderstood(
                    "'" + parts[2] + "' of " + source + " does not lead to a searched type");
        }
        return new Criterion.ReverseChain(
                source, parts[2], parse(Set.of(source), parts[3], value, depth + 1));
    }
}
