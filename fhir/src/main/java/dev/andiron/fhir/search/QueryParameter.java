package dev.andiron.fhir.search;

import dev.andiron.fhir.outcome.FhirException;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One name and value of a query, decoded.
 *
 * @param name with its modifiers, such as {@code name:exact}
 * @param value as the client wrote it, FHIR's own escapes included
 */
public record QueryParameter(String name, String value) {

    /**
     * Reads a query such as {@code name=a&birthdate=gt2000}, without the question mark. Parameters
     * without a name are passed over.
     *
     * @throws FhirException if a percent sign is not followed by two hexadecimal digits
     */
    public static List<QueryParameter> parse(String query) {
        var parameters = new ArrayList<QueryParameter>();
        for (int start = 0; start < query.length(); ) {
            int ampersand = query.indexOf('&', start);
            int end = ampersand < 0 ? query.length() : ampersand;
            int equals = query.indexOf('=', start);
            boolean hasValue = equals >= 0 && equals < end;
            String name = decode(query.substring(start, hasValue ? equals : end));
            if (!name.isEmpty()) {
                String value = hasValue ? decode(query.substring(equals + 1, end)) : "";
                parameters.add(new QueryParameter(name, value));
            }
            start = end + 1;
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new FhirException(
                    400, "invalid", "the query has a malformed percent escape in '" + text + "'");
        }
    }

    /** Writes a query that {@link #parse} reads back, without a question mark. */
    public static String format(List<QueryParameter> parameters) {
        var query = new StringBuilder();
        for (QueryParameter parameter : parameters) {
            if (!query.isEmpty()) {
                query.append('&');
            }
            query.append(encode(parameter.name())).append('=').append(encode(parameter.value()));
        }
        return query.toString();
    }

    /** Leaves readable what a query may hold unescaped. */
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("%3A", ":")
                .replace("%2F", "/")
                .replace("%2C", ",")
                .replace("%24", "$");
    }
}
