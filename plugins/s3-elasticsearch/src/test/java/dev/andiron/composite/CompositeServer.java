package dev.andiron.composite;

import dev.andiron.elasticsearch.ElasticsearchServer;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.kernel.Andiron;
import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.kernel.plugin.PluginLocations;
import dev.andiron.s3.S3Mock;
import dev.andiron.server.AndironServer;
import dev.andiron.server.ServerOptions;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A server over a composite on a free port, and a client that speaks to it. */
final class CompositeServer implements AutoCloseable {
    private final AndironServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * @param settings values by dotted key, the backends among them
     */
    CompositeServer(Path data, Map<String, String> settings) throws IOException {
        var all = new HashMap<String, String>();
        all.put("server.port", "0");
        all.put("server.request-log", "false");
        all.putAll(settings);
        var source = new ConfigurationSource(Optional.empty(), Map.of(), all, data);
        server =
                AndironServer.start(
                        Andiron.prepare(
                                source,
                                ServerOptions.sections(),
                                PluginLocations.of().withClassPath()));
    }

    /** SQLite, followed by an index in memory. */
    static Map<String, String> sqliteAndMemory(Path data) {
        return Map.of(
                "backends.main.plugin", "composite",
                "backends.main.primary", "truth",
                "backends.main.search", "index",
                "backends.truth.plugin", "sqlite",
                "backends.truth.path", data.resolve("truth.db").toString(),
                "backends.truth.durability", "relaxed",
                "backends.index.plugin", "memory-index",
                "backends.index.folder", data.toString());
    }

    /** An object store with Elasticsearch, in one block. */
    static Map<String, String> s3Elasticsearch(Path data) {
        var settings = new HashMap<String, String>();
        settings.put("backends.main.plugin", "s3-elasticsearch");
        S3Mock.server()
                .options(data)
                .forEach(
                        (name, value) ->
                                settings.put("backends.main.s3-" + name, value.toString()));
        ElasticsearchServer.options(ElasticsearchServer.server().url(), data)
                .forEach(
                        (name, value) ->
                                settings.put(
                                        "backends.main.elasticsearch-" + name, value.toString()));
        return settings;
    }

    AndironServer server() {
        return server;
    }

    String root() {
        return "http://127.0.0.1:" + server.port();
    }

    /** An answer. */
    record Answer(int status, String body, HttpResponse<String> http) {
        JsonObject json() {
            return JsonReader.readObject(body.getBytes(StandardCharsets.UTF_8));
        }

        String field(String name) {
            return http.headers().firstValue(name).orElse("");
        }
    }

    /** Sends a request; the path is below the FHIR base unless it starts with http. */
    Answer send(String method, String path, String body, String... fields) {
        var request =
                HttpRequest.newBuilder(
                                URI.create(path.startsWith("http") ? path : server.url() + path))
                        .header("Content-Type", "application/fhir+json")
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (fields.length > 0) {
            request.headers(fields);
        }
        try {
            var response = client.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    Answer get(String path) {
        return send("GET", path, "");
    }

    /** Writes a patient of a family. */
    Answer put(String id, String family) {
        return send(
                "PUT",
                "/Patient/" + id,
                """
                {"resourceType":"Patient","id":"%s","name":[{"family":"%s"}]}
                """
                        .formatted(id, family));
    }

    /** The ids of the patients that a search finds, in the order of ids. */
    List<String> find(String query) {
        Answer answer = get("/Patient?_count=1000&_sort=_id&" + query);
        if (answer.status() != 200) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        var ids = new ArrayList<String>();
        for (JsonObject entry : answer.json().objects("entry")) {
            ids.add(entry.object("resource").orElseThrow().string("id").orElseThrow());
        }
        return ids;
    }

    /** Starts an operation that is a job. */
    String start(String operation, String parameters) {
        Answer accepted =
                send(
                        "POST",
                        "/" + operation,
                        "{\"resourceType\":\"Parameters\",\"parameter\":[" + parameters + "]}",
                        "Prefer",
                        "respond-async");
        if (accepted.status() != 202) {
            throw new AssertionError(accepted.status() + " " + accepted.body());
        }
        return accepted.field("Content-Location");
    }

    /** Waits until a job has completed; a server under load may ask to come again. */
    Answer await(String status) throws InterruptedException {
        while (true) {
            Answer answer = get(status);
            switch (answer.status()) {
                case 200 -> {
                    return answer;
                }
                case 202, 429, 503 -> Thread.sleep(20);
                default -> throw new AssertionError(answer.status() + " " + answer.body());
            }
        }
    }

    /** A number of a job's result. */
    static long number(JsonObject result, String name) {
        return result.objects("parameter").stream()
                .filter(parameter -> parameter.string("name").orElse("").equals(name))
                .map(parameter -> (JsonNumber) parameter.get("valueDecimal"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + result))
                .decimal()
                .longValueExact();
    }

    /** The lines of a job's output, as {@code missing Patient/1}. */
    List<String> lines(JsonObject result) {
        var lines = new ArrayList<String>();
        for (JsonObject parameter : result.objects("parameter")) {
            if (parameter.string("name").orElse("").equals("output")) {
                get(parameter.string("valueUri").orElseThrow())
                        .body()
                        .lines()
                        .map(line -> JsonReader.readObject(line.getBytes(StandardCharsets.UTF_8)))
                        .map(
                                line ->
                                        line.string("difference").orElseThrow()
                                                + " "
                                                + line.string("resource").orElseThrow())
                        .forEach(lines::add);
            }
        }
        return lines;
    }

    /** A member of the first follower in the health report. */
    String follower(String member) {
        JsonObject report = get(root() + "/health/ready").json();
        JsonArray followers = report.array("followers").orElseThrow();
        return switch (((JsonObject) followers.values().getFirst()).get(member)) {
            case JsonString text -> text.value();
            case JsonNumber number -> number.text();
            case null -> "";
            default -> throw new AssertionError(report.toString());
        };
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
