package dev.andiron.server.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.snapshot.Snapshot;
import dev.andiron.server.job.JobBackend;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class PatientIdsTest {
    private static void put(JobBackend backend, String id) {
        var resource =
                new StoredResource(
                        new ResourceKey("Patient", id),
                        1,
                        backend.clock().instant(),
                        FhirVersion.R4,
                        false,
                        Json.of("{\"resourceType\":\"Patient\",\"id\":\"" + id + "\"}"));
        backend.backend()
                .resources()
                .orElseThrow()
                .commit(
                        JobBackend.TENANT,
                        new Commit(List.of(), List.of(new Mutation.Put(resource, List.of()))));
    }

    /** Those who are kept and those who are looked up are the same. */
    @Test
    void theyAreThoseOfTheMomentHoweverMany(@TempDir Path folder) {
        try (var backend = new JobBackend(folder)) {
            for (int i = 0; i < 20; i++) {
                put(backend, "p" + i);
            }
            var snapshot =
                    new Snapshot(
                            backend.storage(Optional.empty()),
                            JobBackend.TENANT,
                            backend.clock().instant(),
                            20);
            backend.later();
            put(backend, "late");
            PatientIds kept = PatientIds.all(snapshot, 20);
            PatientIds lookedUp = PatientIds.all(snapshot, 19);
            assertFalse(kept instanceof PatientIds.LookedUp);
            assertTrue(lookedUp instanceof PatientIds.LookedUp);
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 25; i++) {
                    assertEquals(i < 20, kept.contains("p" + i), "p" + i);
                    assertEquals(i < 20, lookedUp.contains("p" + i), "p" + i);
                }
                assertFalse(kept.contains("late"));
                assertFalse(lookedUp.contains("late"));
            }
        }
    }
}
