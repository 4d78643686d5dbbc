package dev.andiron.fhir.format;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.ElementUse;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.definition.TypeKind;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.validation.Xhtml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One pass over a resource's JSON that writes its XML. */
final class XmlOutput {
    private static final int NOT_ACCEPTABLE = 406;

    private final Definitions definitions;
    private final boolean isPretty;
    private final StringBuilder out = new StringBuilder(4096);
    private int depth;

    XmlOutput(Definitions definitions, boolean isPretty) {
        this.definitions = definitions;
        this.isPretty = isPretty;
    }

    String write(JsonObject resource) {
        resource(resource, true);
        return out.toString();
    }

    private void resource(JsonObject resource, boolean isRoot) {
        String name =
                resource.string("resourceType")
                        .orElseThrow(() -> refusal("a resource without 'resourceType'"));
        TypeDefinition type =
                definitions
                        .type(name)
                        .filter(_ -> definitions.isResourceType(name))
                        .orElseThrow(() -> refusal("the resource type '" + name + "'"));
        if (!isRoot) {
            newLine();
        }
        out.append('<').append(name);
        if (isRoot) {
            out.append(" xmlns=\"").append(XmlInput.FHIR).append('"');
        }
        content(name, type, resource);
    }

    // Behind the name of the start tag; leaves behind the end tag.
    private void content(String name, TypeDefinition type, JsonObject object) {
        List<Child> children = children(type, object);
        for (Child child : children) {
            if (child.isAttribute()) {
                attribute(child.name(), text(child.value()));
            }
        }
        boolean isEmpty = true;
        for (Child child : children) {
            if (!child.isAttribute()) {
                if (isEmpty) {
                    out.append('>');
                    depth++;
                    isEmpty = false;
                }
                child(child);
            }
        }
        end(name, isEmpty);
    }

    private void end(String name, boolean isEmpty) {
        if (isEmpty) {
            out.append("/>");
            return;
        }
        depth--;
        newLine();
        out.append("</").append(name).append('>');
    }

    /** A member with its sibling; JSON null stands for an absent one. */
    private record Child(
            String name,
            ElementUse use,
            int order,
            boolean isAttribute,
            JsonValue value,
            JsonValue sibling) {}

    private List<Child> children(TypeDefinition type, JsonObject object) {
        Map<String, Child> children = LinkedHashMap.newLinkedHashMap(object.size());
        for (int i = 0; i < object.size(); i++) {
            String member = object.name(i);
            if (member.equals("resourceType") && type.kind() == TypeKind.RESOURCE) {
                continue;
            }
            String name = member.startsWith("_") ? member.substring(1) : member;
            ElementUse use =
                    type.element(name)
                            .orElseThrow(() -> refusal("'" + member + "' in " + type.name()));
            boolean isAttribute = XmlInput.isAttribute(type, name);
            if (isAttribute && !name.equals(member)) {
                throw refusal("'" + member + "' in " + type.name());
            }
            if (!children.containsKey(name)) {
                children.put(
                        name,
                        new Child(
                                name,
                                use,
                                type.elements().indexOf(use.element()),
                                isAttribute,
                                Optional.ofNullable(object.get(name)).orElse(JsonNull.NULL),
                                Optional.ofNullable(object.get("_" + name)).orElse(JsonNull.NULL)));
            }
        }
        var sorted = new ArrayList<>(children.values());
        sorted.sort(Comparator.comparingInt(Child::order));
        return sorted;
    }

    private void child(Child child) {
        int count = Math.max(count(child.value()), count(child.sibling()));
        for (int i = 0; i < count; i++) {
            one(child, at(child.value(), i), at(child.sibling(), i));
        }
    }

    private static int count(JsonValue value) {
        return value instanceof JsonArray array ? array.size() : 1;
    }

    private static JsonValue at(JsonValue value, int index) {
        if (value instanceof JsonArray array) {
            return index < array.size() ? array.get(index) : JsonNull.NULL;
        }
        return index == 0 ? value : JsonNull.NULL;
    }

    private void one(Child child, JsonValue value, JsonValue sibling) {
        TypeDefinition type = definitions.type(child.use().typeName()).orElseThrow();
        newLine();
        if (type.name().equals("xhtml")) {
            narrative(text(value));
            return;
        }
        out.append('<').append(child.name());
        if (type.kind() == TypeKind.PRIMITIVE) {
            primitive(child.name(), value, sibling);
        } else if (!(value instanceof JsonObject object)) {
            throw refusal("'" + child.name() + "' that is not an object");
        } else if (type.kind() == TypeKind.RESOURCE) {
            out.append('>');
            depth++;
            resource(object, false);
            end(child.name(), false);
        } else {
            content(child.name(), type, object);
        }
    }

    private void primitive(String name, JsonValue value, JsonValue sibling) {
        JsonObject extensions = sibling instanceof JsonObject object ? object : JsonObject.empty();
        extensions.string("id").ifPresent(id -> attribute("id", id));
        if (value != JsonNull.NULL) {
            attribute("value", text(value));
        }
        JsonObject children = extensions.without("id");
        if (children.isEmpty()) {
            end(name, true);
        } else {
            content(name, definitions.type("Element").orElseThrow(), children);
        }
    }

    private static String text(JsonValue value) {
        return switch (value) {
            case JsonString string -> string.value();
            case JsonNumber number -> number.text();
            case JsonBoolean truth -> truth == JsonBoolean.TRUE ? "true" : "false";
            case JsonNull _, JsonObject _, JsonArray _ ->
                    throw refusal("a value that is not a primitive");
        };
    }

    private void attribute(String name, String value) {
        out.append(' ').append(name).append("=\"");
        if (!XmlText.escape(out, value, true)) {
            throw refusal("a character that XML has no place for");
        }
        out.append('"');
    }

    private void narrative(String div) {
        String trimmed = div.strip();
        if (!Xhtml.isWellFormed(trimmed)) {
            throw refusal("a narrative that is not well-formed");
        }
        String numeric = XhtmlEntities.numeric(trimmed);
        int name = "<div".length();
        int tagEnd = numeric.indexOf('>');
        out.append(numeric, 0, name);
        if (!numeric.substring(0, tagEnd).contains("xmlns=")) {
            out.append(" xmlns=\"").append(XmlInput.XHTML).append('"');
        }
        out.append(numeric, name, numeric.length());
    }

    private void newLine() {
        if (isPretty) {
            out.append('\n').repeat("  ", depth);
        }
    }

    private static FhirException refusal(String what) {
        return new FhirException(
                NOT_ACCEPTABLE,
                "not-supported",
                "The resource cannot be written as XML, which has no place for "
                        + what
                        + "; ask for JSON");
    }
}
