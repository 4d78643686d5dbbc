package dev.andiron.server.interaction.operation;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.spi.resource.StoredResource;

import java.util.Optional;

/** The stored version that an operation is called on. */
final class StoredVersions {

    private StoredVersions() {}

    /** A stored version and its content. */
    record Parsed(StoredResource stored, JsonObject resource) {
        static Parsed of(StoredResource stored) {
            return new Parsed(stored, JsonReader.readObject(stored.content().bytes()));
        }

        JsonObject meta() {
            return resource.object("meta").orElse(JsonObject.empty());
        }
    }

    /**
     * The current version of the call's resource.
     *
     * @throws FhirException 404 if it never was, 410 if it is deleted
     */
    static Parsed current(Services services, OperationCall call) {
        return live(
                services.storage().resources().read(call.request().tenant(), call.key()),
                call.key() + " is not known.");
    }

    /**
     * The version in the call's path.
     *
     * @throws FhirException 404 if it is not there, 410 if it marks a delete
     */
    static Parsed version(Services services, OperationCall call) {
        String version = call.request().path().get(3);
        boolean isNumber =
                version.length() <= 18 && version.chars().allMatch(c -> c >= '0' && c <= '9');
        return live(
                isNumber
                        ? services.storage()
                                .versions()
                                .readVersion(
                                        call.request().tenant(),
                                        call.key(),
                                        Long.parseLong(version))
                        : Optional.empty(),
                "%s has no version %s.".formatted(call.key(), version));
    }

    private static Parsed live(Optional<StoredResource> found, String message) {
        StoredResource stored =
                found.orElseThrow(() -> new FhirException(404, "not-found", message));
        if (stored.deleted()) {
            throw new FhirException(
                    410,
                    "deleted",
                    "%s was deleted at %s.".formatted(stored.key(), stored.lastUpdated()));
        }
        return Parsed.of(stored);
    }
}
