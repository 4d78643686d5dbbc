package dev.andiron.server.bulkimport;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/** Reads a few strings at the top of a JSON object without reading more than they need. */
public final class TopLevel {
    private static final JsonFactory FACTORY = new JsonFactory();

    private TopLevel() {}

    /**
     * The members that are strings and have one of these names.
     *
     * @param text an object; the stream is not closed
     * @param names reading ends when all of them have been seen
     * @throws IOException if it is no JSON object or cannot be read
     */
    public static Map<String, String> strings(InputStream text, String... names)
            throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
            return strings(parser, names);
        }
    }

    /** The same for bytes. */
    public static Map<String, String> strings(byte[] text, String... names) throws IOException {
        try (JsonParser parser = FACTORY.createParser(text)) {
            return strings(parser, names);
        }
    }

    private static Map<String, String> strings(JsonParser parser, String... names)
            throws IOException {
        var found = new HashMap<String, String>();
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("it is not a JSON object");
        }
        while (found.size() < names.length && parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            boolean wanted = false;
            for (String candidate : names) {
                wanted |= candidate.equals(name);
            }
            if (wanted && value == JsonToken.VALUE_STRING) {
                found.put(name, parser.getText());
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }
}
