package dev.andiron.server.cli;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * Starts a long-running job in a server and shows its progress until it has ended. The job goes on
 * in the server if the command is interrupted.
 */
final class JobClient implements AutoCloseable {
    private static final long PAUSE = 500;
    private static final long BETWEEN_LINES = 5_000_000_000L;

    private final ServerAddress server;
    private final PrintWriter err;
    private final HttpClient client = HttpClient.newHttpClient();
    private final boolean terminal = ProgressBar.isTerminal();
    private long lastLine = System.nanoTime() - BETWEEN_LINES;
    private String shown = "";

    /**
     * @param err where progress is shown
     */
    JobClient(ServerAddress server, PrintWriter err) {
        this.server = server;
        this.err = err;
    }

    /**
     * Asks for an operation and waits for its end.
     *
     * @return what it led to
     * @throws CommandException if the server refuses it, or the job fails or is cancelled
     */
    JsonObject run(String operation, JsonObject parameters)
            throws IOException, InterruptedException {
        var request =
                request(URI.create(server.base() + "/" + operation))
                        .header("Content-Type", "application/fhir+json")
                        .POST(BodyPublishers.ofByteArray(JsonWriter.compact(parameters)));
        HttpResponse<byte[]> accepted = send(request);
        if (accepted.statusCode() != 202) {
            throw Refusals.of(accepted.statusCode(), accepted.body());
        }
        URI status = URI.create(accepted.headers().firstValue("Content-Location").orElseThrow());
        err.println("accepted: %s (DELETE cancels it)".formatted(status));
        err.flush();
        while (true) {
            HttpResponse<byte[]> answer = send(request(status).GET());
            if (answer.statusCode() != 202 && answer.statusCode() != 429) {
                end();
                if (answer.statusCode() != 200) {
                    throw Refusals.of(answer.statusCode(), answer.body());
                }
                return JsonReader.readObject(answer.body());
            }
            show(answer.headers().firstValue("X-Progress").orElse(""));
            Thread.sleep(PAUSE);
        }
    }

    /** Appends a file of the job's output. */
    void fetch(String url, OutputStream out) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                client.send(request(URI.create(url)).GET().build(), BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw Refusals.of(answer.statusCode(), body.readNBytes(1 << 20));
            }
            body.transferTo(out);
        }
    }

    private HttpRequest.Builder request(URI url) {
        var request = HttpRequest.newBuilder(url).header("Accept", "application/fhir+json, */*");
        server.tenant().ifPresent(id -> request.header("X-Tenant-ID", id));
        return request;
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        try {
            return client.send(request.build(), BodyHandlers.ofByteArray());
        } catch (ConnectException e) {
            throw new CommandException(
                    "no server answers at %s; 'andiron serve' starts one".formatted(server.base()),
                    e);
        }
    }

    private void show(String progress) {
        if (terminal) {
            // Up to the end of the line is erased, since the last line may have been longer.
            err.print("\r" + progress + "\u001b[K");
        } else if (!progress.equals(shown) && System.nanoTime() - lastLine >= BETWEEN_LINES) {
            lastLine = System.nanoTime();
            shown = progress;
            err.println(progress);
        }
        err.flush();
    }

    private void end() {
        if (terminal) {
            err.print("\r\u001b[K");
            err.flush();
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
