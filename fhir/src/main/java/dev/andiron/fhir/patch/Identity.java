package dev.andiron.fhir.patch;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;

import java.util.List;
import java.util.Objects;

/** What no patch may change: which resource, and which version, it is. */
final class Identity {

    private Identity() {}

    /**
     * Gives back the patched resource.
     *
     * @throws FhirException 422 if resourceType, id or meta.versionId differ
     */
    static JsonObject keep(JsonObject before, JsonObject patched) {
        requireSame(
                before, "resourceType", before.get("resourceType"), patched.get("resourceType"));
        requireSame(before, "id", before.get("id"), patched.get("id"));
        JsonValue version = versionId(before);
        if (!Objects.equals(version, versionId(patched)) && versionId(patched) != null) {
            throw refusal(before, "meta.versionId");
        }
        return patched;
    }

    private static JsonValue versionId(JsonObject resource) {
        return resource.object("meta").map(meta -> meta.get("versionId")).orElse(null);
    }

    private static void requireSame(
            JsonObject resource, String element, JsonValue before, JsonValue after) {
        if (!Objects.equals(before, after)) {
            throw refusal(resource, element);
        }
    }

    private static FhirException refusal(JsonObject resource, String element) {
        return new FhirException(
                422,
                List.of(
                        Issue.error(
                                "business-rule",
                                "a patch cannot change '%s'".formatted(element),
                                resource.string("resourceType").orElse("Resource")
                                        + "."
                                        + element)));
    }
}
