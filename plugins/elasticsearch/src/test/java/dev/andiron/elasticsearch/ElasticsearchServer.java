package dev.andiron.elasticsearch;

import org.opentest4j.TestAbortedException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * An Elasticsearch of one node in a process of its own, started once in a JVM. It ends with this
 * JVM, for it watches its standard input. A JVM that is forked by tests is told where it is.
 */
public final class ElasticsearchServer {
    /** The system property that tells a forked JVM where the server is. */
    public static final String URL_PROPERTY = "elasticsearch.url";

    /** The system property whose value {@code none} leaves out all tests that need a server. */
    private static final String SWITCH = "andiron.elasticsearch";

    /** Whom a server runs as that root starts: it refuses to be root. */
    private static final String NOBODY = "65534";

    private static ElasticsearchServer started;

    private final URI url;
    private final Path home;
    private final Path data;
    private final int port;
    private Process process;

    private ElasticsearchServer() throws IOException, ReflectiveOperationException {
        String given = System.getProperty(URL_PROPERTY);
        if (given != null) {
            url = URI.create(given);
            home = Path.of("");
            data = Path.of("");
            port = url.getPort();
            return;
        }
        Path cached =
                ElasticsearchArchive.home(
                        URI.create(System.getProperty("repository.url")),
                        Path.of(System.getProperty("elasticsearch.cache")).normalize());
        data = Files.createTempDirectory("elasticsearch");
        // Root's folders are closed to others.
        home = isRoot() ? copy(cached, data.resolve("home")) : cached;
        port = freePort();
        url = URI.create("http://127.0.0.1:" + port);
        Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
        start();
    }

    /** The one of this JVM. */
    public static synchronized ElasticsearchServer server() {
        if ("none".equals(System.getProperty(SWITCH))) {
            throw new TestAbortedException("left out by -D" + SWITCH + "=none");
        }
        if (started == null) {
            try {
                started = new ElasticsearchServer();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return started;
    }

    public URI url() {
        return url;
    }

    /** Options for the data that belongs to a folder. */
    public static Map<String, Object> options(URI url, Path folder) {
        var options = new HashMap<String, Object>();
        options.put("url", url.toString());
        options.put("index-prefix", prefix(folder));
        options.put("replicas", 0L);
        return options;
    }

    /** What the names of a folder's indices start with. */
    public static String prefix(Path folder) {
        return "t" + Integer.toHexString(folder.toAbsolutePath().toString().hashCode());
    }

    /** Starts it on the data that it left. */
    public synchronized void start() throws IOException, ReflectiveOperationException {
        for (String folder : List.of("data", "logs", "tmp")) {
            Files.createDirectories(data.resolve(folder));
        }
        byte[] arguments = arguments();
        var command = new ArrayList<String>();
        if (isRoot()) {
            run("chown", "-R", NOBODY + ":" + NOBODY, data.toString());
            command.addAll(
                    List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.addAll(java());
        var builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(data.resolve("logs/output").toFile())
                        .directory(data.toFile());
        builder.environment().put("LIBFFI_TMPDIR", data.resolve("tmp").toString());
        process = builder.start();
        process.getOutputStream().write(arguments);
        process.getOutputStream().flush();
        awaitAnswer();
    }

    /** Kills it: nothing is put in order. */
    public synchronized void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private List<String> java() throws IOException {
        String bridge;
        try (var files = Files.list(home.resolve("lib/entitlement-bridge"))) {
            bridge = files.findFirst().orElseThrow().toString();
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx512m",
                "-XX:MaxDirectMemorySize=128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xss1m",
                "-Dfile.encoding=UTF-8",
                "-Djava.awt.headless=true",
                "-Djna.nosys=true",
                "-Dio.netty.noUnsafe=true",
                "-Dio.netty.noKeySetOptimization=true",
                "-Dio.netty.recycler.maxCapacityPerThread=0",
                "-Dlog4j.shutdownHookEnabled=false",
                "-Dlog4j2.disable.jmx=true",
                "-Dlog4j2.formatMsgNoLookups=true",
                "-Djava.locale.providers=CLDR",
                "-Des.networkaddress.cache.ttl=60",
                "-Des.path.home=" + home,
                "-Des.distribution.type=zip",
                "-Des.java.type=ES_JAVA_HOME",
                "-Djava.io.tmpdir=" + data.resolve("tmp"),
                "--add-opens=org.apache.lucene.core/org.apache.lucene.codecs.lucene99"
                        + "=org.elasticsearch.server",
                "--add-opens=org.apache.lucene.core/org.apache.lucene.codecs.hnsw"
                        + "=org.elasticsearch.server",
                "--add-opens=org.apache.lucene.core/org.apache.lucene.internal.vectorization"
                        + "=org.elasticsearch.server",
                "--enable-native-access=org.elasticsearch.nativeaccess,org.apache.lucene.core",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+EnableDynamicAgentLoading",
                "-Djdk.attach.allowAttachSelf=true",
                "--patch-module=java.base=" + bridge,
                "--add-exports=java.base/org.elasticsearch.entitlement.bridge"
                        + "=org.elasticsearch.entitlement,java.logging,java.net.http,java.naming,"
                        + "jdk.net,jdk.zipfs,jdk.management.agent",
                "--module-path",
                home.resolve("lib").toString(),
                "--add-modules=jdk.net",
                "--add-modules=jdk.management.agent",
                "--add-modules=ALL-MODULE-PATH",
                "-m",
                "org.elasticsearch.server/org.elasticsearch.bootstrap.Elasticsearch");
    }

    /** What its own launcher would write to its standard input, by its own classes. */
    private byte[] arguments() throws IOException, ReflectiveOperationException {
        var settings = new TreeMap<String, String>();
        settings.put("path.home", home.toString());
        settings.put("path.data", data.resolve("data").toString());
        settings.put("path.logs", data.resolve("logs").toString());
        settings.put("cluster.name", "tests");
        settings.put("node.name", "one");
        settings.put("discovery.type", "single-node");
        settings.put("network.host", "127.0.0.1");
        settings.put("http.port", String.valueOf(port));
        settings.put("transport.port", String.valueOf(freePort()));
        settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        settings.put("node.store.allow_mmap", "false");
        var jars = new ArrayList<URL>();
        try (var files = Files.newDirectoryStream(home.resolve("lib"), "*.jar")) {
            for (Path jar : files) {
                jars.add(jar.toUri().toURL());
            }
        }
        System.setProperty("es.path.home", home.toString());
        try (var loader =
                new URLClassLoader(
                        jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            return ServerArguments.written(
                    loader, settings, home.resolve("config"), data.resolve("logs"));
        }
    }

    private void awaitAnswer() throws IOException {
        var asked =
                HttpRequest.newBuilder(
                                url.resolve("/_cluster/health?wait_for_status=yellow&timeout=5s"))
                        .build();
        try (var client = HttpClient.newHttpClient()) {
            while (true) {
                if (!process.isAlive()) {
                    throw new IOException(
                            "Elasticsearch ended: "
                                    + Files.readString(data.resolve("logs/output")));
                }
                try {
                    if (client.send(asked, HttpResponse.BodyHandlers.discarding()).statusCode()
                            == 200) {
                        return;
                    }
                } catch (IOException notYet) {
                    process.waitFor(50, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void remove() {
        try {
            if (process != null) {
                kill();
            }
            deleteTree(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void run(String... command) throws IOException {
        try {
            if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
                throw new IOException("failed: " + List.of(command));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
        return to;
    }

    private static void deleteTree(Path tree) throws IOException {
        Files.walkFileTree(
                tree,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path folder, IOException failure)
                            throws IOException {
                        Files.deleteIfExists(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /** Elasticsearch's internal classes, called by name: the version is pinned. */
    private static final class ServerArguments {
        private ServerArguments() {}

        static byte[] written(
                ClassLoader loader, Map<String, String> settings, Path config, Path logs)
                throws IOException, ReflectiveOperationException {
            Thread.currentThread().setContextClassLoader(loader);
            Object builder =
                    loader.loadClass("org.elasticsearch.common.settings.Settings")
                            .getMethod("builder")
                            .invoke(null);
            var put = builder.getClass().getMethod("put", String.class, String.class);
            for (var setting : settings.entrySet()) {
                put.invoke(builder, setting.getKey(), setting.getValue());
            }
            Object built = builder.getClass().getMethod("build").invoke(builder);
            Class<?> secure = loader.loadClass("org.elasticsearch.common.settings.SecureSettings");
            Class<?> keys = loader.loadClass("org.elasticsearch.common.settings.KeyStoreWrapper");
            Object keyStore = keys.getMethod("create").invoke(null);
            keys.getMethod("setString", String.class, char[].class)
                    .invoke(keyStore, "keystore.seed", "0123456789abcdefghij".toCharArray());
            var bytes = new ByteArrayOutputStream();
            Class<?> stream = loader.loadClass("org.elasticsearch.common.io.stream.StreamOutput");
            Object out =
                    loader.loadClass("org.elasticsearch.common.io.stream.OutputStreamStreamOutput")
                            .getConstructor(OutputStream.class)
                            .newInstance(bytes);
            Class<?> arguments = loader.loadClass("org.elasticsearch.bootstrap.ServerArgs");
            Object all =
                    arguments
                            .getConstructor(
                                    boolean.class,
                                    boolean.class,
                                    Path.class,
                                    secure,
                                    built.getClass(),
                                    Path.class,
                                    Path.class)
                            .newInstance(false, false, null, keyStore, built, config, logs);
            arguments.getMethod("writeTo", stream).invoke(all, out);
            stream.getMethod("flush").invoke(out);
            return bytes.toByteArray();
        }
    }
}
