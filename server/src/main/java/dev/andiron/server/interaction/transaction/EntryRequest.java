package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.bundle.RequestEntry;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.server.interaction.Conditions;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Interaction;
import dev.andiron.server.interaction.Interactions;
import dev.andiron.server.interaction.Method;
import dev.andiron.server.interaction.RequestBody;
import dev.andiron.server.interaction.Route;
import dev.andiron.spi.resource.Json;

import java.util.Base64;
import java.util.Locale;

/**
 * An entry as the request that it stands for.
 *
 * @param entry the entry
 * @param request the same as a single request
 * @param interaction where it leads
 */
record EntryRequest(RequestEntry.Request entry, FhirRequest request, Interaction interaction) {

    /**
     * Turns an entry into a request.
     *
     * @param bundle the request that carries the bundle
     * @throws FhirException if it leads nowhere, or is a bundle itself
     */
    static EntryRequest of(
            RequestEntry.Request entry, FhirRequest bundle, Interactions interactions) {
        FhirRequest request = request(entry, bundle);
        return switch (interactions.route(request)) {
            case Route.To(Interaction interaction) -> {
                if (interaction == Interaction.BUNDLE) {
                    throw new FhirException(
                            400, "not-supported", "A bundle cannot be an entry of a bundle.");
                }
                yield new EntryRequest(entry, request, interaction);
            }
            case Route.Refused(FhirResponse response) ->
                    throw new FhirException(response.status(), Outcomes.issues(response));
        };
    }

    /** The same entry as another request. */
    EntryRequest with(FhirRequest other) {
        return new EntryRequest(entry, other, interaction);
    }

    int index() {
        return entry.index();
    }

    private static FhirRequest request(RequestEntry.Request entry, FhirRequest bundle) {
        var conditions =
                new Conditions(
                        entry.ifMatch(),
                        entry.ifNoneMatch(),
                        entry.ifModifiedSince(),
                        entry.ifNoneExist());
        var request =
                FhirRequest.of(
                        bundle.tenant(),
                        Method.valueOf(entry.method().name()),
                        bundle.base(),
                        relative(entry.url(), bundle.base()),
                        conditions,
                        bundle.preferences(),
                        body(entry));
        FhirRequest alike = request.with(bundle.fields());
        return bundle.principal().map(alike::by).orElse(alike);
    }

    private static String relative(String url, String base) {
        if (url.startsWith(base + "/") || url.equals(base)) {
            return url.substring(base.length());
        }
        if (url.contains("://")) {
            throw new FhirException(
                    400,
                    "invalid",
                    "The URL '%s' is not below this server's base %s.".formatted(url, base));
        }
        return url;
    }

    private static RequestBody body(RequestEntry.Request entry) {
        if (entry.resource().isEmpty()) {
            return new RequestBody.Absent();
        }
        JsonObject resource = entry.resource().get();
        boolean binary = resource.string("resourceType").orElse("").equals("Binary");
        return switch (entry.method()) {
            case PATCH -> binary ? patch(resource) : new RequestBody.Resource(resource);
            case GET, HEAD, POST, PUT, DELETE -> new RequestBody.Resource(resource);
        };
    }

    /** A JSON Patch or JSON Merge Patch, which comes wrapped in a Binary. */
    private static RequestBody patch(JsonObject binary) {
        String mediaType = binary.string("contentType").orElse("");
        int semicolon = mediaType.indexOf(';');
        try {
            return new RequestBody.Text(
                    Json.of(Base64.getMimeDecoder().decode(binary.string("data").orElse(""))),
                    (semicolon < 0 ? mediaType : mediaType.substring(0, semicolon))
                            .strip()
                            .toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new FhirException(
                    400, "value", "The Binary that carries the patch has data that is no base64.");
        }
    }
}
