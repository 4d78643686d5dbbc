package dev.andiron.fhir.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A media type or range with its parameters, as header fields write it.
 *
 * @param type such as {@code application/fhir+json}, in lower case
 * @param parameters by name in lower case, quotes removed
 */
record MediaRange(String type, Map<String, String> parameters) {

    /** The ranges of a list, in order. */
    static List<MediaRange> list(String text) {
        var ranges = new ArrayList<MediaRange>();
        for (String one : split(text, ',')) {
            if (!one.isBlank()) {
                ranges.add(of(one));
            }
        }
        return ranges;
    }

    static MediaRange of(String text) {
        List<String> parts = split(text, ';');
        var parameters = new TreeMap<String, String>();
        for (String parameter : parts.subList(1, parts.size())) {
            int equals = parameter.indexOf('=');
            if (equals > 0) {
                parameters.put(
                        parameter.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                        unquoted(parameter.substring(equals + 1).strip()));
            }
        }
        return new MediaRange(parts.getFirst().strip().toLowerCase(Locale.ROOT), parameters);
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** How much it is wanted, 0 (not at all) to 1; 0 also when it is not a number. */
    double quality() {
        String quality = parameters.getOrDefault("q", "1");
        return quality.matches("[01](\\.[0-9]{0,3})?")
                ? Math.min(1, Double.parseDouble(quality))
                : 0;
    }

    private static String unquoted(String text) {
        boolean isQuoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return isQuoted ? text.substring(1, text.length() - 1) : text;
    }

    /** Parts at a separator outside of quotes. */
    private static List<String> split(String text, char separator) {
        var parts = new ArrayList<String>();
        boolean isQuoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                isQuoted = !isQuoted;
            } else if (c == separator && !isQuoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }
}
