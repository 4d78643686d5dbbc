package dev.andiron.fhir.validation;

import dev.andiron.fhir.definition.ElementDefinition;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.validation.Member.Content;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One pass over one resource. */
final class Walk {
    private static final String STRUCTURE = "structure";
    private static final int SHOWN = 60;

    private final StructureValidator validator;
    private final boolean checksRequired;
    private final ElementPath path = new ElementPath();
    private final List<Issue> issues = new ArrayList<>(0);
    private int contained;

    Walk(StructureValidator validator, boolean checksRequired) {
        this.validator = validator;
        this.checksRequired = checksRequired;
    }

    List<Issue> issues(JsonObject resource) {
        Optional<Shape> shape = resourceShape(resource, true);
        if (shape.isPresent()) {
            path.push(resource.string("resourceType").orElseThrow());
            object(resource, shape.get());
        }
        if (issues.size() > StructureValidator.MAX_ISSUES) {
            issues.set(
                    StructureValidator.MAX_ISSUES,
                    Issue.information(
                            "informational",
                            "There are more problems than these "
                                    + StructureValidator.MAX_ISSUES
                                    + "; correct them and try again"));
        }
        return List.copyOf(issues);
    }

    private Optional<Shape> resourceShape(JsonObject resource, boolean isRoot) {
        JsonValue type = resource.get("resourceType");
        if (!(type instanceof JsonString name)) {
            report(
                    STRUCTURE,
                    type == null
                            ? "'resourceType' is missing; it names the type of the resource"
                            : "'resourceType' must be a string that names a resource type");
            return Optional.empty();
        }
        Optional<Shape> shape = validator.resource(name.value());
        if (shape.isEmpty()) {
            report(
                    isRoot ? "not-supported" : STRUCTURE,
                    shown(name.value())
                            + " is not a resource type"
                            + didYouMean(name.value(), validator.resourceTypes()));
        }
        return shape;
    }

    private void object(JsonObject object, Shape shape) {
        int size = object.size();
        if (size == 0) {
            report(STRUCTURE, "An object must not be empty; leave the element out");
            return;
        }
        if (path.depth() > JsonReader.MAX_DEPTH) {
            report("too-costly", "Elements are nested too deeply");
            return;
        }
        long required = 0;
        long choices = 0;
        for (int i = 0; i < size && !isFull(); i++) {
            String name = object.name(i);
            Optional<Member> found = shape.member(name);
            if (found.isEmpty()) {
                unknown(name, shape);
                continue;
            }
            Member member = found.get();
            path.push(member.element.name());
            if ((choices & member.choiceBit) != 0) {
                checkOneOfChoice(object, shape, member);
            }
            choices |= member.choiceBit;
            required |= member.requiredBit;
            member(object, member, object.value(i));
            path.pop();
        }
        if (checksRequired && required != shape.requiredBits && !isFull()) {
            missing(shape, required);
        }
    }

    private void member(JsonObject object, Member member, JsonValue value) {
        if (!member.isRepeating) {
            if (value instanceof JsonArray) {
                report(
                        STRUCTURE,
                        "'" + member.valueName + "' does not repeat, so it must not be an array");
            } else {
                item(object, member, value, -1);
            }
            return;
        }
        if (!(value instanceof JsonArray array)) {
            report(STRUCTURE, "'" + member.valueName + "' can repeat, so it must be an array");
            return;
        }
        int size = array.size();
        if (size == 0) {
            report(STRUCTURE, "An array must not be empty; leave the element out");
        }
        if (member.content == Content.EXTENSIONS) {
            checkSameLength(object, member, size);
        }
        for (int i = 0; i < size && !isFull(); i++) {
            path.index(i);
            item(object, member, array.get(i), i);
        }
        path.noIndex();
    }

    private void item(JsonObject parent, Member member, JsonValue value, int index) {
        if (value == JsonNull.NULL) {
            checkNull(parent, member, index);
            return;
        }
        if (member.content == Content.PRIMITIVE) {
            primitive(member, value);
            return;
        }
        if (!(value instanceof JsonObject object)) {
            report(
                    STRUCTURE,
                    member.content == Content.EXTENSIONS
                            ? "'"
                                    + member.siblingName
                                    + "' holds id and extensions, so it must be an object, but is "
                                    + kind(value)
                            : "An object is expected for "
                                    + member.typeName
                                    + ", but this is "
                                    + kind(value));
            return;
        }
        if (member.content == Content.RESOURCE) {
            resource(member, object);
        } else {
            object(object, member.shape());
        }
    }

    private void resource(Member member, JsonObject resource) {
        boolean isContained = member.valueName.equals("contained");
        if (isContained && contained > 0) {
            report(STRUCTURE, "A contained resource must not contain resources itself");
            return;
        }
        Optional<Shape> shape = resourceShape(resource, false);
        if (shape.isPresent()) {
            // A bundle within a contained resource starts afresh.
            int outer = contained;
            contained = isContained ? 1 : 0;
            object(resource, shape.get());
            contained = outer;
        }
    }

    private void primitive(Member member, JsonValue value) {
        Primitive primitive = member.primitive.orElseThrow();
        if (!primitive.isWrittenAs(value)) {
            report(
                    STRUCTURE,
                    "A JSON "
                            + primitive.jsonName()
                            + " is expected for "
                            + primitive.typeName()
                            + ", but this is "
                            + kind(value));
            return;
        }
        String text =
                switch (value) {
                    case JsonString string -> string.value();
                    case JsonNumber number -> number.text();
                    case JsonBoolean _, JsonNull _, JsonObject _, JsonArray _ -> "";
                };
        if (!primitive.isValid(text)) {
            report(
                    "value",
                    text.isEmpty()
                            ? "The text must not be empty; leave the element out"
                            : shown(text)
                                    + " is not a valid "
                                    + primitive.typeName()
                                    + ": "
                                    + primitive.expected()
                                    + " is expected"
                                    + (text.length() > Primitive.MAX_LENGTH
                                            ? ", at most " + Primitive.MAX_LENGTH + " characters"
                                            : ""));
        } else if (member.isReference && !ReferenceText.isValid(text, validator::isResourceType)) {
            report(
                    "value",
                    shown(text)
                            + " is not a reference: Type/id, Type/id/_history/version,"
                            + " Type?search, #id or an absolute URI is expected");
        }
    }

    // A null keeps a place in one of two parallel arrays, where the other holds something.
    private void checkNull(JsonObject parent, Member member, int index) {
        boolean isPlaceholder =
                index >= 0
                        && switch (member.content) {
                            case PRIMITIVE ->
                                    parent.get(member.siblingName) instanceof JsonArray array
                                            && index < array.size()
                                            && array.get(index) != JsonNull.NULL;
                            // Two nulls at one place are told of the value.
                            case EXTENSIONS ->
                                    parent.get(member.valueName) instanceof JsonArray array
                                            && index < array.size();
                            case OBJECT, RESOURCE -> false;
                        };
        if (!isPlaceholder) {
            report(
                    STRUCTURE,
                    index >= 0
                            ? "null is allowed only where the value or its extensions stand at the"
                                    + " same place of the parallel array"
                            : "null is not allowed; leave the element out");
        }
    }

    private void checkSameLength(JsonObject object, Member member, int size) {
        if (object.get(member.valueName) instanceof JsonArray values && values.size() != size) {
            report(
                    STRUCTURE,
                    "'%s' has %d places, but '%s' has %d: their arrays run in parallel"
                            .formatted(member.siblingName, size, member.valueName, values.size()));
        }
    }

    private void checkOneOfChoice(JsonObject object, Shape shape, Member member) {
        for (int i = 0; i < object.size(); i++) {
            Optional<Member> other = shape.member(object.name(i));
            if (other.isEmpty() || other.get().choiceBit != member.choiceBit) {
                continue;
            }
            if (!other.get().valueName.equals(member.valueName)) {
                report(
                        STRUCTURE,
                        "'%s[x]' has one value, but both '%s' and '%s' are given"
                                .formatted(
                                        member.element.name(),
                                        other.get().valueName,
                                        member.valueName));
            }
            return; // the first one speaks for all
        }
    }

    private void unknown(String name, Shape shape) {
        if (shape.isOpen || shape.isResource && name.equals("resourceType")) {
            return;
        }
        path.push(name);
        Optional<Member> value =
                name.startsWith("_") ? shape.member(name.substring(1)) : Optional.empty();
        if (value.isPresent()) {
            report(
                    STRUCTURE,
                    "'"
                            + name
                            + "' is not allowed: '"
                            + value.get().valueName
                            + "' of "
                            + shape.typeName
                            + (value.get().content == Content.PRIMITIVE
                                    ? " has no place for extensions"
                                    : " is not a primitive and holds its extensions itself"));
        } else {
            report(
                    STRUCTURE,
                    "Unknown element " + shown(name) + " in " + shape.typeName + hint(name, shape));
        }
        path.pop();
    }

    private static String hint(String name, Shape shape) {
        for (String known : shape.names()) {
            Member member = shape.member(known).orElseThrow();
            if (member.choiceBit != 0 && member.element.name().equals(name)) {
                String example = member.element.jsonName(member.element.types().getFirst());
                return "; its name carries its type, as in '" + example + "'";
            }
        }
        return didYouMean(name, shape.names());
    }

    private static String didYouMean(String name, Iterable<String> known) {
        return Nearest.of(name, known).map(near -> "; did you mean '" + near + "'?").orElse("");
    }

    private void missing(Shape shape, long present) {
        for (int i = 0; i < shape.required.size(); i++) {
            if ((present & 1L << i) == 0) {
                ElementDefinition element = shape.required.get(i);
                path.push(element.name());
                report(
                        "required",
                        "'"
                                + element.name()
                                + (element.isChoice() ? "[x]" : "")
                                + "' is missing; "
                                + shape.typeName
                                + " requires it");
                path.pop();
            }
        }
    }

    private static String shown(String text) {
        return text.length() <= SHOWN ? "'" + text + "'" : "'" + text.substring(0, SHOWN) + "...'";
    }

    private static String kind(JsonValue value) {
        return switch (value) {
            case JsonString _ -> "a string";
            case JsonNumber _ -> "a number";
            case JsonBoolean _ -> "a boolean";
            case JsonNull _ -> "null";
            case JsonObject _ -> "an object";
            case JsonArray _ -> "an array";
        };
    }

    private boolean isFull() {
        return issues.size() > StructureValidator.MAX_ISSUES;
    }

    private void report(String code, String diagnostics) {
        if (!isFull()) {
            issues.add(
                    path.depth() == 0
                            ? Issue.error(code, diagnostics)
                            : Issue.error(code, diagnostics, path.toString()));
        }
    }
}
