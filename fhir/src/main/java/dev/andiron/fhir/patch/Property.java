package dev.andiron.fhir.patch;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A property of a JSON object as FHIR sees it: its values, together with the ids and extensions of
 * primitives that JSON keeps in a second member with an underscore.
 *
 * @param name the JSON name, such as {@code given} or {@code valueString}
 * @param items the values in order
 * @param isArray whether they stand in an array
 */
record Property(String name, List<Item> items, boolean isArray) {

    /**
     * One value.
     *
     * @param value the value; {@link JsonNull} for a primitive that has extensions only
     * @param extensions the id and extensions of a primitive
     */
    record Item(JsonValue value, Optional<JsonObject> extensions) {
        static Item of(JsonValue value) {
            return new Item(value, Optional.empty());
        }
    }

    Property {
        items = List.copyOf(items);
    }

    static Property of(JsonObject holder, String name) {
        JsonValue values = holder.get(name);
        JsonValue extensions = holder.get("_" + name);
        boolean isArray = values instanceof JsonArray || extensions instanceof JsonArray;
        var items = new ArrayList<Item>();
        for (int i = 0; i < Math.max(size(values), size(extensions)); i++) {
            Optional<JsonObject> extension =
                    at(extensions, i) instanceof JsonObject object
                            ? Optional.of(object)
                            : Optional.empty();
            items.add(new Item(at(values, i), extension));
        }
        return new Property(name, items, isArray);
    }

    private static int size(JsonValue value) {
        return switch (value) {
            case null -> 0;
            case JsonArray array -> array.size();
            case JsonValue _ -> 1;
        };
    }

    private static JsonValue at(JsonValue value, int index) {
        return switch (value) {
            case null -> JsonNull.NULL;
            case JsonArray array -> index < array.size() ? array.get(index) : JsonNull.NULL;
            case JsonValue single -> index == 0 ? single : JsonNull.NULL;
        };
    }

    Property with(List<Item> others) {
        return new Property(name, others, isArray);
    }

    Property with(int index, Item item) {
        var changed = new ArrayList<>(items);
        changed.set(index, item);
        return with(changed);
    }

    Property without(int index) {
        var fewer = new ArrayList<>(items);
        fewer.remove(index);
        return with(fewer);
    }

    /** The object with this property as it is here; without it when it has no items. */
    JsonObject into(JsonObject holder) {
        boolean valued = items.stream().anyMatch(item -> item.value() != JsonNull.NULL);
        boolean extended = items.stream().anyMatch(item -> item.extensions().isPresent());
        JsonObject changed =
                valued
                        ? holder.with(name, json(items.stream().map(Item::value).toList()))
                        : holder.without(name);
        return extended
                ? changed.with("_" + name, json(items.stream().map(Property::extension).toList()))
                : changed.without("_" + name);
    }

    private static JsonValue extension(Item item) {
        return item.extensions().isPresent() ? item.extensions().get() : JsonNull.NULL;
    }

    private JsonValue json(List<JsonValue> values) {
        return isArray ? JsonArray.of(values) : values.getFirst();
    }
}
