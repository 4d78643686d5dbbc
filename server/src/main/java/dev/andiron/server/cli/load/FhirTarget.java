package dev.andiron.server.cli.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A FHIR server as a load sees it. Repeats what the server asked to repeat (429, 503), what never
 * reached it, and lines, which are stored under their ids; a bundle whose connection broke after
 * sending is not repeated, since creates would then be stored twice. Safe for use by several
 * threads.
 */
final class FhirTarget implements AutoCloseable {
    /** How often a request is sent at most. */
    static final int ATTEMPTS = 10;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final String FHIR_JSON = "application/fhir+json";
    private static final String NDJSON = "application/fhir+ndjson";

    /** The operation's canonical URL, by which it is known to be what is meant here. */
    private static final String IMPORT = "urn:andiron:operation:import";

    /**
     * What the server said.
     *
     * @param status the HTTP status
     * @param body the whole body
     */
    record Answer(int status, byte[] body) {}

    private final URI base;
    private final Optional<String> tenant;
    private final Duration timeout;
    private final HttpClient client;

    FhirTarget(URI base, Optional<String> tenant, Duration timeout) {
        this.base = base;
        this.tenant = tenant;
        this.timeout = timeout;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(10))
                        .build();
    }

    URI base() {
        return base;
    }

    /**
     * Asks for the CapabilityStatement.
     *
     * @return whether the server imports lines
     * @throws LoadException if no FHIR server answers there
     */
    boolean check() throws InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(base + "/metadata"))
                        .timeout(timeout)
                        .header("Accept", FHIR_JSON);
        tenant.ifPresent(name -> request.header("X-Tenant-ID", name));
        try {
            HttpResponse<String> answer =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new LoadException(
                        ("%s/metadata answers %d; the address of a FHIR server is needed, such as"
                                        + " http://127.0.0.1:8080/fhir")
                                .formatted(base, answer.statusCode()));
            }
            return answer.body().contains("\"" + IMPORT + "\"");
        } catch (IOException e) {
            throw new LoadException(
                    "no server answers at %s (%s); 'andiron serve' starts one"
                            .formatted(base, reason(e)),
                    e);
        }
    }

    /**
     * Posts a bundle.
     *
     * @throws IOException if no answer came, even after repetitions where these are safe
     */
    Answer post(Parcel parcel, LoadTally tally) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Duration wait;
            try {
                HttpResponse<byte[]> answer =
                        client.send(request(parcel), HttpResponse.BodyHandlers.ofByteArray());
                int status = answer.statusCode();
                if ((status != 503 && status != 429) || attempt == ATTEMPTS) {
                    return new Answer(status, answer.body());
                }
                wait = retryAfter(answer).orElse(backoff(attempt));
            } catch (ConnectException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                wait = backoff(attempt);
            } catch (IOException e) {
                if (parcel.lines().isEmpty() || attempt == ATTEMPTS) {
                    throw e;
                }
                wait = backoff(attempt);
            }
            tally.retried();
            Thread.sleep(wait);
        }
    }

    private HttpRequest request(Parcel parcel) {
        var request =
                HttpRequest.newBuilder(
                                parcel.lines()
                                        .map(lines -> URI.create(base + lines.path()))
                                        .orElse(base))
                        .timeout(timeout)
                        .header("Content-Type", parcel.lines().isPresent() ? NDJSON : FHIR_JSON)
                        .header("Accept", FHIR_JSON)
                        .header("Prefer", "return=minimal")
                        .POST(parcel.body().get());
        if (parcel.gzip()) {
            request.header("Content-Encoding", "gzip");
        }
        tenant.ifPresent(name -> request.header("X-Tenant-ID", name));
        return request.build();
    }

    private static Optional<Duration> retryAfter(HttpResponse<?> answer) {
        return answer.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .map(wait -> wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }

    /** Doubles from 100 ms to some seconds, half of it by chance so that clients spread. */
    private static Duration backoff(int attempt) {
        long full = 100L << Math.min(attempt, 6);
        return Duration.ofMillis(full / 2 + ThreadLocalRandom.current().nextLong(full / 2));
    }

    static String reason(IOException problem) {
        String message = problem.getMessage();
        if (message != null && !message.isBlank()) {
            return message;
        }
        return problem instanceof ConnectException
                ? "connection refused"
                : problem.getClass().getSimpleName();
    }

    @Override
    public void close() {
        client.close();
    }
}
