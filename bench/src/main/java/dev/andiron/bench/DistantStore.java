package dev.andiron.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An S3Proxy over files, from the archive that Maven has brought, behind a proxy that holds each
 * request back, counts, and lets writes of one object take turns, which makes the server's check of
 * conditions and its write one step.
 */
final class DistantStore implements AutoCloseable {
    private static final Path ARCHIVE = Path.of("bench/target/object-stores/s3proxy.jar");
    private static final Set<String> NOT_PASSED =
            Set.of("connection", "content-length", "expect", "upgrade", "transfer-encoding");

    private final Process process;
    private final URI target;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final LongAdder requests = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private volatile Duration delay = Duration.ZERO;

    /**
     * What has come by so far.
     *
     * @param requests how many requests
     * @param sent bytes of their bodies
     * @param received bytes of the answers' bodies
     */
    record Traffic(long requests, long sent, long received) {
        Traffic minus(Traffic earlier) {
            return new Traffic(
                    requests - earlier.requests, sent - earlier.sent, received - earlier.received);
        }
    }

    private DistantStore(Process process, URI target) throws IOException {
        this.process = process;
        this.target = target;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Starts a store with an empty bucket in the folder. */
    static DistantStore start(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("objects/andiron"));
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        URI url = URI.create("http://127.0.0.1:" + port);
        Path settings = folder.resolve("s3proxy.conf");
        Files.write(
                settings,
                List.of(
                        "s3proxy.authorization=none",
                        "s3proxy.endpoint=" + url,
                        "jclouds.provider=filesystem-nio2",
                        "jclouds.identity=local",
                        "jclouds.credential=local",
                        "jclouds.filesystem.basedir=" + folder.resolve("objects")));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-jar",
                                ARCHIVE.toString(),
                                "--properties",
                                settings.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        var store = new DistantStore(process, url);
        store.awaitAnswer(folder.resolve("log"));
        return store;
    }

    private void awaitAnswer(Path log) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(target).build();
        while (process.isAlive()) {
            try {
                client.send(request, HttpResponse.BodyHandlers.discarding());
                return;
            } catch (IOException notYet) {
                Thread.onSpinWait();
            }
        }
        throw new IOException("the object store does not start:\n" + Files.readString(log));
    }

    /** The configuration of a server that keeps its data under a prefix. */
    String configuration(String prefix, String cache) {
        return """
        storage: main
        backends:
          main: { plugin: s3, bucket: andiron, prefix: "%s/", endpoint: "http://127.0.0.1:%d", path-style: true, access-key: local, secret-key: local, cache-size: %s }
        """
                .formatted(prefix, server.getAddress().getPort(), cache);
    }

    /** How long each request is held back from now on. */
    void delay(Duration delay) {
        this.delay = delay;
    }

    Traffic traffic() {
        return new Traffic(requests.sum(), sent.sum(), received.sum());
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        requests.increment();
        sent.add(body.length);
        if (delay.isPositive()) {
            LockSupport.parkNanos(delay.toNanos());
        }
        String method = exchange.getRequestMethod();
        HttpRequest request = request(exchange, method, body);
        HttpResponse<byte[]> response;
        if (method.equals("GET") || method.equals("HEAD")) {
            response = send(request);
        } else {
            String object = exchange.getRequestURI().getRawPath();
            ReentrantLock lock = locks.computeIfAbsent(object, _ -> new ReentrantLock());
            lock.lock();
            try {
                response = send(request);
            } finally {
                lock.unlock();
            }
        }
        received.add(response.body().length);
        answer(exchange, method, response);
    }

    private HttpRequest request(HttpExchange exchange, String method, byte[] body) {
        URI asked = exchange.getRequestURI();
        String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target.resolve(asked.getRawPath() + query))
                        .method(
                                method,
                                body.length == 0 && !method.equals("PUT")
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders()
                .forEach(
                        (name, values) -> {
                            String lower = name.toLowerCase(Locale.ROOT);
                            if (!NOT_PASSED.contains(lower) && !lower.equals("host")) {
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

    private static void answer(HttpExchange exchange, String method, HttpResponse<byte[]> response)
            throws IOException {
        boolean head = method.equals("HEAD");
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

    @Override
    public void close() {
        server.stop(0);
        threads.close();
        client.close();
        process.destroyForcibly().onExit().join();
    }
}
