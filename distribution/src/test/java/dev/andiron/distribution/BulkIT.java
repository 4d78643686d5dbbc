package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.client.api.IHttpResponse;
import ca.uhn.fhir.rest.client.api.ServerValidationModeEnum;
import ca.uhn.fhir.rest.client.interceptor.CapturingInterceptor;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Bulk import by a server that is killed in its midst, and bulk export by HAPI's client. */
class BulkIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern STORED = Pattern.compile("([0-9]+) stored");
    private static final int FILES = 3;
    private static final int LINES = 3_000;
    private static final int BROKEN = 1_501;

    @TempDir private Path folder;

    @Test
    void anImportGoesOnWhereAKilledServerLeftOff() throws IOException {
        Path input = Files.createDirectories(folder.resolve("input"));
        for (int file = 0; file < FILES; file++) {
            write(input.resolve("basic" + file + ".ndjson" + (file == 1 ? ".gz" : "")), file);
        }
        Path configuration =
                Files.writeString(
                        folder.resolve("import.yaml"),
                        """
                        import:
                          directories: "%s"
                          batch: 50
                          checkpoint: 50ms
                        jobs:
                          lease: 3s
                          attempts: 100
                        """
                                .formatted(input));
        String[] options = {"--config", configuration.toString()};
        int kills = 0;
        JsonNode manifest = null;
        String job = "";
        for (int round = 0; manifest == null; round++) {
            ServerProcess server = ServerProcess.start(folder, options);
            try {
                var http = new Http(server.base());
                if (job.isEmpty()) {
                    job = submit(http, input);
                }
                manifest = ended(http, job, round < 3 ? 1 + round * 2_500 : Integer.MAX_VALUE);
                if (manifest == null) {
                    server.kill();
                    kills++;
                } else {
                    requireWhole(http, manifest);
                }
            } finally {
                server.close();
            }
        }
        assertTrue(kills > 0, "it was never killed");
    }

    private static void write(Path file, int number) throws IOException {
        try (OutputStream raw = Files.newOutputStream(file);
                OutputStream out =
                        file.toString().endsWith(".gz") ? new GZIPOutputStream(raw) : raw) {
            for (int line = 1; line <= LINES; line++) {
                String text =
                        line == BROKEN
                                ? "{\"resourceType\":\"Basic\",\"id\":\"broken\",\"code\":7}\n"
                                : "{\"resourceType\":\"Basic\",\"id\":\"f%dl%d\",\"code\":{\"text\":\"%d\"}}\n"
                                        .formatted(number, line, line);
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static String submit(Http http, Path input) {
        String body = "{\"input\":[{\"type\":\"Basic\",\"url\":\"%s\"}]}".formatted(input.toUri());
        Http.Answer accepted = http.post("/$import", body, "Prefer", "respond-async");
        assertEquals(202, accepted.status(), accepted.text());
        String url = accepted.field("Content-Location").orElseThrow();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    /** The manifest; null as soon as the import is under way and has stored so many. */
    private static JsonNode ended(Http http, String job, int stored) throws IOException {
        while (true) {
            Http.Answer status = http.get("/$job-status/" + job);
            if (status.status() == 200) {
                return JSON.readTree(status.bytes());
            }
            assertTrue(status.status() == 202 || status.status() == 429, status.text());
            Matcher matcher = STORED.matcher(status.field("X-Progress").orElse(""));
            if (matcher.find() && Integer.parseInt(matcher.group(1)) >= stored) {
                return null;
            }
        }
    }

    private static void requireWhole(Http http, JsonNode manifest) throws IOException {
        int expected = FILES * (LINES - 1);
        assertEquals(expected, manifest.path("stored").asInt(), manifest.toString());
        assertEquals(FILES, manifest.path("failed").asInt(), manifest.toString());
        Set<String> broken = new HashSet<>();
        for (JsonNode file : manifest.path("error")) {
            for (String line : http.get(file.path("url").asText()).text().split("\n")) {
                assertTrue(line.contains("line %d: ".formatted(BROKEN)), line);
                assertTrue(broken.add(line), "twice: " + line);
            }
        }
        assertEquals(FILES, broken.size());
        Set<String> ids = new HashSet<>();
        String next = "/Basic?_count=1000";
        while (next != null) {
            JsonNode page = JSON.readTree(http.get(next).bytes());
            for (JsonNode entry : page.path("entry")) {
                JsonNode resource = entry.path("resource");
                assertEquals("1", resource.path("meta").path("versionId").asText());
                assertTrue(ids.add(resource.path("id").asText()));
            }
            next = null;
            for (JsonNode link : page.path("link")) {
                if (link.path("relation").asText().equals("next")) {
                    next = link.path("url").asText();
                }
            }
        }
        assertEquals(expected, ids.size());
    }

    @Test
    void hapisClientExportsAsManyAsThereAre() throws IOException {
        FhirContext context = FhirContext.forR4();
        context.getRestfulClientFactory().setServerValidationMode(ServerValidationModeEnum.NEVER);
        context.getRestfulClientFactory().setSocketTimeout(60_000);
        try (ServerProcess server = ServerProcess.start(folder)) {
            Distribution.Result load =
                    Distribution.run(
                            folder,
                            "load",
                            "--server",
                            server.base().toString(),
                            Distribution.source()
                                    .resolve(
                                            "server/src/main/resources/dev/andiron/server/cli/sample")
                                    .toString());
            assertEquals(0, load.code(), load.err());
            IGenericClient client = context.newRestfulGenericClient(server.base().toString());
            client.setEncoding(EncodingEnum.JSON);
            var last = new CapturingInterceptor();
            client.registerInterceptor(last);
            JsonNode manifest = export(client, last);
            Map<String, Integer> promised = new TreeMap<>();
            Map<String, Integer> read = new TreeMap<>();
            for (JsonNode file : manifest.path("output")) {
                promised.merge(
                        file.path("type").asText(), file.path("count").asInt(), Integer::sum);
                // HAPI reads the lines of NDJSON as the entries of a Bundle.
                Bundle lines = client.fetchResourceFromUrl(Bundle.class, file.path("url").asText());
                for (var entry : lines.getEntry()) {
                    read.merge(entry.getResource().fhirType(), 1, Integer::sum);
                }
            }
            Map<String, Integer> stored = new TreeMap<>();
            for (String type : promised.keySet()) {
                Bundle count =
                        client.search()
                                .byUrl(type + "?_summary=count")
                                .returnBundle(Bundle.class)
                                .execute();
                stored.put(type, count.getTotal());
            }
            assertEquals(promised, read);
            assertEquals(stored, read);
            assertTrue(read.get("Patient") == 5, read::toString);
        }
    }

    private static JsonNode export(IGenericClient client, CapturingInterceptor last)
            throws IOException {
        try {
            client.operation()
                    .onServer()
                    .named("$export")
                    .withNoParameters(Parameters.class)
                    .withAdditionalHeader("Prefer", "respond-async")
                    .useHttpGet()
                    .execute();
        } catch (BaseServerResponseException | ClassCastException e) {
            // An answer without Parameters is none to the client, but it was captured.
        }
        assertEquals(202, last.getLastResponse().getStatus());
        String url = last.getLastResponse().getHeaders("Content-Location").getFirst();
        while (true) {
            try {
                client.fetchResourceFromUrl(Binary.class, url);
            } catch (BaseServerResponseException | DataFormatException e) {
                // Neither progress nor a manifest is a resource; both are captured.
            }
            IHttpResponse answer = last.getLastResponse();
            if (answer.getStatus() == 200) {
                try (Reader text = answer.createReader()) {
                    return JSON.readTree(text);
                }
            }
            assertTrue(answer.getStatus() == 202 || answer.getStatus() == 429);
        }
    }
}
