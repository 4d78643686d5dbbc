package dev.andiron.fhir.terminology;

import dev.andiron.fhir.json.JsonObject;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A filter of a value set: which concepts of a code system it selects. */
record ConceptFilter(String property, String operator, String value) {
    private static final List<String> HIERARCHICAL =
            List.of(
                    "is-a",
                    "descendent-of",
                    "is-not-a",
                    "generalizes",
                    "child-of",
                    "descendent-leaf");

    static ConceptFilter of(JsonObject filter) {
        return new ConceptFilter(
                filter.string("property").orElse(""),
                filter.string("op").orElse(""),
                filter.string("value").orElse(""));
    }

    Set<String> select(ConceptTree tree) throws TerminologyException {
        if (HIERARCHICAL.contains(operator)) {
            if (!property.equals("concept") && !property.equals("code")) {
                throw unknown();
            }
            return hierarchical(tree);
        }
        Test test = test();
        var selected = new LinkedHashSet<String>();
        for (String code : tree.codes()) {
            if (test.passes(tree.property(code, property))) {
                selected.add(code);
            }
        }
        return selected;
    }

    private Set<String> hierarchical(ConceptTree tree) {
        var selected = new LinkedHashSet<String>();
        switch (operator) {
            case "is-a" -> selected.addAll(tree.below(value));
            case "descendent-of" -> {
                selected.addAll(tree.below(value));
                selected.remove(value);
            }
            case "is-not-a" -> {
                selected.addAll(tree.codes());
                selected.removeAll(tree.below(value));
            }
            case "generalizes" -> selected.addAll(tree.above(value));
            case "child-of" -> selected.addAll(tree.children(value));
            default -> {
                selected.addAll(tree.below(value));
                selected.removeIf(code -> !tree.isLeaf(code));
            }
        }
        selected.retainAll(tree.codes());
        return selected;
    }

    /** What the values of a concept's property must be. */
    private interface Test {
        boolean passes(Iterable<String> values) throws TerminologyException;
    }

    private Test test() throws TerminologyException {
        return switch (operator) {
            case "=" -> any(Set.of(value));
            case "in" -> any(listed());
            case "not-in" -> {
                Test among = any(listed());
                yield values -> !among.passes(values);
            }
            case "exists" -> {
                boolean wanted = Boolean.parseBoolean(value);
                yield values -> values.iterator().hasNext() == wanted;
            }
            case "regex" -> {
                var pattern = new BoundedPattern(value);
                yield values -> {
                    for (String each : values) {
                        if (pattern.matches(each)) {
                            return true;
                        }
                    }
                    return false;
                };
            }
            default -> throw unknown();
        };
    }

    private static Test any(Set<String> wanted) {
        return values -> {
            for (String each : values) {
                if (wanted.contains(each)) {
                    return true;
                }
            }
            return false;
        };
    }

    private Set<String> listed() {
        var listed = new HashSet<String>();
        Arrays.stream(value.split(",")).map(String::strip).forEach(listed::add);
        return listed;
    }

    private TerminologyException unknown() {
        return TerminologyException.lacking(
                "the filter '" + property + " " + operator + " " + value + "' is not known here");
    }
}
