package dev.andiron.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Plain HTTP to a FHIR server, for what a FHIR client would not send. Safe for many threads.
 *
 * @param base the FHIR base
 */
record Http(URI base, HttpClient client) {
    static final String JSON = "application/fhir+json";

    Http(URI base) {
        this(base, HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
    }

    /** What came back. */
    record Answer(int status, HttpHeaders fields, byte[] bytes) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        Optional<String> field(String name) {
            return fields.firstValue(name);
        }
    }

    Answer get(String path, String... fields) {
        return send("GET", path, null, fields);
    }

    Answer put(String path, String body, String... fields) {
        return send("PUT", path, body, fields);
    }

    Answer post(String path, String body, String... fields) {
        return send("POST", path, body, fields);
    }

    Answer delete(String path, String... fields) {
        return send("DELETE", path, null, fields);
    }

    /** Sends text; header fields as name, value, name, value. */
    Answer send(String method, String path, String body, String... fields) {
        return sendBytes(
                method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8), fields);
    }

    Answer sendBytes(String method, String path, byte[] body, String... fields) {
        try {
            return trySend(method, path, body, fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, for servers that may die. */
    Answer trySend(String method, String path, byte[] body, String... fields) throws IOException {
        URI target = path.startsWith("http") ? URI.create(path) : URI.create(base + path);
        var request = HttpRequest.newBuilder(target);
        request.setHeader("Accept", JSON);
        if (body != null) {
            request.setHeader("Content-Type", JSON);
        }
        for (int i = 0; i < fields.length; i += 2) {
            request.setHeader(fields[i], fields[i + 1]);
        }
        request.method(
                method,
                body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(body));
        try {
            HttpResponse<byte[]> answer =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(answer.statusCode(), answer.headers(), answer.body());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
