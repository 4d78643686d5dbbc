package dev.andiron.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between a node and an object store, and does to requests what networks and busy stores do:
 * refuses them, breaks them off, and loses the answers of those that took effect.
 */
final class FaultyProxy implements AutoCloseable {
    private static final Set<String> NOT_PASSED =
            Set.of("connection", "content-length", "expect", "upgrade", "transfer-encoding");

    private final URI target;
    private final Random random;
    private final int faultsPerThousand;
    private final HttpClient client;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private int faults;

    /**
     * A request as the server sees it.
     *
     * @param headers by their names in small letters
     */
    record Request(String method, String target, Map<String, String> headers) {}

    /** What happens to a request. */
    private enum Fault {
        NONE,
        SLOW_DOWN,
        RESET_BEFORE,
        RESET_AFTER,
        ERROR_AFTER
    }

    FaultyProxy(URI target, long seed, int faultsPerThousand) {
        this.target = target;
        this.faultsPerThousand = faultsPerThousand;
        random = new Random(seed);
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** All requests so far. */
    List<Request> requests() {
        return List.copyOf(requests);
    }

    synchronized int faults() {
        return faults;
    }

    private synchronized Fault fault() {
        if (random.nextInt(1_000) >= faultsPerThousand) {
            return Fault.NONE;
        }
        faults++;
        return Fault.values()[1 + random.nextInt(Fault.values().length - 1)];
    }

    private void handle(HttpExchange exchange) throws IOException {
        Fault fault = fault();
        byte[] body = exchange.getRequestBody().readAllBytes();
        var headers = new HashMap<String, String>();
        exchange.getRequestHeaders()
                .forEach(
                        (name, values) ->
                                headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        requests.add(
                new Request(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().toString(),
                        Map.copyOf(headers)));
        switch (fault) {
            case SLOW_DOWN -> answer(exchange, 503, "SlowDown");
            case RESET_BEFORE -> exchange.close();
            case RESET_AFTER -> {
                forward(exchange, body);
                exchange.close();
            }
            case ERROR_AFTER -> {
                forward(exchange, body);
                answer(exchange, 500, "InternalError");
            }
            case NONE -> pass(exchange, forward(exchange, body));
        }
    }

    private static void answer(HttpExchange exchange, int status, String code) throws IOException {
        byte[] text =
                ("<Error><Code>" + code + "</Code><Message>injected</Message></Error>")
                        .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/xml");
        boolean empty = "HEAD".equals(exchange.getRequestMethod());
        exchange.sendResponseHeaders(status, empty ? -1 : text.length);
        if (!empty) {
            exchange.getResponseBody().write(text);
        }
        exchange.close();
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException {
        URI asked = exchange.getRequestURI();
        String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target.resolve(asked.getRawPath() + query))
                        .method(
                                exchange.getRequestMethod(),
                                HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders()
                .forEach(
                        (name, values) -> {
                            String lower = name.toLowerCase(Locale.ROOT);
                            if (!NOT_PASSED.contains(lower) && !lower.equals("host")) {
                                values.forEach(value -> request.header(name, value));
                            }
                        });
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void pass(HttpExchange exchange, HttpResponse<byte[]> response)
            throws IOException {
        response.headers()
                .map()
                .forEach(
                        (name, values) -> {
                            if (!NOT_PASSED.contains(name.toLowerCase(Locale.ROOT))) {
                                exchange.getResponseHeaders().put(name, values);
                            }
                        });
        byte[] body = response.body();
        exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
        client.close();
    }
}
