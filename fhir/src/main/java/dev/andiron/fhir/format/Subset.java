package dev.andiron.fhir.format;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.ElementDefinition;
import dev.andiron.fhir.definition.ElementUse;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.definition.TypeKind;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Cuts resources down to what {@code _summary} or {@code _elements} asks for, and marks them as
 * SUBSETTED, so that nobody takes them for the whole. Id, meta and required elements always stay.
 * Safe for use by many threads.
 */
public final class Subset {
    private static final String TAG_SYSTEM =
            "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
    private static final String TAG_CODE = "SUBSETTED";
    private static final Set<String> ALWAYS = Set.of("id", "meta");

    private final Definitions definitions;

    public Subset(Definitions definitions) {
        this.definitions = definitions;
    }

    /**
     * What a summary keeps. A resource of a type without definition is left whole.
     *
     * @throws IllegalArgumentException for {@link Summary#COUNT}, which wants no resources
     */
    public JsonObject summary(JsonObject resource, Summary summary) {
        Optional<TypeDefinition> type = resource.string("resourceType").flatMap(definitions::type);
        if (type.isEmpty() || summary == Summary.FALSE) {
            return resource;
        }
        return switch (summary) {
            case TRUE -> tagged(summarized(resource, type.get()));
            case TEXT ->
                    tagged(
                            kept(
                                    resource,
                                    type.get(),
                                    element -> element.name().equals("text") || isAlways(element)));
            case DATA -> tagged(resource.without("text"));
            case COUNT -> throw new IllegalArgumentException("a count has no resources");
            case FALSE -> resource;
        };
    }

    /**
     * The named elements, and those that may change their meaning. A resource of a type without
     * definition is left whole.
     *
     * @param elements names such as {@code birthDate}, {@code value} or {@code Patient.birthDate};
     *     names of other types' elements have no effect, deeper paths keep their first element
     */
    public JsonObject elements(JsonObject resource, Set<String> elements) {
        Optional<TypeDefinition> type = resource.string("resourceType").flatMap(definitions::type);
        if (type.isEmpty() || elements.isEmpty()) {
            return resource;
        }
        Set<String> names =
                elements.stream()
                        .map(name -> topLevel(name, type.get().name()))
                        .collect(Collectors.toSet());
        return tagged(
                kept(
                        resource,
                        type.get(),
                        element ->
                                names.contains(element.name())
                                        || isAlways(element)
                                        || element.isModifier()));
    }

    private static String topLevel(String name, String type) {
        String own = name.startsWith(type + ".") ? name.substring(type.length() + 1) : name;
        int dot = own.indexOf('.');
        String first = dot < 0 ? own : own.substring(0, dot);
        return first.endsWith("[x]") ? first.substring(0, first.length() - 3) : first;
    }

    private static boolean isAlways(ElementDefinition element) {
        return element.isRequired() || ALWAYS.contains(element.name());
    }

    private static JsonObject kept(
            JsonObject object, TypeDefinition type, Predicate<ElementDefinition> isKept) {
        var kept = JsonObject.builder();
        for (int i = 0; i < object.size(); i++) {
            String name = object.name(i);
            boolean isElement = use(type, name).map(ElementUse::element).filter(isKept).isPresent();
            if (isElement || name.equals("resourceType")) {
                kept.put(name, object.value(i));
            }
        }
        return kept.build();
    }

    private static Optional<ElementUse> use(TypeDefinition type, String name) {
        return type.element(name.startsWith("_") ? name.substring(1) : name);
    }

    private JsonObject summarized(JsonObject object, TypeDefinition type) {
        var kept = JsonObject.builder();
        for (int i = 0; i < object.size(); i++) {
            String name = object.name(i);
            Optional<ElementUse> use = use(type, name);
            if (name.equals("resourceType")) {
                kept.put(name, object.value(i));
            } else if (use.isPresent() && isInSummary(type, use.get().element())) {
                summarized(object.value(i), use.get()).ifPresent(value -> kept.put(name, value));
            }
        }
        return kept.build();
    }

    private static boolean isInSummary(TypeDefinition type, ElementDefinition element) {
        return element.isSummary()
                || element.isModifier() // without it the rest may mean something else
                || isAlways(element)
                || type.name().equals("Extension"); // once kept, whole
    }

    /** The value with its own elements cut down; empty when nothing is left of it. */
    private Optional<JsonValue> summarized(JsonValue value, ElementUse use) {
        TypeDefinition type = definitions.type(use.typeName()).orElseThrow();
        if (type.kind() == TypeKind.PRIMITIVE) {
            return Optional.of(value);
        }
        if (value instanceof JsonArray array) {
            List<JsonValue> items = new ArrayList<>(array.size());
            array.forEach(item -> summarized(item, use).ifPresent(items::add));
            return items.isEmpty() ? Optional.empty() : Optional.of(JsonArray.of(items));
        }
        if (!(value instanceof JsonObject object)) {
            return Optional.of(value);
        }
        if (type.kind() == TypeKind.RESOURCE) {
            return Optional.of(object);
        }
        JsonObject kept = summarized(object, type);
        return kept.isEmpty() ? Optional.empty() : Optional.of(kept);
    }

    private static JsonObject tagged(JsonObject resource) {
        JsonObject meta = resource.object("meta").orElse(JsonObject.empty());
        boolean isTagged =
                meta.objects("tag").stream()
                        .anyMatch(
                                tag ->
                                        tag.string("system").equals(Optional.of(TAG_SYSTEM))
                                                && tag.string("code")
                                                        .equals(Optional.of(TAG_CODE)));
        if (isTagged) {
            return resource;
        }
        JsonObject tag =
                JsonObject.builder().put("system", TAG_SYSTEM).put("code", TAG_CODE).build();
        JsonArray tags = meta.array("tag").orElse(JsonArray.of()).append(tag);
        return resource.with("meta", meta.with("tag", tags));
    }
}
