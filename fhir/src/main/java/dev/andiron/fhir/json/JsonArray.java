package dev.andiron.fhir.json;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** A JSON array. */
public final class JsonArray implements JsonValue, Iterable<JsonValue> {
    private static final JsonArray EMPTY = new JsonArray(new JsonValue[0]);

    private final JsonValue[] values;

    private JsonArray(JsonValue[] values) {
        this.values = values;
    }

    public static JsonArray of(List<? extends JsonValue> values) {
        return values.isEmpty() ? EMPTY : new JsonArray(values.toArray(JsonValue[]::new));
    }

    public static JsonArray of(JsonValue... values) {
        return values.length == 0 ? EMPTY : new JsonArray(values.clone());
    }

    /** Takes over the array. */
    static JsonArray owning(JsonValue[] values) {
        return new JsonArray(values);
    }

    public int size() {
        return values.length;
    }

    public boolean isEmpty() {
        return values.length == 0;
    }

    public JsonValue get(int index) {
        return values[index];
    }

    /** A list that cannot be changed. */
    public List<JsonValue> values() {
        return List.of(values);
    }

    /** This array with another value at an index. */
    public JsonArray with(int index, JsonValue value) {
        JsonValue[] changed = values.clone();
        changed[index] = value;
        return new JsonArray(changed);
    }

    /** This array with one more value at its end. */
    public JsonArray append(JsonValue value) {
        JsonValue[] longer = Arrays.copyOf(values, values.length + 1);
        longer[values.length] = value;
        return new JsonArray(longer);
    }

    @Override
    public Iterator<JsonValue> iterator() {
        return Arrays.asList(values).iterator();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JsonArray array && Arrays.equals(values, array.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return JsonWriter.text(this);
    }
}
