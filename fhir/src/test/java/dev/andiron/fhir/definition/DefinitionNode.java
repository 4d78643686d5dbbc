package dev.andiron.fhir.definition;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** An element of FHIR XML or JSON: just enough to read the standard's own definitions. */
record DefinitionNode(String name, String value, String url, List<DefinitionNode> children) {
    private static final Set<String> SKIPPED =
            Set.of("mapping", "constraint", "text", "differential", "comment");

    static DefinitionNode read(InputStream in) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        XMLStreamReader reader = factory.createXMLStreamReader(in, "UTF-8");
        reader.nextTag();
        return node(reader);
    }

    private static DefinitionNode node(XMLStreamReader reader) throws XMLStreamException {
        var node =
                new DefinitionNode(
                        reader.getLocalName(),
                        reader.getAttributeValue(null, "value"),
                        reader.getAttributeValue(null, "url"),
                        new ArrayList<>());
        while (reader.next() != XMLStreamReader.END_ELEMENT) {
            if (!reader.isStartElement()) {
                continue;
            }
            DefinitionNode child = node(reader);
            if (!SKIPPED.contains(child.name())) {
                node.children().add(child);
            }
        }
        return node;
    }

    /** The node of a JSON object; primitives keep their values and lose their extensions. */
    static DefinitionNode of(String name, JsonObject object) {
        var node =
                new DefinitionNode(
                        name, null, object.string("url").orElse(null), new ArrayList<>());
        for (int i = 0; i < object.size(); i++) {
            String member = object.name(i);
            if (SKIPPED.contains(member) || member.startsWith("_")) {
                continue;
            }
            switch (object.value(i)) {
                case JsonArray array ->
                        array.forEach(each -> node.children().add(of(member, each)));
                case JsonValue value -> node.children().add(of(member, value));
            }
        }
        return node;
    }

    private static DefinitionNode of(String name, JsonValue value) {
        return switch (value) {
            case JsonObject object -> of(name, object);
            case JsonString text -> new DefinitionNode(name, text.value(), null, List.of());
            case JsonNumber number -> new DefinitionNode(name, number.text(), null, List.of());
            case JsonBoolean truth ->
                    new DefinitionNode(name, String.valueOf(truth.value()), null, List.of());
            case JsonArray _, JsonNull _ ->
                    throw new IllegalArgumentException(name + " in an array of arrays");
        };
    }

    List<DefinitionNode> all(String childName) {
        return children.stream().filter(child -> child.name.equals(childName)).toList();
    }

    Optional<DefinitionNode> child(String childName) {
        return children.stream().filter(child -> child.name.equals(childName)).findFirst();
    }

    /** The value of a child, or the empty text. */
    String text(String childName) {
        return child(childName).map(DefinitionNode::value).orElse("");
    }

    List<String> texts(String childName) {
        return all(childName).stream().map(DefinitionNode::value).toList();
    }

    /** The value of an extension, whatever its type. */
    Optional<String> extension(String extensionUrl) {
        return all("extension").stream()
                .filter(extension -> extensionUrl.equals(extension.url))
                .flatMap(extension -> extension.children.stream())
                .filter(child -> child.name.startsWith("value"))
                .map(DefinitionNode::value)
                .findFirst();
    }
}
