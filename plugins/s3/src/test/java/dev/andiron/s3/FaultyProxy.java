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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Stands between a node and an object store, and does to requests what networks and busy stores do:
 * refuses them, breaks them off, never answers them, and loses the answers of those that took
 * effect. It passes the host on, so that signatures stay valid, which the build allows the JDK's
 * client.
 */
final class FaultyProxy implements AutoCloseable {
    private static final Set<String> NOT_PASSED =
            Set.of("connection", "content-length", "expect", "upgrade", "transfer-encoding");

    private final URI target;
    private final Function<Request, Fault> choice;
    private final HttpClient client;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch closed = new CountDownLatch(1);
    private int faults;

    /**
     * A request as the server sees it.
     *
     * @param headers by their names in small letters
     */
    record Request(String method, String target, Map<String, String> headers) {}

    /** What happens to a request. */
    enum Fault {
        NONE,
        SLOW_DOWN,
        RESET_BEFORE,
        RESET_AFTER,
        ERROR_AFTER,
        /** It is never answered, and has no effect. */
        HANG_BEFORE,
        /** It is never answered, and has taken effect. */
        HANG_AFTER,
        /** It has taken effect, and half of the answer comes, or nothing of a short one. */
        HANG_WITHIN
    }

    /** One with random faults that end at once. */
    FaultyProxy(URI target, long seed, int faultsPerThousand) {
        this(target, random(new Random(seed), faultsPerThousand));
    }

    private static Function<Request, Fault> random(Random random, int faultsPerThousand) {
        Fault[] some = {Fault.SLOW_DOWN, Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.ERROR_AFTER};
        return _ ->
                random.nextInt(1_000) < faultsPerThousand
                        ? some[random.nextInt(some.length)]
                        : Fault.NONE;
    }

    /**
     * One with chosen faults.
     *
     * @param choice what happens to a request, called for one at a time
     */
    FaultyProxy(URI target, Function<Request, Fault> choice) {
        this.target = target;
        this.choice = choice;
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

    private synchronized Fault fault(Request request) {
        Fault fault = choice.apply(request);
        faults += fault == Fault.NONE ? 0 : 1;
        return fault;
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        var headers = new HashMap<String, String>();
        exchange.getRequestHeaders()
                .forEach(
                        (name, values) ->
                                headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        var request =
                new Request(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().toString(),
                        Map.copyOf(headers));
        requests.add(request);
        switch (fault(request)) {
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
            case HANG_BEFORE -> hang();
            case HANG_AFTER -> {
                forward(exchange, body);
                hang();
            }
            case HANG_WITHIN -> {
                HttpResponse<byte[]> response = forward(exchange, body);
                if (response.body().length > 1) {
                    passHead(exchange, response, response.body().length);
                    exchange.getResponseBody()
                            .write(response.body(), 0, response.body().length / 2);
                    exchange.getResponseBody().flush();
                }
                hang();
            }
            case NONE -> pass(exchange, forward(exchange, body));
        }
    }

    /** As long as this proxy is there. */
    private void hang() throws IOException {
        try {
            closed.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
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
                            if (!NOT_PASSED.contains(name.toLowerCase(Locale.ROOT))) {
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
        byte[] body = response.body();
        passHead(exchange, response, body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private static void passHead(HttpExchange exchange, HttpResponse<byte[]> response, int length)
            throws IOException {
        response.headers()
                .map()
                .forEach(
                        (name, values) -> {
                            if (!NOT_PASSED.contains(name.toLowerCase(Locale.ROOT))) {
                                exchange.getResponseHeaders().put(name, values);
                            }
                        });
        exchange.sendResponseHeaders(response.statusCode(), length == 0 ? -1 : length);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.close();
        client.close();
    }
}
