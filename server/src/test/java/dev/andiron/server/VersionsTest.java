package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.validation.StructureValidator;
import dev.andiron.fhir.validation.ValidationLevel;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the server itself writes is valid in the release that it serves. */
class VersionsTest {
    @TempDir private Path data;

    @ParameterizedTest
    @EnumSource
    void ownResourcesAreValid(FhirVersion version) throws IOException {
        var definitions = Definitions.of(version);
        var validator = new StructureValidator(definitions);
        try (var server = new RunningServer(data, Map.of("fhir.version", version.name()))) {
            String patient = "{\"resourceType\":\"Patient\",\"id\":\"1\",\"active\":true}";
            assertEquals(201, server.send("PUT", "/Patient/1", patient).status());
            assertEquals(
                    definitions.publication(),
                    server.get("/metadata").json().string("fhirVersion").orElseThrow());
            for (String path :
                    List.of(
                            "/metadata",
                            "/Patient/1",
                            "/Patient?_sort=_id&_total=accurate",
                            "/Patient/1/_history",
                            "/Patient/2",
                            "/Patient?favourite=blue")) {
                assertEquals(
                        List.of(),
                        validator.validate(server.get(path).json(), ValidationLevel.REQUIRED),
                        path);
            }
        }
    }
}
