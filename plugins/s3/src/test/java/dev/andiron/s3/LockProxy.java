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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stands in front of an object store that checks a condition and writes later, and lets one write
 * of an object through at a time, as S3 does. It passes the host on, so that signatures stay valid,
 * which the build allows the JDK's client.
 */
final class LockProxy {
    private static final Set<String> NOT_PASSED =
            Set.of("connection", "content-length", "expect", "upgrade", "transfer-encoding");

    private final URI target;
    private final HttpClient client;
    private final HttpServer server;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    LockProxy(URI target) {
        this.target = target;
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean writes = !Set.of("GET", "HEAD").contains(exchange.getRequestMethod());
        HttpRequest request = request(exchange, body);
        HttpResponse<byte[]> response;
        if (writes) {
            ReentrantLock lock =
                    locks.computeIfAbsent(
                            exchange.getRequestURI().getRawPath(), _ -> new ReentrantLock());
            lock.lock();
            try {
                response = send(request);
            } finally {
                lock.unlock();
            }
        } else {
            response = send(request);
        }
        answer(exchange, response);
    }

    private HttpRequest request(HttpExchange exchange, byte[] body) {
        URI asked = exchange.getRequestURI();
        String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
        boolean bodiless = body.length == 0 && !"PUT".equals(exchange.getRequestMethod());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target.resolve(asked.getRawPath() + query))
                        .method(
                                exchange.getRequestMethod(),
                                bodiless
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders()
                .forEach(
                        (name, values) -> {
                            if (!NOT_PASSED.contains(name.toLowerCase(Locale.ROOT))) {
                                values.forEach(value -> request.header(name, value));
                            }
                        });
        return request.build();
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void answer(HttpExchange exchange, HttpResponse<byte[]> response)
            throws IOException {
        boolean head = "HEAD".equals(exchange.getRequestMethod());
        response.headers()
                .map()
                .forEach(
                        (name, values) -> {
                            String lower = name.toLowerCase(Locale.ROOT);
                            if (!NOT_PASSED.contains(lower)
                                    || head && lower.equals("content-length")) {
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
}
