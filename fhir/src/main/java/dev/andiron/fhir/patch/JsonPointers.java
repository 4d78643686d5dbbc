package dev.andiron.fhir.patch;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** JSON Pointers (RFC 6901), checked where the library is more lenient than the standard. */
final class JsonPointers {
    private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,8}");

    private JsonPointers() {}

    static boolean isWellFormed(String pointer) {
        if (!pointer.isEmpty() && pointer.charAt(0) != '/') {
            return false;
        }
        for (int i = pointer.indexOf('~'); i >= 0; i = pointer.indexOf('~', i + 1)) {
            if (!pointer.startsWith("0", i + 1) && !pointer.startsWith("1", i + 1)) {
                return false;
            }
        }
        return true;
    }

    static List<String> tokens(String pointer) {
        var tokens = new ArrayList<String>();
        int from = 1;
        while (from <= pointer.length()) {
            int to = pointer.indexOf('/', from);
            to = to < 0 ? pointer.length() : to;
            tokens.add(pointer.substring(from, to).replace("~1", "/").replace("~0", "~"));
            from = to + 1;
        }
        return tokens;
    }

    /**
     * The first token that stands for an array's index and is none: an index is digits without
     * leading zeros, or {@code -} for the place behind the end.
     */
    static Optional<String> badIndex(JsonValue document, String pointer) {
        JsonValue at = document;
        for (String token : tokens(pointer)) {
            if (at instanceof JsonObject object) {
                at = object.get(token);
            } else if (at instanceof JsonArray array) {
                if (!token.equals("-") && !INDEX.matcher(token).matches()) {
                    return Optional.of(token);
                }
                int index = token.equals("-") ? array.size() : Integer.parseInt(token);
                at = index < array.size() ? array.get(index) : null;
            } else {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The value that a pointer leads to, if there is one. */
    static Optional<JsonValue> find(JsonValue document, String pointer) {
        JsonValue at = document;
        for (String token : tokens(pointer)) {
            if (at instanceof JsonObject object) {
                at = object.get(token);
            } else if (at instanceof JsonArray array && INDEX.matcher(token).matches()) {
                int index = Integer.parseInt(token);
                at = index < array.size() ? array.get(index) : null;
            } else {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(at);
    }
}
