package dev.andiron.server.cli.export;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.fhir.json.JsonWriter;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/** The server that exports, as a client sees it. Safe for use by many threads. */
public final class ExportServer implements AutoCloseable {
    private static final int LARGEST_ANSWER = 64 << 20;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final URI base;
    private final Optional<String> tenant;
    private final Optional<String> token;
    private final Duration timeout;
    private final HttpClient client;

    /**
     * @param base the FHIR base
     * @param token sent as a bearer token
     * @param timeout how long an answer may take to begin
     */
    public ExportServer(
            URI base, Optional<String> tenant, Optional<String> token, Duration timeout) {
        this.base = base;
        this.tenant = tenant;
        this.token = token;
        this.timeout = timeout;
        client =
                HttpClient.newBuilder()
                        .connectTimeout(Duration.ofSeconds(10))
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build();
    }

    /**
     * How an export stands.
     *
     * @param manifest what it has become; empty while it is made
     * @param progress what the server says about it
     * @param pause how long it wants to be left alone
     */
    public record Status(Optional<JsonObject> manifest, String progress, Duration pause) {}

    /**
     * Asks for an export.
     *
     * @param url the operation's, with its parameters
     * @param body a {@code Parameters} resource, for POST; empty for GET
     * @return where it is watched
     */
    public String kickOff(String url, Optional<JsonObject> body) throws InterruptedException {
        HttpRequest.Builder request = request(URI.create(url), true);
        request.header("Accept", "application/fhir+json").header("Prefer", "respond-async");
        body.ifPresent(
                parameters ->
                        request.header("Content-Type", "application/fhir+json")
                                .POST(BodyPublishers.ofByteArray(JsonWriter.compact(parameters))));
        HttpResponse<InputStream> answer = send(request);
        byte[] said = all(answer);
        if (answer.statusCode() != 202) {
            throw refused("the server refused the export", answer.statusCode(), said);
        }
        return answer.headers()
                .firstValue("Content-Location")
                .map(text -> answer.uri().resolve(text).toString())
                .orElseThrow(
                        () ->
                                new ExportException(
                                        "the server accepted the export but did not say where it"
                                                + " is"));
    }

    /** Asks how an export stands. */
    public Status status(String url) throws InterruptedException {
        HttpResponse<InputStream> answer =
                send(request(URI.create(url), true).header("Accept", "application/json"));
        byte[] said = all(answer);
        int status = answer.statusCode();
        if (status == 202 || status == 429 || status == 503) {
            String progress = answer.headers().firstValue("X-Progress").orElse("in progress");
            return new Status(Optional.empty(), progress, pause(answer));
        }
        if (status == 303 || status == 302) {
            Optional<String> location = answer.headers().firstValue("Location");
            if (location.isPresent()) {
                return status(answer.uri().resolve(location.get()).toString());
            }
        }
        if (status != 200) {
            throw refused("the export failed", status, said);
        }
        try {
            return new Status(Optional.of(JsonReader.readObject(said)), "complete", PAUSE);
        } catch (JsonSyntaxException e) {
            throw new ExportException("the manifest is not JSON: " + e.getMessage(), e);
        }
    }

    /** Lets the server forget an export and its files. */
    public void delete(String url) throws InterruptedException {
        all(send(request(URI.create(url), true).DELETE()));
    }

    /**
     * Asks for a file.
     *
     * @param withToken whether the file needs the token
     * @throws IOException if no answer comes
     */
    HttpResponse<InputStream> file(String url, boolean withToken, Map<String, String> fields)
            throws IOException, InterruptedException {
        URI uri = URI.create(url);
        // What is signed is for anybody, and what lies elsewhere is not told who asks.
        boolean own = withToken || isOwn(uri);
        HttpRequest.Builder request = request(uri, own);
        fields.forEach(request::header);
        return client.send(request.build(), BodyHandlers.ofInputStream());
    }

    private boolean isOwn(URI uri) {
        return String.valueOf(uri.getAuthority()).equals(base.getAuthority());
    }

    private HttpRequest.Builder request(URI uri, boolean identified) {
        var request = HttpRequest.newBuilder(uri).timeout(timeout);
        if (identified) {
            tenant.ifPresent(name -> request.header("X-Tenant-ID", name));
            token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        }
        return request;
    }

    private HttpResponse<InputStream> send(HttpRequest.Builder request)
            throws InterruptedException {
        HttpRequest built = request.build();
        try {
            return client.send(built, BodyHandlers.ofInputStream());
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new ExportException(
                    "no answer from %s (%s)".formatted(built.uri().getAuthority(), reason), e);
        }
    }

    private static byte[] all(HttpResponse<InputStream> answer) {
        try (InputStream body = answer.body()) {
            byte[] bytes = body.readNBytes(LARGEST_ANSWER + 1);
            if (bytes.length > LARGEST_ANSWER) {
                throw new ExportException("the server's answer is too large");
            }
            return bytes;
        } catch (IOException e) {
            throw new ExportException("the server's answer broke off", e);
        }
    }

    static ExportException refused(String what, int status, byte[] said) {
        String reason = "";
        try {
            reason =
                    String.join(
                            "; ",
                            JsonReader.readObject(said).objects("issue").stream()
                                    .map(issue -> issue.string("diagnostics").orElse(""))
                                    .toList());
        } catch (JsonSyntaxException e) {
            // Then the status has to do.
        }
        return new ExportException(
                "%s: %d%s".formatted(what, status, reason.isBlank() ? "" : ", " + reason));
    }

    /** As the server says, in seconds or as a date, within bounds. */
    private static Duration pause(HttpResponse<?> answer) {
        Duration pause =
                answer.headers()
                        .firstValue("Retry-After")
                        .flatMap(ExportServer::duration)
                        .orElse(PAUSE);
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    private static Optional<Duration> duration(String text) {
        if (text.matches("[0-9]{1,6}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant until =
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration left = Duration.between(Instant.now(), until);
            return Optional.of(left.isNegative() ? Duration.ZERO : left);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
