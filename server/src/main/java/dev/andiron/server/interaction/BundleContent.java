package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonWriter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Writes a Bundle around stored bytes: they are neither parsed nor copied. Used by one thread,
 * once.
 */
public final class BundleContent {
    private final byte[] head;
    private final List<List<byte[]>> entries = new ArrayList<>();

    /**
     * Begins a bundle.
     *
     * @param type the bundle's type, such as {@code searchset}
     * @param total how many resources match in all, if that is known
     * @param links its links
     */
    public BundleContent(String type, OptionalLong total, List<Link> links) {
        var text = new StringBuilder(512);
        text.append("{\"resourceType\":\"Bundle\",\"type\":\"").append(type).append('"');
        if (total.isPresent()) {
            text.append(",\"total\":").append(total.getAsLong());
        }
        if (!links.isEmpty()) {
            text.append(",\"link\":[");
            for (int i = 0; i < links.size(); i++) {
                Link link = links.get(i);
                text.append(i == 0 ? "" : ",")
                        .append("{\"relation\":\"")
                        .append(link.relation())
                        .append("\",\"url\":")
                        .append(quoted(link.url()))
                        .append('}');
            }
            text.append(']');
        }
        head = bytes(text.append('}'));
    }

    /**
     * A link of a bundle.
     *
     * @param relation its meaning, such as {@code next}
     * @param url where it leads, absolute
     */
    public record Link(String relation, String url) {}

    /**
     * Adds an entry.
     *
     * @param fullUrl the resource's URL; empty for none
     * @param resource the resource's JSON; empty for none
     * @param rest further members of the entry as JSON text, such as {@code
     *     "search":{"mode":"match"}}; empty for none
     */
    public void entry(String fullUrl, byte[] resource, String rest) {
        var parts = new ArrayList<byte[]>(3);
        var text = new StringBuilder(256).append('{');
        String comma = "";
        if (!fullUrl.isEmpty()) {
            text.append("\"fullUrl\":").append(quoted(fullUrl));
            comma = ",";
        }
        if (resource.length > 0) {
            text.append(comma).append("\"resource\":");
            parts.add(bytes(text));
            text.setLength(0);
            parts.add(resource);
            comma = ",";
        }
        if (!rest.isEmpty()) {
            text.append(comma).append(rest);
        }
        parts.add(bytes(text.append('}')));
        entries.add(parts);
    }

    /** Adds an OperationOutcome about the search itself. */
    public void outcome(JsonObject outcome) {
        entry("", JsonWriter.compact(outcome), "\"search\":{\"mode\":\"outcome\"}");
    }

    /** Ends the bundle. */
    public Content build() {
        return Content.of(new Content.Entries(head, entries));
    }

    private static byte[] bytes(StringBuilder text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A JSON string. */
    static String quoted(String value) {
        return plain(value)
                ? '"' + value + '"'
                : new String(JsonWriter.compact(JsonString.of(value)), StandardCharsets.UTF_8);
    }

    private static boolean plain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }
}
