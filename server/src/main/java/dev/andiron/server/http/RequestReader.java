package dev.andiron.server.http;

import dev.andiron.fhir.format.FormatNegotiation;
import dev.andiron.fhir.format.XmlFormat;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.server.interaction.ByteRange;
import dev.andiron.server.interaction.Conditions;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.Method;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.interaction.Preferences;
import dev.andiron.server.interaction.RequestBody;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import jakarta.servlet.http.HttpServletRequest;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Makes the request of an interaction from a servlet request. */
final class RequestReader {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String FHIR_JSON = "application/fhir+json";
    private static final String IMPORT = "$import";
    private static final Set<String> LINES =
            Set.of("application/fhir+ndjson", "application/ndjson", "application/x-ndjson");
    private static final Set<String> PATCHES =
            Set.of("application/json-patch+json", "application/merge-patch+json");

    private final Set<TenantId> tenants;
    private final Optional<String> baseUrl;
    private final BodyReader bodies;
    private final XmlFormat xml;
    private final FhirVersion version;
    private final TenantContext defaultTenant = TenantContext.of(TenantId.DEFAULT);

    RequestReader(HttpSettings settings, XmlFormat xml) {
        tenants = settings.tenants();
        baseUrl = settings.baseUrl();
        bodies = new BodyReader(settings.maxBody(), settings.maxDecompressed());
        this.xml = xml;
        version = settings.version();
    }

    /**
     * Whose data a request is about.
     *
     * @throws FhirException 400 for a malformed tenant, 403 for one that is not served
     */
    TenantContext tenant(HttpServletRequest request) {
        // Several lines become a list, which is no tenant: nobody may choose by their order.
        String name = list(request, "X-Tenant-ID");
        TenantContext tenant;
        if (name == null) {
            tenant = defaultTenant;
        } else if (TenantId.isWellFormed(name)) {
            tenant = TenantContext.of(new TenantId(name));
        } else {
            throw new FhirException(
                    400,
                    "value",
                    "X-Tenant-ID takes 1 to 64 letters, digits, hyphens, underscores or dots, the"
                            + " first a letter or a digit.");
        }
        if (!tenants.isEmpty() && !tenants.contains(tenant.tenant())) {
            throw new FhirException(
                    403, "forbidden", "The tenant '" + tenant.tenant() + "' is not served here.");
        }
        return tenant;
    }

    /** Takes the rest of a refused body from the client, so that it hears the answer. */
    void discardRest(HttpServletRequest request) {
        bodies.discardRest(request);
    }

    /**
     * Reads the whole request.
     *
     * @param path the path behind the FHIR base, not decoded
     * @param arrival is told while a body of any length arrives
     * @throws FhirException if it cannot be read
     */
    FhirRequest read(
            HttpServletRequest request,
            TenantContext tenant,
            Method method,
            String path,
            Parameters query,
            Runnable arrival) {
        List<String> segments = FhirRequest.segments(path);
        boolean form =
                method == Method.POST
                        && !segments.isEmpty()
                        && segments.getLast().equals("_search");
        Parameters parameters = form ? query.and(form(request)) : query;
        RequestBody body =
                form || method == Method.GET || method == Method.HEAD
                        ? new RequestBody.Absent()
                        : body(request, method, segments, arrival);
        return new FhirRequest(
                tenant,
                method,
                base(request),
                segments,
                parameters,
                conditions(request),
                preferences(request, segments),
                body,
                name -> Optional.ofNullable(request.getHeader(name)),
                Optional.empty());
    }

    private static Preferences preferences(HttpServletRequest request, List<String> segments) {
        var preferences = Preferences.parse(list(request, "Prefer"));
        boolean operation = !segments.isEmpty() && segments.getLast().startsWith("$");
        if (operation) {
            return preferences.accepting(list(request, "Accept"));
        }
        String range = request.getHeader("Range");
        return range != null && request.getMethod().equals("GET")
                ? preferences.of(
                        new ByteRange(range, Optional.ofNullable(request.getHeader("If-Range"))))
                : preferences;
    }

    private Parameters form(HttpServletRequest request) {
        byte[] body = bodies.read(request);
        if (body.length == 0) {
            return Parameters.none();
        }
        String type = mediaType(request);
        if (!type.equals(FORM)) {
            throw new FhirException(
                    415,
                    "not-supported",
                    "_search takes a body of type " + FORM + ", not '" + type + "'.");
        }
        return Parameters.parse(new String(body, StandardCharsets.UTF_8).strip());
    }

    private RequestBody body(
            HttpServletRequest request, Method method, List<String> segments, Runnable arrival) {
        if (method == Method.POST && segments.equals(List.of(IMPORT))) {
            String type = mediaType(request);
            if (LINES.contains(type)) {
                return new RequestBody.Upload(bodies.stream(request, arrival), type);
            }
        }
        byte[] bytes = bodies.read(request);
        if (bytes.length == 0 || BodyReader.isBlank(bytes)) {
            return new RequestBody.Absent();
        }
        String type = mediaType(request);
        if (method == Method.PATCH && PATCHES.contains(type)) {
            return text(BodyReader.withoutMark(bytes), type);
        }
        if (type.isEmpty()) {
            return text(BodyReader.withoutMark(bytes), FHIR_JSON);
        }
        return switch (FormatNegotiation.request(Optional.of(request.getContentType()), version)) {
            case JSON -> text(BodyReader.withoutMark(bytes), FHIR_JSON);
            case XML -> new RequestBody.Resource(xml.read(bytes));
        };
    }

    private static RequestBody text(byte[] bytes, String type) {
        return new RequestBody.Text(Json.of(bytes), type);
    }

    private static String mediaType(HttpServletRequest request) {
        String type = request.getContentType();
        if (type == null) {
            return "";
        }
        String lower = type.toLowerCase(Locale.ROOT);
        int semicolon = lower.indexOf(';');
        if (semicolon < 0) {
            return lower.strip();
        }
        int charset = lower.indexOf("charset=", semicolon);
        if (charset >= 0) {
            String name = lower.substring(charset + 8).split("[;\\s]")[0].replace("\"", "");
            if (!name.equals("utf-8") && !name.equals("utf8") && !name.equals("us-ascii")) {
                throw new FhirException(
                        415, "not-supported", "The charset '" + name + "' is not here; UTF-8 is.");
            }
        }
        return lower.substring(0, semicolon).strip();
    }

    private String base(HttpServletRequest request) {
        if (baseUrl.isPresent()) {
            return baseUrl.get();
        }
        String host = request.getHeader("Host");
        return request.getScheme()
                + "://"
                + (host == null ? request.getLocalName() + ":" + request.getLocalPort() : host)
                + FhirEndpoint.BASE;
    }

    /** A field whose value is a list, which may come in several lines; null without one. */
    static String list(HttpServletRequest request, String field) {
        String first = request.getHeader(field);
        return first == null
                ? null
                : String.join(", ", Collections.list(request.getHeaders(field)));
    }

    private static Conditions conditions(HttpServletRequest request) {
        String ifMatch = list(request, "If-Match");
        String ifNoneMatch = list(request, "If-None-Match");
        String ifModifiedSince = request.getHeader("If-Modified-Since");
        String ifNoneExist = request.getHeader("If-None-Exist");
        if (ifMatch == null
                && ifNoneMatch == null
                && ifModifiedSince == null
                && ifNoneExist == null) {
            return Conditions.none();
        }
        return new Conditions(
                Optional.ofNullable(ifMatch),
                Optional.ofNullable(ifNoneMatch),
                Optional.ofNullable(ifModifiedSince),
                Optional.ofNullable(ifNoneExist).map(RequestReader::criteria));
    }

    /** Clients in wide use send the whole search URL where its query is meant. */
    private static String criteria(String ifNoneExist) {
        return ifNoneExist.replaceFirst("^[^=&?]*\\?", "");
    }
}
