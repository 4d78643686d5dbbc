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
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** One pass over the XML of a resource that makes its JSON. */
final class XmlInput {
    static final String FHIR = "http://hl7.org/fhir";
    static final String XHTML = "http://www.w3.org/1999/xhtml";
    private static final String SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";
    private static final XMLInputFactory FACTORY = factory();
    private static final Pattern NUMBER =
            Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?([0-9]{1,5}))?");

    private final Definitions definitions;
    private final XMLStreamReader reader;
    private int depth;

    private XmlInput(Definitions definitions, XMLStreamReader reader) {
        this.definitions = definitions;
        this.reader = reader;
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        return factory;
    }

    static JsonObject read(Definitions definitions, byte[] xml) {
        try {
            var input =
                    new XmlInput(
                            definitions,
                            FACTORY.createXMLStreamReader(new StringReader(decode(xml))));
            return input.document();
        } catch (XMLStreamException e) {
            // The parser's own sentence stands behind a line that gives the position.
            String message = e.getMessage().replaceFirst("(?s)^ParseError.*Message: ", "");
            throw refusal(
                    "The text is not XML: " + message.strip(),
                    e.getLocation() == null ? 0 : e.getLocation().getLineNumber(),
                    e.getLocation() == null ? 0 : e.getLocation().getColumnNumber());
        }
    }

    private static String decode(byte[] xml) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(xml)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new FhirException(400, "structure", "The XML is not UTF-8");
        }
    }

    private JsonObject document() throws XMLStreamException {
        String encoding = reader.getCharacterEncodingScheme();
        if (encoding != null && !encoding.equalsIgnoreCase("UTF-8")) {
            throw refusal("the XML declares the encoding " + encoding + "; UTF-8 is accepted");
        }
        toNextTag();
        JsonObject resource = resource();
        while (reader.next() != XMLStreamConstants.END_DOCUMENT) {
            refuseForeignEvent();
        }
        return resource;
    }

    // At the start of the element that names the type; leaves at its end.
    private JsonObject resource() throws XMLStreamException {
        String name = reader.getLocalName();
        checkNamespace(name);
        if (!definitions.isResourceType(name)) {
            throw refusal("'" + name + "' is not a resource type");
        }
        var members = new Members();
        members.add("resourceType", JsonString.of(name));
        return complex(definitions.type(name).orElseThrow(), members);
    }

    // At the start of an element; leaves at its end.
    private JsonObject complex(TypeDefinition type, Members members) throws XMLStreamException {
        if (++depth > JsonReader.MAX_DEPTH) {
            throw refusal("elements are nested deeper than " + JsonReader.MAX_DEPTH);
        }
        attributes(type, members);
        String parent = reader.getLocalName();
        while (toNextTag()) {
            String name = reader.getLocalName();
            Optional<ElementUse> use = type.element(name);
            if (use.isEmpty() || isAttribute(type, name)) {
                throw refusal("Unknown element '" + name + "' in " + type.name());
            }
            child(name, use.get(), members);
        }
        depth--;
        JsonObject object = members.object();
        if (object.isEmpty()) {
            throw refusal("'" + parent + "' must not be empty; leave the element out");
        }
        return object;
    }

    private void child(String name, ElementUse use, Members members) throws XMLStreamException {
        boolean isRepeating = use.element().isRepeating();
        if (!isRepeating && members.has(name)) {
            throw refusal("'" + name + "' does not repeat, but is there twice");
        }
        TypeDefinition type = definitions.type(use.typeName()).orElseThrow();
        if (type.name().equals("xhtml")) {
            checkNamespace(name, XHTML);
            members.add(name, JsonString.of(XhtmlInput.div(reader)));
            return;
        }
        checkNamespace(name);
        switch (type.kind()) {
            case PRIMITIVE -> primitive(name, type, isRepeating, members);
            case COMPLEX, BACKBONE -> members.add(name, complex(type, new Members()), isRepeating);
            case RESOURCE -> {
                refuseAttributes(name);
                if (!toNextTag()) {
                    throw refusal("'" + name + "' must hold a resource");
                }
                members.add(name, resource(), isRepeating);
                if (toNextTag()) {
                    throw refusal("'" + name + "' must hold one resource only");
                }
            }
        }
    }

    private void primitive(String name, TypeDefinition type, boolean isRepeating, Members members)
            throws XMLStreamException {
        String text = null;
        var extensions = new Members();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            switch (attributeName(i, name)) {
                case "value" -> text = reader.getAttributeValue(i);
                case "id" -> extensions.add("id", JsonString.of(reader.getAttributeValue(i)));
                case "" -> {
                    // a hint for schema processors
                }
                default -> throw unknownAttribute(i, name);
            }
        }
        JsonValue value = text == null ? JsonNull.NULL : value(name, type, text);
        TypeDefinition extension = definitions.type("Extension").orElseThrow();
        while (toNextTag()) {
            if (!reader.getLocalName().equals("extension")) {
                throw refusal("Unknown element '" + reader.getLocalName() + "' in " + type.name());
            }
            checkNamespace("extension");
            extensions.add("extension", complex(extension, new Members()), true);
        }
        JsonObject sibling = extensions.object();
        if (text == null && sibling.isEmpty()) {
            throw refusal("'" + name + "' has neither a value nor extensions");
        }
        members.addPrimitive(name, value, sibling, isRepeating);
    }

    private JsonValue value(String name, TypeDefinition type, String text) {
        return switch (type.name()) {
            case "boolean" ->
                    switch (text) {
                        case "true" -> JsonBoolean.TRUE;
                        case "false" -> JsonBoolean.FALSE;
                        default -> throw invalid(name, type, text);
                    };
            case "integer", "unsignedInt", "positiveInt", "decimal" -> {
                var number = NUMBER.matcher(text);
                boolean isBounded = text.length() <= JsonReader.MAX_NUMBER_LENGTH;
                if (!isBounded || !number.matches() || isTooLarge(number.group(4))) {
                    throw invalid(name, type, text);
                }
                yield JsonNumber.of(text);
            }
            default -> {
                if (text.isEmpty()) {
                    throw refusal("the value of '" + name + "' must not be empty");
                }
                yield JsonString.of(text);
            }
        };
    }

    private static boolean isTooLarge(String exponent) {
        return exponent != null && Integer.parseInt(exponent) > JsonReader.MAX_EXPONENT;
    }

    private void attributes(TypeDefinition type, Members members) {
        String element = reader.getLocalName();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            String name = attributeName(i, element);
            if (name.isEmpty()) {
                continue;
            }
            if (!isAttribute(type, name)) {
                throw unknownAttribute(i, element);
            }
            members.add(name, JsonString.of(reader.getAttributeValue(i)));
        }
    }

    /** What XML writes as an attribute: the id of an element, the URL of an extension. */
    static boolean isAttribute(TypeDefinition type, String name) {
        return name.equals("id") && type.kind() != TypeKind.RESOURCE
                || name.equals("url") && type.name().equals("Extension");
    }

    /** The attribute's name; empty for a hint to schema processors. */
    private String attributeName(int index, String element) {
        String namespace = reader.getAttributeNamespace(index);
        if (namespace == null || namespace.isEmpty()) {
            if (reader.getAttributeValue(index).isEmpty()) {
                throw refusal(
                        "the attribute '"
                                + reader.getAttributeLocalName(index)
                                + "' of '"
                                + element
                                + "' must not be empty");
            }
            return reader.getAttributeLocalName(index);
        }
        if (namespace.equals(SCHEMA_INSTANCE)) {
            return "";
        }
        throw unknownAttribute(index, element);
    }

    private void refuseAttributes(String element) {
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            if (!attributeName(i, element).isEmpty()) {
                throw unknownAttribute(i, element);
            }
        }
    }

    private FhirException unknownAttribute(int index, String element) {
        return refusal(
                "Unknown attribute '"
                        + reader.getAttributeLocalName(index)
                        + "' of '"
                        + element
                        + "'");
    }

    private FhirException invalid(String name, TypeDefinition type, String text) {
        String shown = text.length() <= 60 ? text : text.substring(0, 60) + "...";
        return refusal("'" + shown + "' of '" + name + "' is not a valid " + type.name());
    }

    private void checkNamespace(String name) {
        checkNamespace(name, FHIR);
    }

    private void checkNamespace(String name, String namespace) {
        if (!namespace.equals(reader.getNamespaceURI())) {
            throw refusal("the element '" + name + "' is not in the namespace " + namespace);
        }
    }

    /** Goes to the next start of an element, or to the end of this one: false. */
    private boolean toNextTag() throws XMLStreamException {
        while (true) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    return true;
                }
                case XMLStreamConstants.END_ELEMENT, XMLStreamConstants.END_DOCUMENT -> {
                    return false;
                }
                default -> refuseForeignEvent();
            }
        }
    }

    private void refuseForeignEvent() {
        switch (reader.getEventType()) {
            case XMLStreamConstants.DTD ->
                    throw refusal("a document type declaration is not accepted");
            case XMLStreamConstants.PROCESSING_INSTRUCTION ->
                    throw refusal("processing instructions are not accepted");
            case XMLStreamConstants.ENTITY_REFERENCE ->
                    throw refusal("entities other than those of XML itself are not accepted");
            case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                if (!reader.isWhiteSpace()) {
                    throw refusal(
                            "text stands within an element; values are written in the attribute"
                                    + " 'value'");
                }
            }
            default -> {
                // comments and white space
            }
        }
    }

    private FhirException refusal(String problem) {
        var location = reader.getLocation();
        return refusal(
                "The XML is not a FHIR resource: " + problem,
                location.getLineNumber(),
                location.getColumnNumber());
    }

    private static FhirException refusal(String problem, int line, int column) {
        return new FhirException(
                400, "structure", problem + " (line " + line + ", column " + column + ")");
    }

    /** The members of an object, which XML may give in several places. */
    private static final class Members {
        private final Map<String, JsonValue> single = new LinkedHashMap<>();
        private final Map<String, List<JsonValue>> repeating = new LinkedHashMap<>();

        boolean has(String name) {
            return single.containsKey(name) || single.containsKey("_" + name);
        }

        void add(String name, JsonValue value) {
            single.put(name, value);
        }

        void add(String name, JsonValue value, boolean isRepeating) {
            if (isRepeating) {
                single.putIfAbsent(name, JsonNull.NULL); // keeps the place
                repeating.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
            } else {
                add(name, value);
            }
        }

        void addPrimitive(String name, JsonValue value, JsonObject sibling, boolean isRepeating) {
            if (isRepeating) {
                add(name, value, true);
                add("_" + name, sibling.isEmpty() ? JsonNull.NULL : sibling, true);
                return;
            }
            if (value != JsonNull.NULL) {
                add(name, value);
            }
            if (!sibling.isEmpty()) {
                add("_" + name, sibling);
            }
        }

        JsonObject object() {
            var object = JsonObject.builder();
            single.forEach(
                    (name, value) -> {
                        List<JsonValue> values = repeating.get(name);
                        if (values == null) {
                            object.put(name, value);
                        } else if (values.stream().anyMatch(one -> one != JsonNull.NULL)) {
                            object.put(name, JsonArray.of(values));
                        }
                    });
            return object.build();
        }
    }
}
