package dev.andiron.fhir.patch;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;

/** JSON Merge Patch (RFC 7386, {@code application/merge-patch+json}). Stateless. */
public final class JsonMergePatch {

    private JsonMergePatch() {}

    /**
     * Merges a patch into a resource: null removes a member, objects merge, all else replaces.
     *
     * @param resource the resource as it is
     * @param patch the JSON text of the patch
     * @return the changed resource
     * @throws FhirException 400 for what is no JSON, 422 for what would not leave this resource
     */
    public static JsonObject apply(JsonObject resource, byte[] patch) {
        JsonValue parsed;
        try {
            parsed = JsonReader.read(patch);
        } catch (JsonSyntaxException e) {
            throw new FhirException(
                    400, "invalid", "the JSON Merge Patch is not JSON: " + e.getMessage());
        }
        if (!(parsed instanceof JsonObject)) {
            throw new FhirException(
                    422, "processing", "a JSON Merge Patch of a resource is an object");
        }
        var merged =
                JakartaTree.PROVIDER
                        .createMergePatch(JakartaTree.from(parsed))
                        .apply(JakartaTree.from(resource));
        return Identity.keep(resource, (JsonObject) JakartaTree.to(merged));
    }
}
