package dev.andiron.fhir.patch;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.ElementDefinition;
import dev.andiron.fhir.definition.ElementType;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Values as the parts of a patch carry them: {@code valueX}, a resource, or for an element within
 * an element a part for each of its elements.
 */
final class PatchValue {
    private final Definitions definitions;

    PatchValue(Definitions definitions) {
        this.definitions = definitions;
    }

    /** The element of a type that a name means: {@code value} for {@code value[x]}. */
    static Optional<ElementDefinition> element(TypeDefinition type, String name) {
        String plain = name.endsWith("[x]") ? name.substring(0, name.length() - 3) : name;
        for (ElementDefinition element : type.elements()) {
            if (element.name().equals(plain)) {
                return Optional.of(element);
            }
        }
        return type.element(name).map(use -> use.element());
    }

    /**
     * The JSON name that an element has with the value of a part.
     *
     * @throws dev.andiron.fhir.outcome.FhirException 422 if a choice has not this type
     */
    static String jsonName(PatchOperation operation, ElementDefinition element, JsonObject part) {
        if (!element.isChoice()) {
            return element.name();
        }
        String value =
                PatchOperation.valueName(part)
                        .orElseThrow(() -> operation.malformed("has a value without a type"));
        String name = element.name() + value.substring("value".length());
        for (ElementType type : element.types()) {
            if (element.jsonName(type).equals(name)) {
                return name;
            }
        }
        throw operation.refusal("'%s[x]' has not the type of %s".formatted(element.name(), value));
    }

    /** The value of a part for an element. */
    Property.Item item(PatchOperation operation, ElementDefinition element, JsonObject part) {
        Optional<String> name = PatchOperation.valueName(part);
        if (name.isPresent()) {
            JsonValue value = part.get(name.get());
            return new Property.Item(
                    value == null ? JsonNull.NULL : value, part.object("_" + name.get()));
        }
        if (part.object("resource").isPresent()) {
            return Property.Item.of(part.object("resource").get());
        }
        List<JsonObject> parts = part.objects("part");
        if (parts.isEmpty()) {
            throw operation.malformed("has a value without content");
        }
        TypeDefinition type =
                definitions
                        .type(element.types().getFirst().name())
                        .orElseThrow(() -> operation.refusal("its type is not known"));
        return Property.Item.of(object(operation, type, parts));
    }

    private JsonObject object(
            PatchOperation operation, TypeDefinition type, List<JsonObject> parts) {
        JsonObject object = JsonObject.empty();
        for (JsonObject part : parts) {
            String name = part.string("name").orElse("");
            ElementDefinition element =
                    element(type, name)
                            .orElseThrow(
                                    () ->
                                            operation.refusal(
                                                    "%s has no element '%s'"
                                                            .formatted(type, name)));
            String jsonName = jsonName(operation, element, part);
            var items = new ArrayList<>(Property.of(object, jsonName).items());
            if (!items.isEmpty() && !element.isRepeating()) {
                throw operation.refusal("'%s' does not repeat".formatted(name));
            }
            items.add(item(operation, element, part));
            object = new Property(jsonName, items, element.isRepeating()).into(object);
        }
        return object;
    }
}
