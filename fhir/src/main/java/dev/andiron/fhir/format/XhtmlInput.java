package dev.andiron.fhir.format;

import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;

import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Copies the narrative out of XML into the text that JSON holds. */
final class XhtmlInput {

    private XhtmlInput() {}

    /** From the start of the {@code div} to its end. */
    static String div(XMLStreamReader reader) throws XMLStreamException {
        var text = new StringBuilder();
        int depth = 0;
        boolean isTagOpen = false;
        while (true) {
            int event = depth == 0 ? XMLStreamConstants.START_ELEMENT : reader.next();
            boolean isEmpty = event == XMLStreamConstants.END_ELEMENT && isTagOpen;
            if (isTagOpen) {
                text.append(isEmpty ? "/>" : ">");
                isTagOpen = false;
            }
            switch (event) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (++depth > JsonReader.MAX_DEPTH) {
                        throw refusal("its elements are nested too deeply");
                    }
                    start(reader, text, depth == 1);
                    isTagOpen = true;
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    if (!isEmpty) {
                        text.append("</").append(reader.getLocalName()).append('>');
                    }
                    if (--depth == 0) {
                        return text.toString();
                    }
                }
                case XMLStreamConstants.CHARACTERS,
                        XMLStreamConstants.CDATA,
                        XMLStreamConstants.SPACE ->
                        XmlText.escape(text, reader.getText(), false);
                case XMLStreamConstants.COMMENT ->
                        text.append("<!--").append(reader.getText()).append("-->");
                default -> throw refusal("it holds more than elements, text and comments");
            }
        }
    }

    private static void start(XMLStreamReader reader, StringBuilder text, boolean isRoot) {
        if (!XmlInput.XHTML.equals(reader.getNamespaceURI())) {
            throw refusal("'" + reader.getLocalName() + "' is not in the namespace of XHTML");
        }
        text.append('<').append(reader.getLocalName());
        if (isRoot) {
            text.append(" xmlns=\"").append(XmlInput.XHTML).append('"');
        }
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            String prefix = reader.getAttributePrefix(i);
            text.append(' ');
            if (prefix != null && !prefix.isEmpty()) {
                if (!prefix.equals("xml")) {
                    throw refusal("it has attributes of other namespaces");
                }
                text.append(prefix).append(':');
            }
            text.append(reader.getAttributeLocalName(i)).append("=\"");
            XmlText.escape(text, reader.getAttributeValue(i), true);
            text.append('"');
        }
    }

    private static FhirException refusal(String problem) {
        return new FhirException(400, "structure", "The narrative is not accepted: " + problem);
    }
}
