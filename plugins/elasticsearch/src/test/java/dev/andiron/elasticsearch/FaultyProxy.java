package dev.andiron.elasticsearch;

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
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Stands between a node and Elasticsearch, and does to bulk requests what networks and busy
 * clusters do, as a test says. It passes everything else.
 */
public final class FaultyProxy implements AutoCloseable {
    private static final Set<String> NOT_PASSED =
            Set.of(
                    "accept-encoding",
                    "connection",
                    "content-length",
                    "expect",
                    "host",
                    "upgrade",
                    "transfer-encoding",
                    "http2-settings");

    private final URI target;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Integer> sizes = new ArrayList<>();
    private Function<Bulk, Fault> faults = bulk -> Fault.NONE;

    /** What happens to a bulk request. */
    public enum Fault {
        NONE,
        TOO_MANY_REQUESTS,
        TOO_LARGE,
        UNAVAILABLE,
        /** The connection breaks, and nothing was done. */
        BROKEN_BEFORE,
        /** Half of the documents are written, and the connection breaks. */
        BROKEN_HALFWAY,
        /** All documents are written, and the answer is lost. */
        BROKEN_AFTER,
        /** Every second document is refused. */
        HALF_REFUSED
    }

    /**
     * A bulk request.
     *
     * @param number counts them, from 1
     * @param bytes its size
     */
    public record Bulk(int number, int bytes) {}

    public FaultyProxy(URI target) {
        this.target = target;
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

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** From now on these faults happen. */
    public synchronized void inject(Function<Bulk, Fault> injected) {
        faults = injected;
        sizes.clear();
    }

    /** How large the bulk requests were since. */
    public synchronized List<Integer> sizes() {
        return List.copyOf(sizes);
    }

    private synchronized Fault fault(int bytes) {
        sizes.add(bytes);
        return faults.apply(new Bulk(sizes.size(), bytes));
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean isBulk = exchange.getRequestURI().getPath().endsWith("/_bulk");
        switch (isBulk ? fault(body.length) : Fault.NONE) {
            case NONE -> pass(exchange, forward(exchange, body));
            case TOO_MANY_REQUESTS -> answer(exchange, 429);
            case TOO_LARGE -> answer(exchange, 413);
            case UNAVAILABLE -> answer(exchange, 503);
            case BROKEN_BEFORE -> exchange.close();
            case BROKEN_HALFWAY -> {
                forward(exchange, half(body, false));
                exchange.close();
            }
            case BROKEN_AFTER -> {
                forward(exchange, body);
                exchange.close();
            }
            case HALF_REFUSED -> refuseHalf(exchange, body);
        }
    }

    /** The documents of a bulk request, two lines each: the first half, or every second. */
    private static byte[] half(byte[] body, boolean alternating) {
        String[] lines = new String(body, StandardCharsets.UTF_8).split("\n", -1);
        int documents = lines.length / 2;
        var half = new StringBuilder();
        for (int i = 0; i < documents; i++) {
            if (alternating ? i % 2 == 0 : i < (documents + 1) / 2) {
                half.append(lines[2 * i]).append('\n').append(lines[2 * i + 1]).append('\n');
            }
        }
        return half.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void refuseHalf(HttpExchange exchange, byte[] body) throws IOException {
        HttpResponse<byte[]> written = forward(exchange, half(body, true));
        String answer = new String(written.body(), StandardCharsets.UTF_8);
        String items = answer.substring(answer.indexOf("\"items\":[") + 9, answer.length() - 2);
        String refused =
                "{\"index\":{\"_index\":\"any\",\"_id\":\"any\",\"status\":429,\"error\":{\"type\":"
                        + "\"es_rejected_execution_exception\",\"reason\":\"injected\"}}}";
        int documents = (new String(body, StandardCharsets.UTF_8).split("\n", -1).length - 1) / 2;
        var mixed = new ArrayList<String>();
        String[] done = items.split("(?<=}}),(?=\\{\"index\")");
        for (int i = 0; i < documents; i++) {
            mixed.add(i % 2 == 0 ? done[i / 2] : refused);
        }
        send(
                exchange,
                200,
                "{\"took\":1,\"errors\":true,\"items\":[" + String.join(",", mixed) + "]}");
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        send(
                exchange,
                status,
                "{\"error\":{\"type\":\"injected\",\"reason\":\"injected\"},\"status\":"
                        + status
                        + "}");
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("X-elastic-product", "Elasticsearch");
        exchange.getResponseHeaders()
                .add("Content-Type", "application/vnd.elasticsearch+json;compatible-with=9");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
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
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void pass(HttpExchange exchange, HttpResponse<byte[]> response)
            throws IOException {
        response.headers()
                .map()
                .forEach(
                        (name, values) -> {
                            if (!NOT_PASSED.contains(name.toLowerCase(Locale.ROOT))
                                    && !name.startsWith(":")) {
                                exchange.getResponseHeaders().put(name, values);
                            }
                        });
        byte[] body = response.body();
        boolean bodiless = body.length == 0 || "HEAD".equals(exchange.getRequestMethod());
        exchange.sendResponseHeaders(response.statusCode(), bodiless ? -1 : body.length);
        if (!bodiless) {
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
