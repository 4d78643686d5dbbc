package dev.andiron.fhir.search;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.spi.search.SearchValue;

import java.util.Collection;
import java.util.Set;

/**
 * Gives the texts that {@code _text} and {@code _content} look into: of the narrative, and of all
 * elements that hold words. Each is bounded; what lies behind the bound is not found.
 */
final class FullText {
    static final String TEXT = "_text";
    static final String CONTENT = "_content";

    /** How many characters of each text are kept. */
    static final int LONGEST = 65_536;

    /** Longer runs without white space are data, not words. */
    private static final int LONGEST_RUN = 256;

    /** The narrative is read as XHTML; types and ids are found by parameters of their own. */
    private static final Set<String> NO_WORDS = Set.of("div", "resourceType", "id");

    private final StringBuilder out = new StringBuilder();

    private FullText() {}

    static void read(JsonObject resource, Collection<SearchValue> values) {
        String narrative = narrative(resource);
        add(TEXT, narrative, values);
        var content = new FullText();
        content.collect(resource);
        content.append(narrative);
        add(CONTENT, content.out.toString(), values);
    }

    private static String narrative(JsonObject resource) {
        String div =
                resource.get("text") instanceof JsonObject text
                                && text.get("div") instanceof JsonString string
                        ? string.value()
                        : "";
        return PlainText.of(div);
    }

    private static void add(String parameter, String text, Collection<SearchValue> values) {
        String normalized = TextNormalizer.normalize(text);
        if (!normalized.isEmpty()) {
            values.add(new SearchValue.FullText(parameter, bounded(normalized)));
        }
    }

    private static String bounded(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    private void collect(JsonObject object) {
        for (int i = 0; i < object.size() && out.length() < LONGEST; i++) {
            String name = object.name(i);
            if (!NO_WORDS.contains(name)) {
                collect(object.value(i));
            }
        }
    }

    private void collect(JsonValue value) {
        switch (value) {
            case JsonObject object -> collect(object);
            case JsonArray array -> {
                for (JsonValue each : array) {
                    if (out.length() >= LONGEST) {
                        return;
                    }
                    collect(each);
                }
            }
            case JsonString string -> append(string.value());
            default -> {
                // Numbers, true, false and null are no words.
            }
        }
    }

    /**
     * URLs, references, dates: nobody looks for the words in them, and they are most of the text.
     */
    private static boolean isAddress(String text) {
        return text.indexOf('/') >= 0
                || text.startsWith("urn:")
                || text.length() > 4
                        && Character.isDigit(text.charAt(0))
                        && Character.isDigit(text.charAt(3))
                        && text.charAt(4) == '-';
    }

    private void append(String text) {
        if (text.indexOf(' ') >= 0 || text.length() <= LONGEST_RUN && !isAddress(text)) {
            out.append(text, 0, Math.min(text.length(), LONGEST)).append('\n');
        }
    }
}
