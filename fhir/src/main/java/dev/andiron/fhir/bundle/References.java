package dev.andiron.fhir.bundle;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.ElementUse;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The places of a resource where references stand: {@code Reference.reference}; elements of type
 * uri, url, oid and uuid; links in narratives. Contained resources, extensions and the resources in
 * Parameters belong to a resource; the entries of a bundle that is itself stored do not, their
 * references are about that bundle. Elements of type canonical are no such place (R4 section
 * 3.1.0.11.2: they are not replaced), nor are uris that name instead of lead: the url of a resource
 * or extension, and systems. Safe for use by many threads.
 */
public final class References {
    private static final Set<String> LINK_TYPES = Set.of("uri", "url", "oid", "uuid");
    private static final String REFERENCE = "reference";

    private final Definitions definitions;

    public References(Definitions definitions) {
        this.definitions = definitions;
    }

    /** Gives the text of every {@code Reference.reference} to a consumer. */
    public static void forEach(JsonObject resource, Consumer<String> consumer) {
        if (!isBundle(resource)) {
            visit(resource, consumer);
        }
    }

    private static void visit(JsonObject object, Consumer<String> consumer) {
        for (int i = 0; i < object.size(); i++) {
            switch (object.value(i)) {
                case JsonString string -> {
                    if (object.name(i).equals(REFERENCE)) {
                        consumer.accept(string.value());
                    }
                }
                case JsonObject child -> forEach(child, consumer);
                case JsonArray array -> {
                    for (int j = 0; j < array.size(); j++) {
                        if (array.get(j) instanceof JsonObject child) {
                            forEach(child, consumer);
                        }
                    }
                }
                case JsonValue _ -> {
                    // numbers, booleans and null refer to nothing
                }
            }
        }
    }

    /** Where the first reference of this text stands, as a FHIRPath below the given one. */
    public static Optional<String> find(JsonObject object, String path, String text) {
        for (int i = 0; i < object.size(); i++) {
            String name = path + "." + object.name(i);
            Optional<String> found =
                    switch (object.value(i)) {
                        case JsonString string ->
                                object.name(i).equals(REFERENCE) && string.value().equals(text)
                                        ? Optional.of(name)
                                        : Optional.empty();
                        case JsonObject child -> find(child, name, text);
                        case JsonArray array -> find(array, name, text);
                        case JsonValue _ -> Optional.empty();
                    };
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> find(JsonArray array, String path, String text) {
        for (int i = 0; i < array.size(); i++) {
            if (array.get(i) instanceof JsonObject child) {
                Optional<String> found = find(child, path + "[" + i + "]", text);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The resource with its references led elsewhere; the very same one if none changes.
     *
     * @param targets says where
     * @param schemes how the links begin that may change, such as {@code urn:}; all others are
     *     passed over unread
     */
    public JsonObject rewrite(JsonObject resource, ReferenceTargets targets, Set<String> schemes) {
        return new Walk(targets, schemes.toArray(String[]::new)).object(resource);
    }

    private static boolean isBundle(JsonObject object) {
        return object.get("resourceType") instanceof JsonString type
                && type.value().equals("Bundle");
    }

    /** One rewriting; remembers the way down, in case a type is asked for. */
    private final class Walk {
        private final ReferenceTargets targets;
        private final String[] schemes;
        private JsonObject[] objects = new JsonObject[16];
        private String[] names = new String[16];
        private int depth;

        Walk(ReferenceTargets targets, String[] schemes) {
            this.targets = targets;
            this.schemes = schemes;
        }

        JsonObject object(JsonObject object) {
            if (isBundle(object)) {
                return object;
            }
            push(object);
            JsonObject changed = object;
            for (int i = 0; i < object.size(); i++) {
                JsonValue before = object.value(i);
                names[depth - 1] = object.name(i);
                JsonValue after =
                        switch (before) {
                            case JsonString string -> string(object.name(i), string);
                            case JsonObject child -> object(child);
                            case JsonArray array -> array(object.name(i), array);
                            case JsonValue other -> other;
                        };
                if (isOther(before, after)) {
                    changed = changed.with(object.name(i), after);
                }
            }
            depth--;
            return changed;
        }

        private JsonArray array(String name, JsonArray array) {
            JsonArray changed = array;
            for (int i = 0; i < array.size(); i++) {
                JsonValue before = array.get(i);
                JsonValue after =
                        switch (before) {
                            case JsonObject child -> object(child);
                            case JsonString string -> string(name, string);
                            case JsonValue other -> other;
                        };
                if (isOther(before, after)) {
                    changed = changed.with(i, after);
                }
            }
            return changed;
        }

        private JsonString string(String name, JsonString string) {
            if (name.equals(REFERENCE)) {
                return replaced(string, targets.reference(string.value()));
            }
            if (name.equals("div")) {
                return schemes.length == 0
                        ? string
                        : replaced(string, NarrativeLinks.rewrite(string.value(), targets));
            }
            for (String scheme : schemes) {
                if (string.startsWith(scheme)) {
                    String link = targets.link(string.value());
                    return isOther(link, string.value()) && isLink(name)
                            ? JsonString.of(link)
                            : string;
                }
            }
            return string;
        }

        private static JsonString replaced(JsonString string, String text) {
            return isOther(text, string.value()) ? JsonString.of(text) : string;
        }

        /** Whether the element that the walk stands at is of a type that leads somewhere. */
        private boolean isLink(String name) {
            if (name.equals("system")) {
                return false;
            }
            JsonObject holder = objects[depth - 1];
            boolean named = holder.has("resourceType") || isExtension();
            if (name.equals("url") && named) {
                return false;
            }
            Optional<TypeDefinition> type = Optional.empty();
            String typeName = "";
            for (int i = 0; i < depth; i++) {
                if (objects[i].get("resourceType") instanceof JsonString resourceType) {
                    type = definitions.type(resourceType.value());
                }
                String element = names[i];
                Optional<ElementUse> use = type.flatMap(it -> it.element(element));
                typeName = use.map(ElementUse::typeName).orElse("");
                type = definitions.type(typeName);
            }
            return LINK_TYPES.contains(typeName);
        }

        private boolean isExtension() {
            return depth > 1
                    && (names[depth - 2].equals("extension")
                            || names[depth - 2].equals("modifierExtension"));
        }

        private void push(JsonObject object) {
            if (depth == objects.length) {
                objects = Arrays.copyOf(objects, depth * 2);
                names = Arrays.copyOf(names, depth * 2);
            }
            objects[depth++] = object;
        }
    }

    private static boolean isOther(Object before, Object after) {
        return before != after;
    }
}
