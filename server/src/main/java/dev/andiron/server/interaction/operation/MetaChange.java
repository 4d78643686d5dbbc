package dev.andiron.server.interaction.operation;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The profiles, security labels and tags of a {@code Meta}, as sets: a coding is the same as
 * another with its system and code, a profile as another with its URL. Used by one thread.
 */
final class MetaChange {
    private static final List<String> CODINGS = List.of("security", "tag");

    private final Set<String> profiles = new LinkedHashSet<>();
    private final Map<String, Map<Label, JsonObject>> labels = new LinkedHashMap<>();

    /** What makes a coding the same as another. */
    private record Label(String system, String code) {
        static Label of(JsonObject coding) {
            return new Label(coding.string("system").orElse(""), coding.string("code").orElse(""));
        }
    }

    MetaChange() {
        CODINGS.forEach(name -> labels.put(name, new LinkedHashMap<>()));
    }

    static MetaChange of(JsonObject meta) {
        var change = new MetaChange();
        change.add(meta);
        return change;
    }

    /** Adds what is not there yet; what is there stays as it is. */
    void add(JsonObject meta) {
        profiles(meta).forEach(profiles::add);
        for (String name : CODINGS) {
            for (JsonObject coding : meta.objects(name)) {
                labels.get(name).putIfAbsent(Label.of(coding), coding);
            }
        }
    }

    /** Takes away what is there. */
    void remove(JsonObject meta) {
        profiles(meta).forEach(profiles::remove);
        for (String name : CODINGS) {
            for (JsonObject coding : meta.objects(name)) {
                labels.get(name).remove(Label.of(coding));
            }
        }
    }

    /** How many profiles, labels and tags there are. */
    int size() {
        return profiles.size() + labels.values().stream().mapToInt(Map::size).sum();
    }

    private static List<String> profiles(JsonObject meta) {
        var found = new ArrayList<String>();
        for (JsonValue profile : meta.array("profile").orElse(JsonArray.of())) {
            if (profile instanceof JsonString url) {
                found.add(url.value());
            }
        }
        return found;
    }

    /** A meta whose three lists are these; the rest of it stays. */
    JsonObject into(JsonObject meta) {
        JsonObject changed = with(meta, "profile", profiles.stream().map(JsonString::of).toList());
        for (String name : CODINGS) {
            changed = with(changed, name, List.copyOf(labels.get(name).values()));
        }
        return changed;
    }

    private static JsonObject with(JsonObject meta, String name, List<? extends JsonValue> items) {
        return items.isEmpty() ? meta.without(name) : meta.with(name, JsonArray.of(items));
    }
}
