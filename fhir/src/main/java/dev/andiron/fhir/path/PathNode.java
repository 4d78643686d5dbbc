package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.util.Optional;

/** A value with its type and place: an element of a resource, or a computed value. Immutable. */
public final class PathNode {
    private final PathType type;
    private final JsonValue value;
    private final JsonObject extensions;
    private final PathNode parent;
    private final String name;
    private final int index;

    PathNode(
            PathType type,
            JsonValue value,
            JsonObject extensions,
            PathNode parent,
            String name,
            int index) {
        this.type = type;
        this.value = value;
        this.extensions = extensions;
        this.parent = parent;
        this.name = name;
        this.index = index;
    }

    static PathNode computed(PathType type, JsonValue value) {
        return new PathNode(type, value, null, null, "", -1);
    }

    static PathNode of(String text) {
        return computed(PathType.SYSTEM_STRING, JsonString.of(text));
    }

    static PathNode of(boolean truth) {
        return computed(PathType.SYSTEM_BOOLEAN, JsonBoolean.of(truth));
    }

    static PathNode of(long number) {
        return computed(PathType.SYSTEM_INTEGER, JsonNumber.of(number));
    }

    PathType type() {
        return type;
    }

    /** The name of its type, such as {@code Quantity} or {@code dateTime}. */
    public String typeName() {
        return type.name();
    }

    /** Whether it was computed and stands in no resource. */
    public boolean isComputed() {
        return type.isSystem();
    }

    /**
     * The JSON value.
     *
     * @return empty for a primitive that has extensions only, and for a resource that a reference
     *     only names
     */
    public Optional<JsonValue> value() {
        return Optional.ofNullable(value);
    }

    /** {@link #value()}, null instead of empty. */
    public JsonValue valueOrNull() {
        return value;
    }

    /** A primitive's object of id and extensions, null when it has none. */
    JsonObject extensions() {
        return extensions;
    }

    /** The text of a primitive as it stands in JSON; null for everything else. */
    public String textOrNull() {
        return switch (value) {
            case JsonString string -> string.value();
            case JsonNumber number -> number.text();
            case JsonBoolean truth -> truth == JsonBoolean.TRUE ? "true" : "false";
            case null, default -> null;
        };
    }

    /** The node that it is an element of; empty for a root and for computed values. */
    public Optional<PathNode> parent() {
        return Optional.ofNullable(parent);
    }

    PathNode parentOrNull() {
        return parent;
    }

    /**
     * The JSON name it stands under in its parent, such as {@code valueQuantity}; empty for a root.
     */
    public String name() {
        return name;
    }

    /** Its index in its parent's array; -1 when it does not stand in an array. */
    public int index() {
        return index;
    }

    /** Its place, such as {@code Patient.name[0].given[1]}. */
    public String location() {
        if (parent == null) {
            return type.name();
        }
        String step = parent.location() + "." + name;
        return index < 0 ? step : step + "[" + index + "]";
    }

    @Override
    public String toString() {
        return type + " " + value;
    }
}
