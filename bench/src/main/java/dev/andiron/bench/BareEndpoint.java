package dev.andiron.bench;

import io.javalin.Javalin;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Javalin on virtual threads that answers from memory: what HTTP alone costs. */
final class BareEndpoint {
    private BareEndpoint() {}

    /** Serves the bodies in a file of (path, length, bytes) until the process is ended. */
    static void serve(Path file) throws IOException, InterruptedException {
        Map<String, byte[]> bodies = new HashMap<>();
        try (var in = new DataInputStream(Files.newInputStream(file))) {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                String path = in.readUTF();
                bodies.put(path, in.readNBytes(in.readInt()));
            }
        }
        Javalin javalin =
                Javalin.create(
                        config -> {
                            config.startup.showJavalinBanner = false;
                            config.concurrency.useVirtualThreads = true;
                            config.jetty.host = "127.0.0.1";
                            config.jetty.port = 0;
                            config.routes.get(
                                    "/*",
                                    context ->
                                            context.contentType("application/fhir+json")
                                                    .result(bodies.get(context.path())));
                        });
        javalin.start();
        System.out.println("http://127.0.0.1:%d/fhir".formatted(javalin.port()));
        new CountDownLatch(1).await();
    }
}
