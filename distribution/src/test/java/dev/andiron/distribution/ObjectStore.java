package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

import javax.tools.ToolProvider;

/**
 * An S3Mock in a process of its own, with a bucket. Two classes that the S3 plugin's tests have for
 * it make it local, and keep its conditional writes as S3 does.
 */
final class ObjectStore implements AutoCloseable {
    private static final String BUCKET = "andiron";

    private final Process process;
    private final URI url;

    /** Starts one whose objects are in a folder. */
    ObjectStore(Path folder) throws IOException, InterruptedException {
        Path jar = Path.of(System.getProperty("object.stores"), "s3mock.jar").toAbsolutePath();
        Path objects = Files.createDirectories(folder.resolve("objects"));
        Path log = folder.resolve("s3mock.log");
        int port = freePort();
        process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Dloader.main=com.adobe.testing.s3mock.S3MockApplication",
                                "-Dloader.path=" + beans(jar, folder.resolve("beans")),
                                "-cp",
                                jar.toString(),
                                "org.springframework.boot.loader.launch.PropertiesLauncher",
                                "--spring.main.sources=BindLocal,LockFilter",
                                "--server.address=127.0.0.1",
                                "--server.port=0",
                                "--logging.level.root=warn",
                                "--com.adobe.testing.s3mock.httpPort=" + port,
                                "--com.adobe.testing.s3mock.store.root=" + objects)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        url = URI.create("http://127.0.0.1:" + port + "/");
        try {
            createBucket(log);
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Path beans(Path jar, Path target) throws IOException {
        Files.createDirectories(target);
        var libraries = new ArrayList<String>();
        try (var archive = new JarFile(jar.toFile())) {
            for (ZipEntry entry : archive.stream().toList()) {
                String name = entry.getName();
                if (name.matches(
                        "BOOT-INF/lib/(spring-(core|beans)|tomcat-embed-core)-[0-9.]+jar")) {
                    Path library = Files.createTempFile(target.getParent(), "library", ".jar");
                    try (InputStream in = archive.getInputStream(entry);
                            OutputStream out = Files.newOutputStream(library)) {
                        in.transferTo(out);
                    }
                    libraries.add(library.toString());
                }
            }
        }
        Path sources = Distribution.source().resolve("plugins/s3/src/test/s3mock");
        int result =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                OutputStream.nullOutputStream(),
                                null,
                                "-proc:none",
                                "-cp",
                                String.join(File.pathSeparator, libraries),
                                "-d",
                                target.toString(),
                                sources.resolve("BindLocal.java").toString(),
                                sources.resolve("LockFilter.java").toString());
        assertEquals(0, result, "the beans of S3Mock do not compile");
        return target;
    }

    /** Asks until it answers, or has ended. */
    private void createBucket(Path log) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(url.resolve(BUCKET))
                        .PUT(HttpRequest.BodyPublishers.noBody())
                        .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (process.isAlive()) {
                try {
                    var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                    assertEquals(200, answer.statusCode(), answer.body());
                    return;
                } catch (IOException notYet) {
                    process.waitFor(20, TimeUnit.MILLISECONDS);
                }
            }
        }
        throw new IllegalStateException("S3Mock does not start: " + Files.readString(log));
    }

    URI url() {
        return url;
    }

    /** The lines of a configuration that make it the storage. */
    String configuration() {
        return """
        backends:
          main:
            plugin: s3
            bucket: %s
            prefix: it/
            endpoint: "%s"
            path-style: true
            access-key: access
            secret-key: secret
        """
                .formatted(BUCKET, url.toString().replaceAll("/$", ""));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
