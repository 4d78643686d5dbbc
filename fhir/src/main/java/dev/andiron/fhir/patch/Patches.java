package dev.andiron.fhir.patch;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.fhir.outcome.FhirException;

/** All kinds of patches by their media type. Safe for use by many threads. */
public final class Patches {
    /** JSON Patch. */
    public static final String JSON_PATCH = "application/json-patch+json";

    /** JSON Merge Patch. */
    public static final String MERGE_PATCH = "application/merge-patch+json";

    private final FhirPathPatch fhirPathPatch;

    public Patches(Definitions definitions) {
        fhirPathPatch = new FhirPathPatch(definitions);
    }

    /**
     * Applies a patch.
     *
     * @param resource the resource as it is
     * @param mediaType without parameters, in lower case
     * @param patch its JSON text
     * @return the changed resource, not validated
     * @throws FhirException 415 for another media type, 400 for what is no such patch, 422 for one
     *     that does not apply
     */
    public JsonObject apply(JsonObject resource, String mediaType, byte[] patch) {
        return switch (mediaType) {
            case JSON_PATCH -> JsonPatch.apply(resource, patch);
            case MERGE_PATCH -> JsonMergePatch.apply(resource, patch);
            case "application/fhir+json", "application/json" -> apply(resource, parameters(patch));
            default ->
                    throw new FhirException(
                            415,
                            "not-supported",
                            "a patch is %s, %s or a Parameters resource as application/fhir+json, not '%s'"
                                    .formatted(JSON_PATCH, MERGE_PATCH, mediaType));
        };
    }

    /** Applies a FHIRPath Patch. */
    public JsonObject apply(JsonObject resource, JsonObject parameters) {
        return fhirPathPatch.apply(resource, parameters);
    }

    private static JsonObject parameters(byte[] patch) {
        try {
            return JsonReader.readObject(patch);
        } catch (JsonSyntaxException e) {
            throw new FhirException(400, "invalid", "the patch is not JSON: " + e.getMessage());
        }
    }
}
