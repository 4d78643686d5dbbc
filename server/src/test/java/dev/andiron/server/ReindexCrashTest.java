package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.andiron.server.RunningServer.Answer;
import dev.andiron.spi.resource.ResourceKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A server that dies leaves its jobs to the next one, which goes on where they stand. */
class ReindexCrashTest {
    private static final int PATIENTS = 3_000;
    private static final int BUNDLE = 500;

    /** How many resources a job indexes with each commit. */
    private static final int BATCH = 200;

    /** The commit of a job after which the process dies. */
    private static final int LAST = 4;

    private static final Map<String, String> WATCHED =
            Map.of("jobs.lease", "1s", "backends.main.plugin", "watched");

    @TempDir private Path data;

    /** A server in a process of its own, that says its base URL and dies in the middle of a job. */
    public static final class Forked {
        private Forked() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            var server = new RunningServer(Path.of(arguments[0]), dying());
            System.out.println("base " + server.base());
            System.out.flush();
            Thread.currentThread().join();
        }
    }

    private static Map<String, String> dying() {
        var overrides = new HashMap<>(WATCHED);
        overrides.put("backends.main.dies-at", String.valueOf(LAST));
        return overrides;
    }

    @Test
    void indexingGoesOnWhereItStoodWhenTheServerDied() throws IOException, InterruptedException {
        String path = System.getProperty("surefire.test.class.path");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                path == null ? System.getProperty("java.class.path") : path,
                                Forked.class.getName(),
                                data.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                HttpClient client = HttpClient.newHttpClient()) {
            String base = base(out);
            for (int from = 0; from < PATIENTS; from += BUNDLE) {
                assertEquals(200, send(client, "POST", base, bundle(from)));
            }
            assertEquals(201, send(client, "PUT", base + "/SearchParameter/eyes", PARAMETER));
            assertEquals(137, process.waitFor());
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
        WatchedProvider.INDEXED.clear();
        try (var server = new RunningServer(data, WATCHED)) {
            Answer answer = server.get("/Patient?eye-color=blue&_summary=count");
            for (int i = 0; answer.text().contains("\"incomplete\"") && i < 100_000; i++) {
                answer = server.get("/Patient?eye-color=blue&_summary=count");
            }
            assertEquals(PATIENTS, answer.total(), answer::text);
            assertFalse(answer.text().contains("\"incomplete\""), answer::text);
            // What the last commit indexed was not told yet, and is done again; nothing else is.
            List<ResourceKey> all =
                    IntStream.range(0, PATIENTS)
                            .mapToObj(i -> new ResourceKey("Patient", "p" + i))
                            .sorted()
                            .toList();
            assertEquals(
                    all.subList((LAST - 1) * BATCH, PATIENTS),
                    List.copyOf(WatchedProvider.INDEXED));
        }
    }

    private static String base(BufferedReader out) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("base ")) {
                return line.substring("base ".length());
            }
        }
        throw new AssertionError("the process ended by itself");
    }

    private static int send(HttpClient client, String method, String url, String body)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", "application/fhir+json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return client.send(request, BodyHandlers.discarding()).statusCode();
    }

    private static String bundle(int from) {
        var entries = new StringBuilder();
        for (int i = from; i < from + BUNDLE; i++) {
            entries.append(i == from ? "" : ",").append(ENTRY.formatted(i, i));
        }
        return "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[" + entries + "]}";
    }

    private static final String ENTRY =
            """
            {"request":{"method":"PUT","url":"Patient/p%d"},"resource":{"resourceType":"Patient",\
            "id":"p%d","extension":[{"url":"http://example.org/eyes","valueCode":"blue"}]}}\
            """;

    private static final String PARAMETER =
            """
            {"resourceType":"SearchParameter","id":"eyes","url":"http://example.org/sp/eyes",
            "name":"eyes","status":"active","description":"eyes","code":"eye-color",
            "base":["Patient"],"type":"token",
            "expression":"Patient.extension.where(url='http://example.org/eyes').value"}\
            """;
}
