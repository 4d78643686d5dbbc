package dev.andiron.postgres;

import dev.andiron.spi.Backend;
import dev.andiron.tck.fixture.Opening;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The main class of a node with several writers. It says when it is ready, writes when it is told
 * to, says when each writer has written something, and when all have ended.
 */
final class FeedWriter {
    static final int WRITERS = 8;
    static final int COMMITS = 25;
    static final String READY = "ready";
    static final String UNDERWAY = "underway";
    static final String DONE = "done";

    private FeedWriter() {}

    static String name(String node, int writer) {
        return node + "w" + writer;
    }

    /**
     * Writes.
     *
     * @param arguments the URL, the schema, the tenant, and a name for this node
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var opening =
                new Opening(
                        new PostgresProvider(),
                        _ -> Map.of("url", arguments[0], "schema", arguments[1], "pool-size", 8L));
        try (Backend backend = opening.open(Path.of(""))) {
            Tenant tenant = Tenant.of(backend, arguments[2]);
            System.out.println(READY);
            if (System.in.read() < 0) {
                return;
            }
            var writers = new ArrayList<Thread>();
            var underway = new CountDownLatch(WRITERS);
            for (int i = 0; i < WRITERS; i++) {
                String name = name(arguments[3], i);
                writers.add(Thread.ofPlatform().start(() -> write(tenant, name, underway)));
            }
            underway.await();
            System.out.println(UNDERWAY);
            for (Thread writer : writers) {
                writer.join();
            }
            System.out.println(DONE);
        }
    }

    private static void write(Tenant tenant, String name, CountDownLatch underway) {
        for (int i = 1; i <= COMMITS; i++) {
            tenant.commit(
                    Resources.put(Resources.patient(name), i),
                    Resources.put(Resources.patient(name + "-" + i), 1));
            if (i == 1) {
                underway.countDown();
            }
        }
    }
}
