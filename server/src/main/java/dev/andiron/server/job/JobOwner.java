package dev.andiron.server.job;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.resource.Json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Whose a job is within its tenant: the principal's who asked for it. What nobody asked for who is
 * known, or the server itself, belongs to the whole tenant. The name stands in front of the job's
 * request, which the storage keeps without looking into it.
 */
final class JobOwner {
    private static final String MEMBER = "$owner";
    private static final byte[] BEGINNING = "{\"$owner\":".getBytes(StandardCharsets.US_ASCII);

    private JobOwner() {}

    /** The request of a job that belongs to a principal. */
    static Json mark(Json request, Optional<String> principal) {
        if (principal.isEmpty()) {
            return request;
        }
        JsonObject asked = JsonReader.readObject(request.bytes());
        JsonObject.Builder marked = JsonObject.builder().put(MEMBER, principal.get());
        for (int i = 0; i < asked.size(); i++) {
            marked.put(asked.name(i), asked.value(i));
        }
        return Json.of(JsonWriter.compact(marked.build()));
    }

    /** Whose it is; empty for the tenant's. */
    static Optional<String> of(Job job) {
        byte[] request = job.request().bytes();
        boolean isMarked =
                request.length > BEGINNING.length
                        && Arrays.equals(
                                request, 0, BEGINNING.length, BEGINNING, 0, BEGINNING.length);
        return isMarked ? JsonReader.readObject(request).string(MEMBER) : Optional.empty();
    }

    /** Whether it is there for whoever asks. */
    static boolean isFor(FhirRequest request, Job job) {
        Optional<String> owner = of(job);
        return owner.isEmpty() || owner.equals(request.principal());
    }
}
