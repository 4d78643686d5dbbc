package dev.andiron.fhir.json;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** A JSON object. Its members keep their order; equality does not look at it. */
public final class JsonObject implements JsonValue {
    private static final int FEW = 16;
    private static final JsonObject EMPTY = new JsonObject(new String[0], new JsonValue[0]);

    private final String[] names;
    private final JsonValue[] values;

    private JsonObject(String[] names, JsonValue[] values) {
        this.names = names;
        this.values = values;
    }

    /** Takes over both arrays, whose names are distinct. */
    static JsonObject owning(String[] names, JsonValue[] values) {
        return new JsonObject(names, values);
    }

    public static JsonObject empty() {
        return EMPTY;
    }

    public static Builder builder() {
        return new Builder();
    }

    public int size() {
        return names.length;
    }

    public boolean isEmpty() {
        return names.length == 0;
    }

    public String name(int index) {
        return names[index];
    }

    public JsonValue value(int index) {
        return values[index];
    }

    public List<String> names() {
        return List.of(names);
    }

    /** The member's value, or null when there is none: the one null of this package, for speed. */
    public JsonValue get(String name) {
        int index = indexOf(name);
        return index < 0 ? null : values[index];
    }

    public boolean has(String name) {
        return indexOf(name) >= 0;
    }

    /** The member's text, if it is a string. */
    public Optional<String> string(String name) {
        return get(name) instanceof JsonString string
                ? Optional.of(string.value())
                : Optional.empty();
    }

    /** The member, if it is an object. */
    public Optional<JsonObject> object(String name) {
        return get(name) instanceof JsonObject object ? Optional.of(object) : Optional.empty();
    }

    /** The member, if it is an array. */
    public Optional<JsonArray> array(String name) {
        return get(name) instanceof JsonArray array ? Optional.of(array) : Optional.empty();
    }

    /** The objects in the member, if it is an array; without any otherwise. */
    public List<JsonObject> objects(String name) {
        if (!(get(name) instanceof JsonArray array)) {
            return List.of();
        }
        var objects = new ArrayList<JsonObject>(array.size());
        for (JsonValue value : array) {
            if (value instanceof JsonObject object) {
                objects.add(object);
            }
        }
        return objects;
    }

    /** This object with a member set: in its place if it is there, else at the end. */
    public JsonObject with(String name, JsonValue value) {
        int index = indexOf(name);
        if (index >= 0) {
            JsonValue[] changed = values.clone();
            changed[index] = value;
            return new JsonObject(names, changed);
        }
        String[] moreNames = Arrays.copyOf(names, names.length + 1);
        JsonValue[] moreValues = Arrays.copyOf(values, values.length + 1);
        moreNames[names.length] = name;
        moreValues[names.length] = value;
        return new JsonObject(moreNames, moreValues);
    }

    /** This object without a member. */
    public JsonObject without(String name) {
        int index = indexOf(name);
        if (index < 0) {
            return this;
        }
        String[] fewerNames = new String[names.length - 1];
        JsonValue[] fewerValues = new JsonValue[names.length - 1];
        System.arraycopy(names, 0, fewerNames, 0, index);
        System.arraycopy(names, index + 1, fewerNames, index, fewerNames.length - index);
        System.arraycopy(values, 0, fewerValues, 0, index);
        System.arraycopy(values, index + 1, fewerValues, index, fewerValues.length - index);
        return new JsonObject(fewerNames, fewerValues);
    }

    private int indexOf(String name) {
        // Parsed names are interned, and so are literals: identity finds nearly all of them.
        for (int i = 0; i < names.length; i++) {
            if (isSame(names[i], name)) {
                return i;
            }
        }
        int hash = name.hashCode();
        for (int i = 0; i < names.length; i++) {
            if (names[i].hashCode() == hash && names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isSame(Object left, Object right) {
        return left == right;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof JsonObject object) || object.size() != size()) {
            return false;
        }
        for (int i = 0; i < names.length; i++) {
            if (!values[i].equals(object.get(names[i]))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (int i = 0; i < names.length; i++) {
            hash += names[i].hashCode() ^ values[i].hashCode();
        }
        return hash;
    }

    @Override
    public String toString() {
        return JsonWriter.text(this);
    }

    /** Collects members in order; not safe for use by several threads. */
    public static final class Builder {
        private final ArrayList<String> names = new ArrayList<>();
        private final ArrayList<JsonValue> values = new ArrayList<>();
        private HashSet<String> seen;

        private Builder() {}

        /**
         * Adds a member.
         *
         * @throws IllegalArgumentException if there is one of this name
         */
        public Builder put(String name, JsonValue value) {
            if (isTaken(name)) {
                throw new IllegalArgumentException("duplicate member '" + name + "'");
            }
            names.add(name);
            values.add(value);
            return this;
        }

        /** Looks through a few names, and keeps a set of many. */
        private boolean isTaken(String name) {
            if (names.size() < FEW) {
                return names.contains(name);
            }
            if (seen == null) {
                seen = new HashSet<>(names);
            }
            return !seen.add(name);
        }

        public Builder put(String name, String value) {
            return put(name, JsonString.of(value));
        }

        public Builder put(String name, long value) {
            return put(name, JsonNumber.of(value));
        }

        public Builder put(String name, boolean value) {
            return put(name, JsonBoolean.of(value));
        }

        /** Adds an array unless it is empty, which FHIR forbids. */
        public Builder putArray(String name, List<? extends JsonValue> array) {
            return array.isEmpty() ? this : put(name, JsonArray.of(array));
        }

        public JsonObject build() {
            return names.isEmpty()
                    ? EMPTY
                    : new JsonObject(
                            names.toArray(String[]::new), values.toArray(JsonValue[]::new));
        }
    }
}
