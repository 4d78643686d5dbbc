package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.tenant.TenantContext;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One FHIR request, from the socket or from an entry of a bundle. Immutable.
 *
 * @param tenant whose data it is about
 * @param method its HTTP method
 * @param base the server's base URL as this client sees it, without a slash at the end
 * @param path the segments behind the base, decoded: {@code [Patient, 1]}; empty for the base
 * @param parameters its query (and form), decoded
 * @param conditions the header fields that make it conditional
 * @param preferences what it would like
 * @param body what it carries
 * @param fields its header fields as they came, for interceptors
 * @param principal who asks, if an interceptor has found out
 */
public record FhirRequest(
        TenantContext tenant,
        Method method,
        String base,
        List<String> path,
        Parameters parameters,
        Conditions conditions,
        Preferences preferences,
        RequestBody body,
        HeaderFields fields,
        Optional<String> principal) {

    public FhirRequest {
        path = List.copyOf(path);
    }

    /**
     * A request for a URL relative to the base, such as {@code Patient?identifier=a|b}; what an
     * entry of a bundle holds.
     *
     * @throws FhirException 400 if the URL cannot be read
     */
    public static FhirRequest of(
            TenantContext tenant,
            Method method,
            String base,
            String url,
            Conditions conditions,
            Preferences preferences,
            RequestBody body) {
        int question = url.indexOf('?');
        String path = question < 0 ? url : url.substring(0, question);
        String query = question < 0 ? "" : url.substring(question + 1);
        return new FhirRequest(
                tenant,
                method,
                base,
                segments(path),
                Parameters.parse(query),
                conditions,
                preferences,
                body,
                HeaderFields.NONE,
                Optional.empty());
    }

    /**
     * The decoded segments of a path; a slash at either end does not matter.
     *
     * @throws FhirException 400 if a percent escape is broken or a segment is empty
     */
    public static List<String> segments(String path) {
        int start = path.startsWith("/") ? 1 : 0;
        int end = path.endsWith("/") ? path.length() - 1 : path.length();
        if (start >= end) {
            return List.of();
        }
        var segments = new ArrayList<String>(4);
        int from = start;
        for (int i = start; i <= end; i++) {
            if (i == end || path.charAt(i) == '/') {
                segments.add(segment(path, from, i));
                from = i + 1;
            }
        }
        return segments;
    }

    private static String segment(String path, int from, int to) {
        if (from == to) {
            throw badPath(path);
        }
        String raw = path.substring(from, to);
        if (raw.indexOf('%') < 0) {
            return raw;
        }
        try {
            // In a path a plus sign is a plus sign.
            return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw badPath(path);
        }
    }

    private static FhirException badPath(String path) {
        return new FhirException(
                400,
                "invalid",
                "The path '"
                        + path
                        + "' cannot be read: it has an empty segment or a broken percent escape.");
    }

    /** The same request with other parameters. */
    public FhirRequest with(Parameters others) {
        return new FhirRequest(
                tenant,
                method,
                base,
                path,
                others,
                conditions,
                preferences,
                body,
                fields,
                principal);
    }

    /** The same request with another body. */
    public FhirRequest with(RequestBody other) {
        return new FhirRequest(
                tenant,
                method,
                base,
                path,
                parameters,
                conditions,
                preferences,
                other,
                fields,
                principal);
    }

    /** The same request with other header fields. */
    public FhirRequest with(HeaderFields others) {
        return new FhirRequest(
                tenant,
                method,
                base,
                path,
                parameters,
                conditions,
                preferences,
                body,
                others,
                principal);
    }

    /** The same request of somebody who has proved who it is. */
    public FhirRequest by(String who) {
        return new FhirRequest(
                tenant,
                method,
                base,
                path,
                parameters,
                conditions,
                preferences,
                body,
                fields,
                Optional.of(who));
    }
}
