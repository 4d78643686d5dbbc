package dev.andiron.composite;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A client of a server over a composite. */
class CompositeClient implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final String base;

    /**
     * @param base where the server answers
     */
    CompositeClient(String base) {
        this.base = base;
    }

    String base() {
        return base;
    }

    String root() {
        return base.substring(0, base.lastIndexOf('/'));
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
                HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : base + path))
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

    /** Sends what may be sent again, as a client does that is told to come later. */
    Answer persist(String method, String path, String body, String... fields)
            throws InterruptedException {
        while (true) {
            Answer answer = send(method, path, body, fields);
            if (answer.status() != 503) {
                return answer;
            }
            Thread.sleep(20);
        }
    }

    /** Writes a patient of a family. */
    void put(String id, String family) throws InterruptedException {
        Answer answer =
                persist(
                        "PUT",
                        "/Patient/" + id,
                        """
                        {"resourceType":"Patient","id":"%s","name":[{"family":"%s"}]}
                        """
                                .formatted(id, family));
        if (answer.status() != 200 && answer.status() != 201) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
    }

    /** Deletes a patient. */
    void delete(String id) throws InterruptedException {
        Answer answer = persist("DELETE", "/Patient/" + id, "");
        if (answer.status() != 204) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
    }

    /** The ids of the patients that a search finds, in the order of ids. */
    List<String> find(String query) throws InterruptedException {
        Answer answer = persist("GET", "/Patient?_count=1000&_sort=_id&" + query, "");
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
    String start(String operation, String parameters) throws InterruptedException {
        Answer accepted =
                persist(
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
            Answer answer = persist("GET", status, "");
            switch (answer.status()) {
                case 200 -> {
                    return answer;
                }
                case 202, 429 -> Thread.sleep(20);
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
    List<String> lines(JsonObject result) throws InterruptedException {
        var lines = new ArrayList<String>();
        for (JsonObject parameter : result.objects("parameter")) {
            if (parameter.string("name").orElse("").equals("output")) {
                persist("GET", parameter.string("valueUri").orElseThrow(), "")
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

    /** Waits until members of the first follower in the health report are as they should be. */
    void awaitFollower(Map<String, String> members) throws InterruptedException {
        while (!members.keySet().stream()
                .allMatch(member -> follower(member).equals(members.get(member)))) {
            Thread.sleep(20);
        }
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
        client.close();
    }
}
