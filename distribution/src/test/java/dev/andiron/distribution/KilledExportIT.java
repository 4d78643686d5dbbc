package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;

/** An export whose server is killed in the middle, while others write, and goes on in the next. */
class KilledExportIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BUNDLES = 8;
    private static final int EACH = 250;
    private static final String SETTINGS =
            """
            jobs: { file-size: 8KiB, lease: 1s, polls: 1000000 }
            export: { threads: 2 }
            """;

    @TempDir private Path folder;

    @Test
    void whatWasThereAtTheBeginningIsExportedOnce() throws IOException {
        var expected = new TreeSet<String>();
        String status;
        try (ServerProcess server = start()) {
            var http = new Http(server.base());
            for (int bundle = 0; bundle < BUNDLES; bundle++) {
                assertEquals(200, http.post("", bundle(bundle, expected)).status());
            }
            do {
                status = kickOff(http);
            } while (!isUnderWay(http, status));
            server.kill();
        }
        try (ServerProcess server = start()) {
            var http = new Http(server.base());
            for (int i = 0; i < BUNDLES; i++) {
                http.put("/Basic/b%d-0".formatted(i), basic("b%d-0".formatted(i)));
                http.delete("/Basic/b%d-1".formatted(i));
                http.put("/Basic/late-" + i, basic("late-" + i));
            }
            var keys = new TreeSet<String>();
            collect(http, status, keys);
            assertEquals(expected, keys);
        }
    }

    private ServerProcess start() throws IOException {
        Path configuration = folder.resolve("export.yaml");
        Files.writeString(configuration, SETTINGS);
        return ServerProcess.start(folder, "--config", configuration.toString());
    }

    private static String kickOff(Http http) {
        Http.Answer accepted =
                http.get("/$export?allowPartialManifests=true", "Prefer", "respond-async");
        assertEquals(202, accepted.status(), accepted.text());
        return URI.create(accepted.field("Content-Location").orElseThrow()).getPath();
    }

    /** Polls until some files are done; whether others are not. */
    private static boolean isUnderWay(Http http, String status) throws IOException {
        Http.Answer answer = http.get(path(status));
        while (!JSON.readTree(answer.bytes()).has("output")) {
            assertEquals(202, answer.status(), answer.text());
            answer = http.get(path(status));
        }
        return answer.status() == 202;
    }

    private static String path(String status) {
        return status.substring(status.indexOf("/$job-status"));
    }

    /** Walks through the pages of the manifest. */
    private static void collect(Http http, String status, TreeSet<String> keys) throws IOException {
        for (int page = 1; ; page++) {
            Http.Answer answer = http.get(path(status) + "?page=" + page);
            while (answer.status() == 202) {
                answer = http.get(path(status) + "?page=" + page);
            }
            assertEquals(200, answer.status(), answer.text());
            JsonNode manifest = JSON.readTree(answer.bytes());
            for (JsonNode file : manifest.get("output")) {
                String url = file.get("url").asText();
                for (String line :
                        http.get(url.substring(url.indexOf("/$job-file")))
                                .text()
                                .lines()
                                .toList()) {
                    JsonNode resource = JSON.readTree(line);
                    String key =
                            resource.get("id").asText()
                                    + "/"
                                    + resource.get("meta").get("versionId").asText();
                    assertTrue(keys.add(key), () -> "twice: " + key);
                }
            }
            if (!manifest.has("link")) {
                return;
            }
        }
    }

    private static String basic(String id) {
        return "{\"resourceType\":\"Basic\",\"id\":\"%s\",\"code\":{\"text\":\"%s\"}}"
                .formatted(id, "x".repeat(500));
    }

    private static String bundle(int number, TreeSet<String> expected) {
        var entries = new StringBuilder();
        for (int i = 0; i < EACH; i++) {
            String id = "b%d-%d".formatted(number, i);
            expected.add(id + "/1");
            entries.append(entries.isEmpty() ? "" : ",")
                    .append(
                            "{\"resource\":%s,\"request\":{\"method\":\"PUT\",\"url\":\"Basic/%s\"}}"
                                    .formatted(basic(id), id));
        }
        return "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[%s]}"
                .formatted(entries);
    }
}
