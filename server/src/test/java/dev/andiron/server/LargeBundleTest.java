package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.format.XmlFormat;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.server.RunningServer.Answer;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** Bundles too large to be converted as a whole. */
class LargeBundleTest {
    private static final int ENTRIES = 24;

    /** One that no XML can be written of, behind others. */
    private static final String BROKEN =
            "{\"resourceType\":\"Basic\",\"id\":\"z-broken\",\"unknown\":1}";

    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new RunningServer(data, Map.of("validation.level", "none"));
        for (int i = 0; i < ENTRIES; i++) {
            String word = Character.toString('a' + i);
            put(
                    "Basic/" + word,
                    "{\"resourceType\":\"Basic\",\"id\":\"%s\",\"code\":{\"text\":\"%s\"}}"
                            .formatted(word, text(i)));
        }
    }

    /** Digits without a pattern, so that it stays large when it is compressed. */
    private static String text(int seed) {
        return new Random(seed)
                .ints(100_000, '0', '9' + 1)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void put(String path, String body) {
        assertEquals(201, server.send("PUT", "/" + path, body).status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/Basic?_sort=_id&_count=100&",
                "/Basic/_history?_count=100&",
                "?_type=Basic&_count=100&"
            })
    void areTheSameInEveryForm(String query) throws IOException {
        List<JsonObject> expected = entries(server.get(query).json());
        assertEquals(ENTRIES, expected.size());
        assertEquals(expected, entries(server.get(query + "_pretty=true").json()));
        var xml = new XmlFormat(Definitions.of(FhirVersion.R4));
        for (String form : List.of("_format=xml", "_format=xml&_pretty=true")) {
            Answer answer = server.get(query + form);
            assertEquals(200, answer.status());
            assertEquals(expected, entries(xml.read(answer.bytes())));
            Answer packed = server.get(query + form, "Accept-Encoding", "gzip");
            assertEquals("gzip", packed.field("Content-Encoding"));
            try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(packed.bytes()))) {
                assertEquals(expected, entries(xml.read(unpacked.readAllBytes())));
            }
        }
    }

    private static List<JsonObject> entries(JsonObject bundle) {
        return bundle.objects("entry");
    }

    @Test
    void breakOffVisiblyWhenOneOfThemCannotBeWritten() {
        put("Basic/z-broken", BROKEN);
        try {
            String query = "/Basic?_sort=_id&_count=100&_format=xml";
            for (String coding : List.of("identity", "gzip")) {
                var broken =
                        assertThrows(
                                AssertionError.class,
                                () -> server.get(query, "Accept-Encoding", coding));
                assertTrue(broken.getCause() instanceof IOException, broken.toString());
            }
            assertEquals(406, server.get("/Basic?_id=z-broken&_format=xml").status());
            assertEquals(200, server.get("/Basic?_sort=_id&_count=100").status());
        } finally {
            server.send("DELETE", "/Basic/z-broken", (String) null);
        }
    }
}
