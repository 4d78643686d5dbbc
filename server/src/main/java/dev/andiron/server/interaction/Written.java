package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.Issue;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.StoredResource;

import java.util.List;

/** How a write is answered, as the client prefers it. */
public final class Written {

    private Written() {}

    /** The answer to a create or update that made (or, for a conditional create, found) this. */
    public static FhirResponse answer(FhirRequest request, int status, StoredResource resource) {
        FhirResponse response =
                switch (request.preferences().content()) {
                    case REPRESENTATION -> FhirResponse.of(status, resource);
                    case MINIMAL -> FhirResponse.of(status).withVersion(ResourceHead.of(resource));
                    case OPERATION_OUTCOME ->
                            FhirResponse.outcome(
                                            status,
                                            List.of(
                                                    Issue.information(
                                                            "informational",
                                                            "%s is at version %d."
                                                                    .formatted(
                                                                            resource.key(),
                                                                            resource.version()))))
                                    .withVersion(ResourceHead.of(resource));
                };
        return response.withLocation(location(request, resource));
    }

    /** The URL of a version. */
    public static String location(FhirRequest request, StoredResource resource) {
        return request.base() + "/" + resource.key() + "/_history/" + resource.version();
    }

    /** The answer to a delete. */
    public static FhirResponse deleted(FhirRequest request, String what) {
        return request.preferences().content() == Preferences.Return.OPERATION_OUTCOME
                ? FhirResponse.outcome(200, List.of(Issue.information("informational", what)))
                : FhirResponse.of(204);
    }
}
