package dev.andiron.server.interaction.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.bundle.References;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.spi.resource.ScanRequest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/** A synthetic patient's record, after the hospitals and practitioners that it refers to. */
class SyntheaTest {

    @Test
    void loadsAndRefersAndRepeats(@TempDir Path folder) {
        try (var server = new TestInteractions(folder)) {
            var expected = new TreeMap<String, Long>();
            for (String name : new String[] {"hospitals", "practitioners", "patient"}) {
                byte[] bundle = TestInteractions.resource(name + ".json.gz");
                assertLoads(server, bundle);
                counts(bundle).forEach((type, n) -> expected.merge(type, n, Long::sum));
            }
            expected.forEach((type, n) -> assertEquals(n, server.count(type), type));
            assertAllReferencesLead(server);
            assertLoads(server, TestInteractions.resource("hospitals.json.gz"));
            assertEquals(expected.get("Organization"), server.count("Organization"));
        }
    }

    private static void assertLoads(TestInteractions server, byte[] bundle) {
        FhirResponse response = server.post(bundle);
        assertEquals(200, response.status(), () -> TestInteractions.json(response).toString());
        for (JsonObject entry : TestInteractions.responses(response)) {
            assertTrue(entry.string("status").orElseThrow().startsWith("20"), entry.toString());
        }
    }

    private static Map<String, Long> counts(byte[] bundle) {
        var counts = new TreeMap<String, Long>();
        for (JsonObject entry : JsonReader.readObject(bundle).objects("entry")) {
            counts.merge(
                    entry.object("resource").orElseThrow().string("resourceType").orElseThrow(),
                    1L,
                    Long::sum);
        }
        return counts;
    }

    private static void assertAllReferencesLead(TestInteractions server) {
        var broken = new ArrayList<String>();
        var cursor =
                server.services()
                        .storage()
                        .resources()
                        .scan(TestInteractions.TENANT, ScanRequest.all());
        try (cursor) {
            for (var next = cursor.next(); next.isPresent(); next = cursor.next()) {
                References.forEach(
                        JsonReader.readObject(next.get().content().bytes()),
                        text -> {
                            if (!text.startsWith("#") && server.get(text).status() != 200) {
                                broken.add(text);
                            }
                        });
            }
        }
        assertTrue(broken.isEmpty(), broken.toString());
    }
}
