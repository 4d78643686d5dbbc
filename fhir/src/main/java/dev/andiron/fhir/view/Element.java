package dev.andiron.fhir.view;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An object of a ViewDefinition with its place, read with all complaints. */
record Element(JsonObject object, String place, Problems problems) {
    private static final Set<String> EVERYWHERE = Set.of("id", "extension");

    /** Complains about members that are none of these. */
    void knowsOnly(Set<String> names) {
        for (String name : object.names()) {
            String bare = name.startsWith("_") ? name.substring(1) : name;
            if (name.equals("modifierExtension")) {
                problems.add(
                        at(name), "a modifier extension can change the meaning, none is known");
            } else if (!names.contains(bare) && !EVERYWHERE.contains(bare)) {
                problems.add(at(name), "there is no element '" + name + "' here");
            }
        }
    }

    String at(String name) {
        return place.isEmpty() ? name : place + "." + name;
    }

    void complain(String name, String message) {
        problems.add(at(name), message);
    }

    boolean has(String name) {
        return object.has(name) && !(object.get(name) instanceof JsonNull);
    }

    /** The text of a member; complains when it is something else or empty. */
    Optional<String> text(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        if (object.get(name) instanceof JsonString text && !text.value().isBlank()) {
            return Optional.of(text.value());
        }
        complain(name, "'" + name + "' is a text that is not empty");
        return Optional.empty();
    }

    /** The text of a member that must be there. */
    Optional<String> requiredText(String name) {
        if (!has(name)) {
            complain(name, "'" + name + "' is missing");
        }
        return text(name);
    }

    /** The truth of a member, false when it is not there. */
    boolean truth(String name) {
        if (!has(name)) {
            return false;
        }
        if (object.get(name) instanceof JsonBoolean truth) {
            return truth.value();
        }
        complain(name, "'" + name + "' is true or false");
        return false;
    }

    /** The texts of a member. */
    List<Text> texts(String name) {
        var texts = new ArrayList<Text>();
        for (Item item : items(name)) {
            if (item.value() instanceof JsonString text && !text.value().isBlank()) {
                texts.add(new Text(text.value(), item.place()));
            } else {
                problems.add(item.place(), "this is a text that is not empty");
            }
        }
        return texts;
    }

    /** The objects of a member. */
    List<Element> elements(String name) {
        var elements = new ArrayList<Element>();
        for (Item item : items(name)) {
            if (item.value() instanceof JsonObject each) {
                elements.add(new Element(each, item.place(), problems));
            } else {
                problems.add(item.place(), "this is an object");
            }
        }
        return elements;
    }

    /** A text with its place. */
    record Text(String value, String place) {}

    private record Item(JsonValue value, String place) {}

    private List<Item> items(String name) {
        if (!has(name)) {
            return List.of();
        }
        if (!(object.get(name) instanceof JsonArray array)) {
            complain(name, "'" + name + "' is an array");
            return List.of();
        }
        if (array.isEmpty()) {
            complain(name, "'" + name + "' is empty; leave it out instead");
        }
        var items = new ArrayList<Item>(array.size());
        for (int i = 0; i < array.size(); i++) {
            items.add(new Item(array.get(i), at(name) + "[" + i + "]"));
        }
        return items;
    }
}
