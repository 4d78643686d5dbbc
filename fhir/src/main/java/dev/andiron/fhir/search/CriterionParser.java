package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Turns one parameter of a query, chains included, into a criterion. */
final class CriterionParser {
    private static final String HAS = "_has:";

    private final Definitions definitions;
    private final SearchParameters parameters;
    private final ValueParser values;
    private final SearchLimits limits;

    CriterionParser(
            Definitions definitions,
            SearchContext context,
            ValueParser values,
            SearchLimits limits) {
        this.definitions = definitions;
        this.parameters = context.parameters();
        this.values = values;
        this.limits = limits;
    }

    /**
     * The criterion of one parameter.
     *
     * @param types the types that are searched; empty means all
     */
    Criterion parse(Set<String> types, String name, String value) throws Refusal {
        return parse(types, name, value, 0);
    }

    private Criterion parse(Set<String> types, String name, String value, int depth)
            throws Refusal {
        if (depth > limits.maximumDepth()) {
            throw Refusal.malformed(
                    "it follows more than " + limits.maximumDepth() + " references");
        }
        if (name.startsWith(HAS)) {
            return reverseChain(types, name, value, depth);
        }
        int dot = name.indexOf('.');
        if (dot >= 0) {
            return chain(types, name.substring(0, dot), name.substring(dot + 1), value, depth);
        }
        int colon = name.indexOf(':');
        String code = colon < 0 ? name : name.substring(0, colon);
        String modifier = colon < 0 ? "" : name.substring(colon + 1);
        if (colon >= 0 && modifier.isEmpty()) {
            throw Refusal.notUnderstood("it ends with a colon but names no modifier");
        }
        return criterion(parameter(types, code), modifier, value);
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

    private Criterion criterion(SearchParameter parameter, String modifier, String value)
            throws Refusal {
        String code = parameter.code();
        if (value.isEmpty()) {
            throw Refusal.malformed("it has no value");
        }
        if (code.equals("_id")) {
            return id(modifier, value);
        }
        if (code.equals("_lastUpdated")) {
            return lastUpdated(modifier, value);
        }
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
            for (ValueTest test : values.tests(parameter, modifier, part)) {
                alternatives.add(new Criterion.Value(code, test));
            }
        }
        Criterion criterion = any(alternatives);
        boolean negated = modifier.equals("not") && parameter.type() == SearchParameterType.TOKEN;
        return negated ? new Criterion.Not(criterion) : criterion;
    }

    private static Criterion any(List<Criterion> alternatives) {
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
            throw Refusal.notUnderstood("the modifier ':" + modifier + "' is not supported");
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
        if (!modifier.isEmpty()) {
            throw Refusal.notUnderstood("the modifier ':" + modifier + "' is not supported");
        }
        var alternatives = new ArrayList<Criterion>();
        for (String part : alternatives(value)) {
            ValueTest.Date date = values.date(part);
            alternatives.add(new Criterion.LastUpdated(date.operator(), date.low(), date.high()));
        }
        return any(alternatives);
    }

    /** {@code subject:Patient.name}: what the reference leads to, and its own parameter. */
    private Criterion chain(
            Set<String> types, String reference, String rest, String value, int depth)
            throws Refusal {
        int colon = reference.indexOf(':');
        String code = colon < 0 ? reference : reference.substring(0, colon);
        SearchParameter parameter = reference(types, code);
        Set<String> targets = targets(parameter, colon < 0 ? "" : reference.substring(colon + 1));
        // Types whose parameter means the same share a criterion.
        Map<Criterion, Set<String>> groups = new LinkedHashMap<>();
        Refusal refused = null;
        for (String target : new TreeSet<>(targets)) {
            try {
                Criterion criterion = parse(Set.of(target), rest, value, depth + 1);
                groups.computeIfAbsent(criterion, _ -> new TreeSet<>()).add(target);
            } catch (Refusal e) {
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
                (criterion, group) ->
                        alternatives.add(new Criterion.Chain(code, group, criterion)));
        return any(alternatives);
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
