package dev.andiron.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An S3Proxy over files in a process of its own, behind a proxy that makes its writes linearizable;
 * started once in a JVM. Unlike S3Mock it looks at signatures.
 */
final class S3Proxy {
    private static S3Proxy started;

    private final URI url;

    private S3Proxy() {
        try {
            url = new LockProxy(start()).url();
            S3Mock.createBucket(url);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static synchronized S3Proxy server() {
        if (started == null) {
            started = new S3Proxy();
        }
        return started;
    }

    URI url() {
        return url;
    }

    private static URI start() throws IOException {
        Path folder = Path.of(System.getProperty("object.stores"));
        Path data = Files.createTempDirectory(folder, "s3proxy");
        Path objects = Files.createDirectories(data.resolve("objects"));
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        URI url = URI.create("http://127.0.0.1:" + port);
        Path settings = data.resolve("s3proxy.conf");
        Files.write(
                settings,
                List.of(
                        "s3proxy.authorization=aws-v2-or-v4",
                        "s3proxy.endpoint=" + url,
                        "s3proxy.identity=access",
                        "s3proxy.credential=secret",
                        "jclouds.provider=filesystem-nio2",
                        "jclouds.filesystem.basedir=" + objects));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-jar",
                                Archive.S3PROXY.in(folder).toString(),
                                "--properties",
                                settings.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(data.resolve("log").toFile())
                        .start();
        S3Mock.endWithThisJvm(process, data);
        S3Mock.awaitAnswer(process, url, data.resolve("log"));
        return url;
    }
}
