package dev.andiron.fhir.patch;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;

/** Size and depth of a value: what a small patch could blow up by copying. */
final class Measure {

    private Measure() {}

    /** How many values a tree has. */
    static long size(JsonValue value) {
        long size = 1;
        if (value instanceof JsonObject object) {
            for (JsonValue member : object.values()) {
                size += size(member);
            }
        } else if (value instanceof JsonArray array) {
            for (JsonValue element : array) {
                size += size(element);
            }
        }
        return size;
    }

    /** How many objects and arrays are nested. */
    static int depth(JsonValue value) {
        int deepest = 0;
        if (value instanceof JsonObject object) {
            for (JsonValue member : object.values()) {
                deepest = Math.max(deepest, depth(member));
            }
        } else if (value instanceof JsonArray array) {
            for (JsonValue element : array) {
                deepest = Math.max(deepest, depth(element));
            }
        } else {
            return 0;
        }
        return deepest + 1;
    }
}
