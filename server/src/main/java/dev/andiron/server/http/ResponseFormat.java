package dev.andiron.server.http;

import dev.andiron.fhir.format.FormatNegotiation;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.FhirVersion;

import java.util.List;
import java.util.Optional;

/**
 * How an answer is written.
 *
 * @param xml XML instead of JSON
 * @param pretty with line breaks
 */
record ResponseFormat(boolean xml, boolean pretty) {
    static final ResponseFormat JSON = new ResponseFormat(false, false);
    private static final ResponseFormat PRETTY_JSON = new ResponseFormat(false, true);
    private static final ResponseFormat XML = new ResponseFormat(true, false);

    static final String JSON_TYPE = "application/fhir+json;charset=utf-8";
    static final String XML_TYPE = "application/fhir+xml;charset=utf-8";

    String contentType() {
        return xml ? XML_TYPE : JSON_TYPE;
    }

    /**
     * What a client asks for; a browser gets readable JSON.
     *
     * @param parameter {@code _format}, which goes before {@code Accept}
     * @param accept the {@code Accept} field, null without one
     * @throws FhirException 406 for a format or a FHIR release that is not here
     */
    static ResponseFormat of(Optional<String> parameter, String accept, FhirVersion version) {
        Optional<String> asked = parameter.filter(format -> !format.isBlank());
        if (asked.isEmpty()
                && (accept == null
                        || accept.equals("*/*")
                        || accept.equals("application/fhir+json"))) {
            return JSON;
        }
        List<String> accepted = accept == null ? List.of() : List.of(accept);
        boolean browser = asked.isEmpty() && accept.contains("text/html");
        return switch (FormatNegotiation.response(asked, accepted, version)) {
            case XML -> XML;
            case JSON -> browser ? PRETTY_JSON : JSON;
        };
    }

    /**
     * The same with line breaks or without.
     *
     * @param parameter {@code _pretty}
     * @throws FhirException 400 if it is neither true nor false
     */
    ResponseFormat pretty(String parameter) {
        return switch (parameter) {
            case "true" -> new ResponseFormat(xml, true);
            case "false" -> new ResponseFormat(xml, false);
            default ->
                    throw new FhirException(
                            400,
                            "value",
                            "_pretty takes true or false, not '%s'.".formatted(parameter));
        };
    }
}
