package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.Issue;

import java.util.List;

/** What someone gets who looks at the base without asking for anything. */
final class WelcomeInteraction {

    private WelcomeInteraction() {}

    static FhirResponse answer(FhirRequest request) {
        String base = request.base();
        return FhirResponse.outcome(
                200,
                List.of(
                        Issue.information(
                                "informational",
                                "This is the base of a FHIR server. What it does: "
                                        + base
                                        + "/metadata"),
                        Issue.information("informational", "A search: " + base + "/Patient"),
                        Issue.information(
                                "informational", "What changed last: " + base + "/_history")));
    }
}
