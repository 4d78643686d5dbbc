package dev.andiron.server.http;

import dev.andiron.fhir.format.XmlFormat;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.server.interaction.Content;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes a bundle as XML or laid out, one entry after the other: only one is held in its new form.
 * Each is written as the single entry of a bundle, from which the frame is taken off.
 */
final class FormattedBundle {
    private static final String XML_END = "</Bundle>";

    private final XmlFormat xml;
    private final ResponseFormat format;

    FormattedBundle(XmlFormat xml, ResponseFormat format) {
        this.xml = xml;
        this.format = format;
    }

    /**
     * Writes a bundle that has entries.
     *
     * @throws dev.andiron.fhir.outcome.FhirException 406 if one of them cannot be written as XML
     */
    void write(Content.Entries bundle, OutputStream out) throws IOException {
        if (format.xml()) {
            writeXml(bundle, out);
        } else {
            writePretty(bundle, out);
        }
    }

    private void writeXml(Content.Entries bundle, OutputStream out) throws IOException {
        String head = xml(JsonReader.readObject(bundle.head()));
        int end = end(head);
        write(head.substring(0, end), out);
        for (List<byte[]> entry : bundle.all()) {
            String framed = xml(alone(entry));
            int start = framed.indexOf("<entry");
            // The line break and the indent belong to the entry.
            while (framed.charAt(start - 1) != '>') {
                start--;
            }
            write(framed.substring(start, end(framed)), out);
        }
        write(head.substring(end), out);
    }

    private String xml(JsonObject bundle) {
        return new String(xml.write(bundle, format.pretty()), StandardCharsets.UTF_8);
    }

    /** Where the last line begins. */
    private static int end(String bundle) {
        int end = bundle.lastIndexOf(XML_END);
        while (bundle.charAt(end - 1) != '>') {
            end--;
        }
        return end;
    }

    private static void writePretty(Content.Entries bundle, OutputStream out) throws IOException {
        String frame = pretty(frame(JsonArray.of(JsonNumber.of(0))));
        int middle = frame.indexOf('0');
        String start = frame.substring(0, middle);
        String end = frame.substring(middle + 1);
        String head = pretty(JsonReader.readObject(bundle.head()));
        write(head.substring(0, head.lastIndexOf("\n}")), out);
        String before = "," + start.substring(1);
        for (List<byte[]> entry : bundle.all()) {
            String framed = pretty(frame(JsonArray.of(object(entry))));
            write(before, out);
            write(framed.substring(start.length(), framed.length() - end.length()), out);
            before = "," + start.substring(start.lastIndexOf('\n'));
        }
        write(end, out);
    }

    private static JsonObject alone(List<byte[]> entry) {
        return JsonObject.builder()
                .put("resourceType", "Bundle")
                .put("entry", JsonArray.of(object(entry)))
                .build();
    }

    private static JsonObject frame(JsonArray entries) {
        return JsonObject.builder().put("entry", entries).build();
    }

    private static JsonObject object(List<byte[]> entry) {
        return JsonReader.readObject(Content.of(entry).bytes());
    }

    private static String pretty(JsonObject object) {
        return new String(JsonWriter.pretty(object), StandardCharsets.UTF_8);
    }

    private static void write(String text, OutputStream out) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
