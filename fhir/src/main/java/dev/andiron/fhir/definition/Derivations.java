package dev.andiron.fhir.definition;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out which of the standard's search parameters of a type follow from others, by comparing
 * their expressions. These count as known only if each of their alternatives is a plain path from
 * the type, the last step of which may be narrowed to a type: {@code Observation.code}, {@code
 * Observation.value.ofType(Quantity)}, and {@code Observation.value.as(Quantity)}, for which {@code
 * (Observation.value as Quantity)} is another spelling. Such a path finds the same whatever stands
 * around it, so that equal paths find equal elements, and alternatives what each of them finds. An
 * expression with anything else is never compared.
 *
 * <ul>
 *   <li>A parameter is a {@link Derivation.Union} if its alternatives are those of others of its
 *       type together, each of which has fewer. Composites have to have the same parts, too: as
 *       many, in the same order, of the same types, by the same paths. References, which chains and
 *       includes follow by their parameter, and places are kept.
 *   <li>A composite is a {@link Derivation.Conjunction} if its expression is the type itself, and
 *       for each part there is a parameter of the part's type whose alternatives are the part's, as
 *       seen from the resource.
 *   <li>Of one part the parameter may find more, if that is sampled data where the part takes other
 *       types of the same element, a choice that occurs once: then the two cannot meet in a
 *       resource, and sampled data are the exception. What is kept for these is little, for they
 *       are rare, and large themselves.
 * </ul>
 */
final class Derivations {
    private static final Pattern PATH =
            Pattern.compile(
                    "([A-Za-z0-9]+(?:\\.[A-Za-z0-9]+)*)(?:\\.(?:as|ofType)\\(([A-Za-z0-9]+)\\))?");
    private static final Pattern AS_OPERATOR =
            Pattern.compile("\\(\\s*([A-Za-z0-9.]+)\\s+as\\s+([A-Za-z0-9]+)\\s*\\)");
    private static final Set<SearchParameterType> KEPT =
            Set.of(SearchParameterType.REFERENCE, SearchParameterType.SPECIAL);
    private static final String RARE = "SampledData";

    private final TypeDefinition type;
    private final Map<String, SearchParameter> parameters = new LinkedHashMap<>();
    private final Map<String, Set<String>> paths = new LinkedHashMap<>();

    private Derivations(TypeDefinition type, List<SearchParameter> known) {
        this.type = type;
        for (SearchParameter parameter : known) {
            paths(parameter.expression(), "")
                    .ifPresent(
                            alternatives -> {
                                parameters.put(parameter.code(), parameter);
                                paths.put(parameter.code(), alternatives);
                            });
        }
    }

    /** Those of a type, by code. */
    static Map<String, Derivation> of(TypeDefinition type, List<SearchParameter> known) {
        var derivations = new Derivations(type, known);
        var found = new LinkedHashMap<String, Derivation>();
        for (SearchParameter parameter : derivations.parameters.values()) {
            derivations
                    .conjunction(parameter)
                    .or(() -> derivations.union(parameter))
                    .ifPresent(derivation -> found.put(parameter.code(), derivation));
        }
        return Map.copyOf(found);
    }

    /** The alternatives of an expression in one spelling; empty if one is no plain path. */
    private static Optional<Set<String>> paths(String expression, String prefix) {
        var found = new TreeSet<String>();
        for (String alternative : SearchParameter.corrected(expression).split("\\|", -1)) {
            String path = alternative.strip();
            Matcher operator = AS_OPERATOR.matcher(path);
            if (operator.matches()) {
                path = operator.group(1) + ".as(" + operator.group(2) + ")";
            } else if (path.startsWith("(") && path.endsWith(")")) {
                path = path.substring(1, path.length() - 1).strip();
            }
            if (!PATH.matcher(path).matches()) {
                return Optional.empty();
            }
            found.add(prefix + path);
        }
        return Optional.of(found);
    }

    private Optional<Derivation> union(SearchParameter whole) {
        if (KEPT.contains(whole.type())) {
            return Optional.empty();
        }
        Set<String> wanted = paths.get(whole.code());
        List<SearchParameter> fewer =
                parameters.values().stream()
                        .filter(each -> each.type() == whole.type())
                        .filter(each -> paths.get(each.code()).size() < wanted.size())
                        .filter(each -> wanted.containsAll(paths.get(each.code())))
                        .filter(each -> haveSameParts(each, whole))
                        .sorted(
                                Comparator.<SearchParameter>comparingInt(
                                                each -> -paths.get(each.code()).size())
                                        .thenComparing(SearchParameter::code))
                        .toList();
        var covered = new TreeSet<String>();
        var chosen = new ArrayList<String>();
        for (SearchParameter each : fewer) {
            if (covered.addAll(paths.get(each.code()))) {
                chosen.add(each.code());
            }
        }
        return covered.equals(wanted)
                ? Optional.of(new Derivation.Union(chosen))
                : Optional.empty();
    }

    private static boolean haveSameParts(SearchParameter one, SearchParameter other) {
        List<SearchParameter.Component> parts = one.components();
        if (parts.size() != other.components().size()) {
            return false;
        }
        for (int i = 0; i < parts.size(); i++) {
            SearchParameter.Component part = parts.get(i);
            SearchParameter.Component counterpart = other.components().get(i);
            var path = paths(part.expression(), "");
            if (part.type() != counterpart.type()
                    || path.isEmpty()
                    || !path.equals(paths(counterpart.expression(), ""))) {
                return false;
            }
        }
        return true;
    }

    private Optional<Derivation> conjunction(SearchParameter composite) {
        if (composite.type() != SearchParameterType.COMPOSITE
                || !paths.get(composite.code()).equals(Set.of(type.name()))) {
            return Optional.empty();
        }
        var chosen = new ArrayList<String>();
        Optional<SearchParameter> exception = Optional.empty();
        for (SearchParameter.Component part : composite.components()) {
            var wanted = paths(part.expression(), type.name() + ".");
            if (wanted.isEmpty()) {
                return Optional.empty();
            }
            Optional<String> same = same(part, wanted.get());
            if (same.isEmpty() && exception.isEmpty()) {
                same = wider(part, wanted.get());
                exception = same.map(code -> exception(composite, code, wanted.get()));
            }
            if (same.isEmpty()) {
                return Optional.empty();
            }
            chosen.add(same.get());
        }
        return Optional.of(new Derivation.Conjunction(chosen, exception));
    }

    /** Of several the one that the part names. */
    private Optional<String> same(SearchParameter.Component part, Set<String> wanted) {
        return parameters.values().stream()
                .filter(each -> each.type() == part.type())
                .map(SearchParameter::code)
                .filter(code -> paths.get(code).equals(wanted))
                .min(Comparator.comparing(code -> !code.equals(part.code())));
    }

    private Optional<String> wider(SearchParameter.Component part, Set<String> wanted) {
        return part.type() == SearchParameterType.QUANTITY
                ? parameters.values().stream()
                        .filter(each -> each.type() == part.type())
                        .map(SearchParameter::code)
                        .filter(code -> isWider(paths.get(code), wanted))
                        .findFirst()
                : Optional.empty();
    }

    private boolean isWider(Set<String> all, Set<String> wanted) {
        if (!all.containsAll(wanted)) {
            return false;
        }
        var elements = new TreeSet<String>();
        for (String path : all) {
            Matcher parts = PATH.matcher(path);
            if (!parts.matches()
                    || parts.group(2) == null
                    || parts.group(2).equals(RARE) == wanted.contains(path)) {
                return false;
            }
            elements.add(parts.group(1));
        }
        return elements.size() == 1
                && type.elements().stream()
                        .filter(each -> elements.contains(type.name() + "." + each.name()))
                        .anyMatch(each -> each.isChoice() && !each.isRepeating());
    }

    private SearchParameter exception(SearchParameter composite, String wider, Set<String> wanted) {
        SearchParameter whole = parameters.get(wider);
        var beyond = new TreeSet<>(paths.get(wider));
        beyond.removeAll(wanted);
        return new SearchParameter(
                composite.base(),
                composite.code(),
                whole.type(),
                String.join(" | ", beyond),
                Set.of(),
                List.of(),
                composite.url(),
                composite.description());
    }
}
