package dev.andiron.fhir.terminology;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The concepts of a CodeSystem. One is below another if it is nested in it, or if the properties
 * {@code parent}, {@code child} or {@code subsumedBy} say so; cycles do no harm.
 */
final class ConceptTree {
    private static final String PROPERTIES = "http://hl7.org/fhir/concept-properties#";

    private final Map<String, JsonObject> concepts = new LinkedHashMap<>();
    private final Map<String, Set<String>> children = new HashMap<>();
    private final Map<String, Set<String>> parents = new HashMap<>();

    ConceptTree(JsonObject codeSystem) {
        var meanings = new HashMap<String, String>();
        for (String known : List.of("parent", "child", "subsumedBy")) {
            meanings.put(known, known);
        }
        for (JsonObject property : codeSystem.objects("property")) {
            String uri = property.string("uri").orElse("");
            if (uri.startsWith(PROPERTIES)) {
                meanings.put(
                        property.string("code").orElse(""), uri.substring(PROPERTIES.length()));
            }
        }
        record Nested(JsonObject concept, String parent) {}
        var open = new ArrayDeque<Nested>();
        codeSystem.objects("concept").forEach(concept -> open.add(new Nested(concept, "")));
        while (!open.isEmpty()) {
            Nested next = open.removeFirst();
            String code = next.concept().string("code").orElse("");
            concepts.put(code, next.concept());
            if (!next.parent().isEmpty()) {
                link(next.parent(), code);
            }
            for (JsonObject property : next.concept().objects("property")) {
                String other = property.string("valueCode").orElse("");
                switch (meanings.getOrDefault(property.string("code").orElse(""), "")) {
                    case "parent", "subsumedBy" -> link(other, code);
                    case "child" -> link(code, other);
                    default -> {
                        // It says nothing about the hierarchy.
                    }
                }
            }
            next.concept().objects("concept").forEach(it -> open.add(new Nested(it, code)));
        }
    }

    private void link(String parent, String child) {
        children.computeIfAbsent(parent, _ -> new LinkedHashSet<>()).add(child);
        parents.computeIfAbsent(child, _ -> new LinkedHashSet<>()).add(parent);
    }

    Set<String> codes() {
        return concepts.keySet();
    }

    boolean isLeaf(String code) {
        return children(code).isEmpty();
    }

    Set<String> children(String code) {
        return children.getOrDefault(code, Set.of());
    }

    /** The code and all below it. */
    Set<String> below(String code) {
        return reachable(code, children);
    }

    /** The code and all above it. */
    Set<String> above(String code) {
        return reachable(code, parents);
    }

    private static Set<String> reachable(String from, Map<String, Set<String>> links) {
        var reached = new LinkedHashSet<String>();
        var open = new ArrayDeque<String>();
        open.add(from);
        while (!open.isEmpty()) {
            String next = open.removeFirst();
            if (reached.add(next)) {
                open.addAll(links.getOrDefault(next, Set.of()));
            }
        }
        return reached;
    }

    /** The values of a concept's property as text, of its code and display too. */
    Collection<String> property(String code, String name) {
        JsonObject concept = concepts.get(code);
        switch (name) {
            case "concept", "code" -> {
                return List.of(code);
            }
            case "display", "definition" -> {
                return concept.string(name).map(List::of).orElse(List.of());
            }
            case "parent" -> {
                return parents.getOrDefault(code, Set.of());
            }
            case "child" -> {
                return children(code);
            }
            default -> {
                var values = new ArrayList<String>();
                for (JsonObject property : concept.objects("property")) {
                    if (property.string("code").orElse("").equals(name)) {
                        values.addAll(values(property));
                    }
                }
                return values;
            }
        }
    }

    private static List<String> values(JsonObject property) {
        for (String name : property.names()) {
            if (name.startsWith("value")) {
                return text(property.get(name));
            }
        }
        return List.of();
    }

    private static List<String> text(JsonValue value) {
        return switch (value) {
            case JsonString string -> List.of(string.value());
            case JsonNumber number -> List.of(number.text());
            case JsonBoolean bool -> List.of(Boolean.toString(bool.value()));
            case JsonObject coding -> coding.string("code").map(List::of).orElse(List.of());
            default -> List.of();
        };
    }
}
