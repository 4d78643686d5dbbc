package dev.andiron.fhir.search;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.spi.search.SearchValue;

import java.util.Arrays;
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

    private static final byte[] URN = {'u', 'r', 'n', ':'};

    /** The narrative is read as XHTML; types and ids are found by parameters of their own. */
    private static final Set<String> NO_WORDS = Set.of("div", "resourceType", "id");

    private final NormalizedTexts out = new NormalizedTexts(LONGEST, FullText::isWords);

    private FullText() {}

    static void read(JsonObject resource, Collection<SearchValue> values) {
        String narrative = TextNormalizer.normalize(narrative(resource));
        add(TEXT, narrative, values);
        var content = new FullText();
        content.collect(resource);
        content.out.add(narrative);
        add(CONTENT, content.out.toString(), values);
    }

    private static String narrative(JsonObject resource) {
        return resource.get("text") instanceof JsonObject text
                        && text.get("div") instanceof JsonString string
                ? PlainText.of(string.value())
                : "";
    }

    private static void add(String parameter, String text, Collection<SearchValue> values) {
        if (!text.isEmpty()) {
            values.add(new SearchValue.FullText(parameter, bounded(text)));
        }
    }

    private static String bounded(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    private void collect(JsonObject object) {
        for (int i = 0; i < object.size() && out.length() < LONGEST; i++) {
            switch (object.value(i)) {
                case JsonString string -> {
                    if (!NO_WORDS.contains(object.name(i))) {
                        out.add(string);
                    }
                }
                case JsonObject inner -> collect(inner);
                case JsonArray array -> collect(array);
                default -> {
                    // Numbers, true, false and null are no words.
                }
            }
        }
    }

    private void collect(JsonArray array) {
        for (int i = 0; i < array.size() && out.length() < LONGEST; i++) {
            switch (array.get(i)) {
                case JsonString string -> out.add(string);
                case JsonObject object -> collect(object);
                case JsonArray inner -> collect(inner);
                default -> {
                    // Numbers, true, false and null are no words.
                }
            }
        }
    }

    /**
     * Whether a text holds words: nobody looks for those in URLs, references and dates, and they
     * are most of the text.
     */
    private static boolean isWords(byte[] text, int from, int end) {
        int length = end - from;
        boolean isDate =
                length > 4
                        && isDigit(text[from])
                        && isDigit(text[from + 3])
                        && text[from + 4] == '-';
        boolean isData =
                isDate
                        || length > LONGEST_RUN
                        || length >= URN.length
                                && Arrays.equals(text, from, from + URN.length, URN, 0, URN.length);
        for (int i = from; i < end; i++) {
            if (text[i] == ' ') {
                return true;
            }
            isData |= text[i] == '/';
        }
        return !isData;
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }
}
