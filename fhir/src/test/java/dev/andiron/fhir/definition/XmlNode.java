package dev.andiron.fhir.definition;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** An element of FHIR XML: just enough of it to read the standard's own definitions. */
record XmlNode(String name, String value, String url, List<XmlNode> children) {
    private static final Set<String> SKIPPED =
            Set.of("mapping", "constraint", "text", "differential", "definition", "comment");

    static XmlNode read(InputStream in) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        XMLStreamReader reader = factory.createXMLStreamReader(in, "UTF-8");
        reader.nextTag();
        return node(reader);
    }

    private static XmlNode node(XMLStreamReader reader) throws XMLStreamException {
        var node =
                new XmlNode(
                        reader.getLocalName(),
                        reader.getAttributeValue(null, "value"),
                        reader.getAttributeValue(null, "url"),
                        new ArrayList<>());
        while (reader.next() != XMLStreamReader.END_ELEMENT) {
            if (!reader.isStartElement()) {
                continue;
            }
            XmlNode child = node(reader);
            if (!SKIPPED.contains(child.name())) {
                node.children().add(child);
            }
        }
        return node;
    }

    List<XmlNode> all(String childName) {
        return children.stream().filter(child -> child.name.equals(childName)).toList();
    }

    Optional<XmlNode> child(String childName) {
        return children.stream().filter(child -> child.name.equals(childName)).findFirst();
    }

    /** The value of a child, or the empty text. */
    String text(String childName) {
        return child(childName).map(XmlNode::value).orElse("");
    }

    List<String> texts(String childName) {
        return all(childName).stream().map(XmlNode::value).toList();
    }

    /** The value of an extension, whatever its type. */
    Optional<String> extension(String extensionUrl) {
        return all("extension").stream()
                .filter(extension -> extensionUrl.equals(extension.url))
                .flatMap(extension -> extension.children.stream())
                .map(XmlNode::value)
                .findFirst();
    }
}
