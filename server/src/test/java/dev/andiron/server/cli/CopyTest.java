package dev.andiron.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.meta.ResourceMeta;
import dev.andiron.kernel.Andiron;
import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.kernel.plugin.PluginLocations;
import dev.andiron.server.AndironServer;
import dev.andiron.server.ServerOptions;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one server has, brought to another in each way that there is, and compared resource by
 * resource: Synthea's patients, exported, copied and loaded.
 */
class CopyTest {
    @TempDir static Path folder;
    private static AndironServer from;
    private static AndironServer to;
    private static Map<String, String> original;
    private static Path exported;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void fill() throws IOException {
        from = server("from", Map.of("jobs.file-size", "256KiB"));
        to = server("to", Map.of("import.urls", "http://127.0.0.1:" + from.port() + "/fhir/"));
        Sample.unpack(folder.resolve("sample"));
        assertEquals(0, run("load", "--server", from.url(), folder.resolve("sample").toString()));
        exported = folder.resolve("exported");
        assertEquals(0, run("export", "--server", from.url(), "-o", exported.toString()));
        original = contents(exported);
        assertTrue(original.size() > 1_000, "resources: " + original.size());
    }

    @AfterAll
    static void stop() {
        to.close();
        from.close();
    }

    private static AndironServer server(String name, Map<String, String> more) throws IOException {
        Path data = folder.resolve(name);
        var all = new HashMap<String, String>();
        all.put("server.port", "0");
        all.put("server.request-log", "false");
        all.put("backends.main.plugin", "sqlite");
        all.put("backends.main.path", data.resolve("andiron.db").toString());
        all.put("backends.main.durability", "relaxed");
        all.put("jobs.polls", "1000000000"); // the test waits by asking without a pause
        all.putAll(more);
        return AndironServer.start(
                Andiron.prepare(
                        new ConfigurationSource(Optional.empty(), Map.of(), all, data),
                        ServerOptions.sections(),
                        PluginLocations.of().withClassPath()));
    }

    private static int run(String... arguments) {
        return run(new StringWriter(), arguments);
    }

    private static int run(StringWriter out, String... arguments) {
        var writer = new PrintWriter(out);
        int code = Main.run(writer, writer, arguments);
        if (code != 0) {
            System.err.println(out);
        }
        return code;
    }

    /** Each resource of a folder by type and id, without what every server says itself. */
    private static Map<String, String> contents(Path folder) throws IOException {
        var contents = new TreeMap<String, String>();
        try (var files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".ndjson")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    JsonObject resource =
                            JsonReader.readObject(line.getBytes(StandardCharsets.UTF_8));
                    String key =
                            resource.string("resourceType").orElseThrow()
                                    + "/"
                                    + resource.string("id").orElseThrow();
                    String content =
                            new String(
                                    JsonWriter.compact(ResourceMeta.without(resource)),
                                    StandardCharsets.UTF_8);
                    assertEquals(null, contents.put(key, content), key + " is there twice");
                }
            }
        }
        return contents;
    }

    private void requireSame(String tenant, String name) throws IOException {
        Path copy = folder.resolve(name);
        assertEquals(
                0,
                run(
                        "export",
                        "--server",
                        to.url(),
                        "--tenant",
                        tenant,
                        "-o",
                        copy.toString(),
                        "--delete"));
        assertEquals(original, contents(copy));
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String tenant)
            throws IOException, InterruptedException {
        return client.send(request.header("X-Tenant-ID", tenant).build(), BodyHandlers.ofString());
    }

    private JsonObject copy(String tenant) throws IOException, InterruptedException {
        String body =
                "{\"exportUrl\":\"%s/$export\",\"exportType\":\"dynamic\"}".formatted(from.url());
        HttpResponse<String> accepted =
                send(
                        HttpRequest.newBuilder(URI.create(to.url() + "/$import"))
                                .header("Content-Type", "application/json")
                                .header("Prefer", "respond-async")
                                .POST(BodyPublishers.ofString(body)),
                        tenant);
        assertEquals(202, accepted.statusCode(), accepted::body);
        String url = accepted.headers().firstValue("Content-Location").orElseThrow();
        HttpResponse<String> status = accepted;
        for (int i = 0; status.statusCode() == 202 && i < 100_000; i++) {
            status = send(HttpRequest.newBuilder(URI.create(url)), tenant);
        }
        assertEquals(200, status.statusCode(), status::body);
        return JsonReader.readObject(status.body().getBytes(StandardCharsets.UTF_8));
    }

    private static long number(JsonObject json, String name) {
        return ((JsonNumber) json.get(name)).decimal().longValueExact();
    }

    @Test
    void aServerCopiesAnotherByItsExport() throws Exception {
        JsonObject manifest = copy("copied");
        assertEquals(original.size(), number(manifest, "stored"), manifest::toString);
        assertEquals(0, number(manifest, "failed"), manifest::toString);
        requireSame("copied", "copied");
        JsonObject again = copy("copied");
        for (JsonObject type : again.objects("output")) {
            assertEquals(number(type, "count"), number(type, "unchanged"), again::toString);
        }
    }

    @Test
    void whatWasExportedIsLoadedAndNothingIsSentTwiceWithAJournal() throws IOException {
        String journal = folder.resolve("journal").toString();
        String[] load = {
            "load",
            "--server",
            to.url(),
            "--tenant",
            "loaded",
            "--journal",
            journal,
            exported.toString()
        };
        Files.move(exported.resolve("manifest.json"), folder.resolve("manifest.json"));
        var out = new StringWriter();
        assertEquals(0, run(out, load));
        assertTrue(out.toString().contains(" 0 failed"), out.toString());
        requireSame("loaded", "loaded");
        var second = new StringWriter();
        assertEquals(0, run(second, load));
        assertTrue(second.toString().contains("0 resources in"), second.toString());
        assertTrue(second.toString().contains("were done by earlier loads"), second.toString());
    }

    @Test
    void lineByLineIsToldWhatWasNotLoaded() throws IOException {
        Path file = folder.resolve("broken.ndjson");
        Files.write(
                file,
                List.of(
                        "{\"resourceType\":\"Patient\",\"id\":\"fine\"}",
                        "{\"resourceType\":\"Patient\",\"id\":\"wrong\",\"gender\":[]}",
                        "no JSON"));
        var out = new StringWriter();
        var writer = new PrintWriter(out);
        int code =
                Main.run(
                        writer,
                        writer,
                        "load",
                        "--server",
                        to.url(),
                        "--tenant",
                        "broken",
                        file.toString());
        assertEquals(1, code);
        assertTrue(out.toString().contains(file + ": line 2: "), out.toString());
        assertTrue(out.toString().contains(file + ": line 3: "), out.toString());
        assertTrue(out.toString().contains("1 resources in"), out.toString());
    }
}
