package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.FhirException;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The parameters of a URL's query or of a form, decoded, in their order; names may repeat.
 * Immutable.
 *
 * @param entries name and value of each
 */
public record Parameters(List<Entry> entries) {
    /** What decoders put where bytes are not UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final Set<String> FORMAT = Set.of("_format", "_pretty");

    private static final Parameters NONE = new Parameters(List.of());

    /** One parameter, decoded. */
    public record Entry(String name, String value) {}

    public Parameters {
        entries = List.copyOf(entries);
    }

    public static Parameters none() {
        return NONE;
    }

    /**
     * Reads {@code application/x-www-form-urlencoded} text: a query without its question mark.
     *
     * @throws FhirException 400 if a percent escape is broken or the text is not UTF-8
     */
    public static Parameters parse(String query) {
        if (query == null || query.isEmpty()) {
            return NONE;
        }
        var entries = new ArrayList<Entry>();
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            entries.add(new Entry(decode(name), decode(value)));
        }
        return new Parameters(entries);
    }

    private static String decode(String text) {
        try {
            String decoded = URLDecoder.decode(text, StandardCharsets.UTF_8);
            if (decoded.indexOf(REPLACEMENT) >= 0) {
                throw new FhirException(
                        400, "invalid", "The query has a part that is not UTF-8: " + text);
            }
            return decoded;
        } catch (IllegalArgumentException e) {
            throw new FhirException(
                    400,
                    "invalid",
                    "The query has a percent sign that is not followed by two hexadecimal digits: "
                            + text);
        }
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The value of the first parameter of this name. */
    public Optional<String> first(String name) {
        for (Entry entry : entries) {
            if (entry.name().equals(name)) {
                return Optional.of(entry.value());
            }
        }
        return Optional.empty();
    }

    /** The values of all parameters of this name. */
    public List<String> all(String name) {
        return entries.stream().filter(e -> e.name().equals(name)).map(Entry::value).toList();
    }

    /** These parameters without those of some names. */
    public Parameters without(Set<String> names) {
        return filter(entry -> !names.contains(entry.name()));
    }

    /** Those of these parameters that pass. */
    public Parameters filter(Predicate<Entry> predicate) {
        return new Parameters(entries.stream().filter(predicate).toList());
    }

    /** These parameters, then those. */
    public Parameters and(Parameters others) {
        if (others.isEmpty()) {
            return this;
        }
        var all = new ArrayList<>(entries);
        all.addAll(others.entries);
        return new Parameters(all);
    }

    /** How the client wants answers written, to stand behind other parameters of a link. */
    String format() {
        Parameters format = filter(entry -> FORMAT.contains(entry.name()));
        return format.isEmpty() ? "" : "&" + format.encoded();
    }

    /** The query as it stands in a URL, without a question mark. */
    public String encoded() {
        var text = new StringBuilder();
        for (Entry entry : entries) {
            if (!text.isEmpty()) {
                text.append('&');
            }
            text.append(encode(entry.name())).append('=').append(encode(entry.value()));
        }
        return text.toString();
    }

    private static String encode(String text) {
        // These are allowed in a query and common in FHIR; the links stay readable.
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("%3A", ":")
                .replace("%2F", "/")
                .replace("%2C", ",")
                .replace("+", "%20");
    }
}
