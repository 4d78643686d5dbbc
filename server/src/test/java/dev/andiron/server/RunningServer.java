package dev.andiron.server;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.kernel.Andiron;
import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.kernel.plugin.PluginLocations;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A server over SQLite on a free port, and a client that speaks to it. */
final class RunningServer implements AutoCloseable {
    private final AndironServer server;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final HttpClient client = HttpClient.newHttpClient();

    RunningServer(Path data, Map<String, String> overrides) throws IOException {
        var all = new HashMap<String, String>();
        all.put("server.port", "0");
        all.put("server.request-log", "false");
        all.put("backends.main.plugin", "sqlite");
        all.put("backends.main.path", data.resolve("andiron.db").toString());
        all.put("backends.main.durability", "relaxed");
        all.put("jobs.polls", "1000000000"); // tests wait by asking without a pause
        all.putAll(overrides);
        var source = new ConfigurationSource(Optional.empty(), Map.of(), all, data);
        server =
                AndironServer.start(
                        Andiron.prepare(
                                source,
                                ServerOptions.sections(),
                                PluginLocations.of().withClassPath()));
    }

    static RunningServer in(Path data) throws IOException {
        return new RunningServer(data, Map.of());
    }

    int port() {
        return server.port();
    }

    String root() {
        return "http://127.0.0.1:" + port();
    }

    String base() {
        return server.url();
    }

    /** An answer. */
    record Answer(int status, byte[] bytes, HttpResponse<byte[]> http) {

        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        JsonObject json() {
            return JsonReader.readObject(bytes);
        }

        String field(String name) {
            return http.headers().firstValue(name).orElse("");
        }

        /** The total of a Bundle, -1 without one. */
        int total() {
            return json().get("total") instanceof JsonNumber total
                    ? total.decimal().intValueExact()
                    : -1;
        }

        /** The diagnostics of an OperationOutcome. */
        List<String> diagnostics() {
            return json().objects("issue").stream()
                    .map(issue -> issue.string("diagnostics").orElse(""))
                    .toList();
        }
    }

    Answer get(String path, String... fields) {
        return send("GET", path, (byte[]) null, fields);
    }

    /** Sends a request; the path is below the FHIR base unless it starts with http. */
    Answer send(String method, String path, String body, String... fields) {
        return send(method, path, body == null ? null : bytes(body), fields);
    }

    Answer send(String method, String path, byte[] body, String... fields) {
        var request =
                HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : base() + path));
        boolean typed = false;
        for (int i = 0; i < fields.length; i += 2) {
            request.header(fields[i], fields[i + 1]);
            typed |= fields[i].equalsIgnoreCase("Content-Type");
        }
        if (body != null && !typed) {
            request.header("Content-Type", "application/fhir+json");
        }
        request.method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        try {
            var response = client.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Stops the server; once is enough. */
    void stop() {
        if (!stopped.getAndSet(true)) {
            server.close();
        }
    }

    @Override
    public void close() {
        stop();
        client.close();
    }
}
