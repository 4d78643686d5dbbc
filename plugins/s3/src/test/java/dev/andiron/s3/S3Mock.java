package dev.andiron.s3;

import dev.andiron.spi.Options;

import software.amazon.awssdk.services.s3.S3Client;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

import javax.tools.ToolProvider;

/**
 * An S3Mock in a process of its own, started once in a JVM. A JVM that is forked by tests is told
 * where it is.
 */
public final class S3Mock {
    /** The system property that tells a forked JVM where the server is. */
    public static final String URL_PROPERTY = "s3mock.url";

    static final String BUCKET = "andiron";

    private static S3Mock started;

    private final URI url;

    private S3Mock() {
        String given = System.getProperty(URL_PROPERTY);
        try {
            url = given != null ? URI.create(given) : start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one of this JVM. */
    public static synchronized S3Mock server() {
        if (started == null) {
            started = new S3Mock();
        }
        return started;
    }

    public URI url() {
        return url;
    }

    /** Options for the data that belongs to a folder. */
    public Map<String, Object> options(Path folder) {
        return options(url, prefix(folder));
    }

    /** Options for data under a prefix, by way of a URL. */
    static Map<String, Object> options(URI url, String prefix) {
        var options = new HashMap<String, Object>();
        options.put("bucket", BUCKET);
        options.put("prefix", prefix);
        options.put("endpoint", url.toString());
        options.put("path-style", true);
        options.put("access-key", "access");
        options.put("secret-key", "secret");
        return options;
    }

    static String prefix(Path folder) {
        return "t" + Integer.toHexString(folder.toAbsolutePath().toString().hashCode()) + "/";
    }

    private static URI start() throws IOException {
        Path folder = Path.of(System.getProperty("object.stores"));
        Path jar = Archive.S3MOCK.in(folder);
        Path data = Files.createTempDirectory(folder, "s3mock");
        Path beans = compileBeans(jar, data.resolve("beans"));
        int port = freePort();
        var command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dloader.main=com.adobe.testing.s3mock.S3MockApplication",
                        "-Dloader.path=" + beans,
                        "-cp",
                        jar.toString(),
                        "org.springframework.boot.loader.launch.PropertiesLauncher",
                        "--spring.main.sources=BindLocal,LockFilter",
                        "--server.address=127.0.0.1",
                        "--server.port=0",
                        "--logging.level.root=warn",
                        "--com.adobe.testing.s3mock.httpPort=" + port,
                        "--com.adobe.testing.s3mock.store.root=" + data.resolve("objects"));
        Files.createDirectories(data.resolve("objects"));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(data.resolve("log").toFile())
                        .start();
        endWithThisJvm(process, data);
        URI url = URI.create("http://127.0.0.1:" + port);
        awaitAnswer(process, url, data.resolve("log"));
        createBucket(url);
        return url;
    }

    /** Ends a process, and deletes its data, when this JVM ends. */
    static void endWithThisJvm(Process process, Path data) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    process.destroyForcibly();
                                    process.onExit().join();
                                    deleteTree(data);
                                }));
    }

    static void createBucket(URI url) {
        var options = S3Options.of(Options.of(S3Options.ALL, options(url, "any/")));
        try (S3Client client = Clients.of(options)) {
            client.createBucket(request -> request.bucket(BUCKET));
        }
    }

    /** Compiles the two classes that make S3Mock local and linearizable, against its own jars. */
    private static Path compileBeans(Path jar, Path target) throws IOException {
        Files.createDirectories(target);
        var classPath = new ArrayList<String>();
        try (var archive = new JarFile(jar.toFile())) {
            for (ZipEntry entry : archive.stream().toList()) {
                String name = entry.getName();
                if (name.matches(
                        "BOOT-INF/lib/(spring-(core|beans)|tomcat-embed-core)-[0-9.]+jar")) {
                    Path library = target.resolve(Path.of(name).getFileName().toString());
                    try (InputStream in = archive.getInputStream(entry)) {
                        Files.copy(in, library);
                    }
                    classPath.add(library.toString());
                }
            }
        }
        Path sources = Path.of(System.getProperty("object.stores.sources", "src/test/s3mock"));
        int result =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                OutputStream.nullOutputStream(),
                                null,
                                "-proc:none",
                                "-cp",
                                String.join(File.pathSeparator, classPath),
                                "-d",
                                target.toString(),
                                sources.resolve("BindLocal.java").toString(),
                                sources.resolve("LockFilter.java").toString());
        if (result != 0) {
            throw new IllegalStateException("the beans of S3Mock do not compile");
        }
        for (String library : classPath) {
            Files.delete(Path.of(library));
        }
        return target;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static void awaitAnswer(Process process, URI url, Path log) throws IOException {
        var request = HttpRequest.newBuilder(url).build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (process.isAlive()) {
                try {
                    http.send(request, HttpResponse.BodyHandlers.discarding());
                    return;
                } catch (IOException notYet) {
                    process.waitFor(20, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        throw new IllegalStateException("S3Mock does not start: " + Files.readString(log));
    }

    private static void deleteTree(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
