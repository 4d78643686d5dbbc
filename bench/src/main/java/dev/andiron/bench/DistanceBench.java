package dev.andiron.bench;

import dev.andiron.bench.DistantStore.Traffic;
import dev.andiron.server.cli.load.LoadTally;
import dev.andiron.server.cli.load.Loader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a server on an object store slows down as that gets farther away: loads, reads, a scan and a
 * view over HTTP, each with the requests and bytes that it takes.
 */
final class DistanceBench {
    private static final String CACHE = "64MiB";
    private static final String NEXT_TO_NONE = "1KiB";
    private static final int WARM_UPS = 3;
    private static final String SCAN = "/fhir/Observation?code=none&_summary=count";

    private final Bench bench;
    private final List<Integer> delays;
    private final Path folder;
    private final Path data;
    private final int parallel;
    private final int connections;
    private final double seconds;

    DistanceBench(
            Bench bench,
            List<Integer> delays,
            Path folder,
            Path data,
            int parallel,
            int connections,
            double seconds) {
        this.bench = bench;
        this.delays = delays;
        this.folder = folder;
        this.data = data;
        this.parallel = parallel;
        this.connections = connections;
        this.seconds = seconds;
    }

    /** Measures with each delay, on data of its own. */
    void run() throws Exception {
        try (var store = DistantStore.start(folder.resolve("store"))) {
            System.out.printf(
                    "%n# S3, each request held back, %d bundles at once, %d readers%n%n"
                            + "| delay ms | operation | a second | requests each | B sent each | B"
                            + " received each | server CPU us each |%n"
                            + "| ---: | --- | ---: | ---: | ---: | ---: | ---: |%n",
                    parallel, connections);
            for (int delay : delays) {
                measure(store, delay);
            }
        }
    }

    private void measure(DistantStore store, int delay) throws Exception {
        Path home = Files.createDirectories(folder.resolve("delay" + delay));
        String prefix = "delay" + delay;
        store.delay(Duration.ZERO);
        try (MeasuredProcess server =
                bench.serve(home, Optional.of(store.configuration(prefix, CACHE)))) {
            // Others' bundles find out how fast the server's code can be made.
            for (int i = 0; i < WARM_UPS; i++) {
                load(server, Optional.of("warm-up-" + i));
            }
            store.delay(Duration.ofMillis(delay));
            report(
                    store,
                    delay,
                    "resources loaded, nothing there",
                    server,
                    () -> load(server, Optional.empty()));
            report(
                    store,
                    delay,
                    "resources loaded once more",
                    server,
                    () -> load(server, Optional.empty()));
        }
        store.delay(Duration.ZERO);
        try (MeasuredProcess server =
                bench.serve(home, Optional.of(store.configuration(prefix, NEXT_TO_NONE)))) {
            List<String> paths = List.copyOf(Bench.bodies(server.base()).keySet());
            long observations = Bench.count(server.base(), "/Observation?_summary=count");
            Bench.put(server.base());
            read(server, paths, connections);
            read(server, List.of(SCAN), 1);
            read(server, List.of(Bench.ROWS), 1);
            store.delay(Duration.ofMillis(delay));
            report(store, delay, "reads", server, () -> read(server, paths, connections));
            report(
                    store,
                    delay,
                    "resources scanned",
                    server,
                    () -> observations * read(server, List.of(SCAN), 1));
            report(
                    store,
                    delay,
                    "resources of a view",
                    server,
                    () -> observations * read(server, List.of(Bench.ROWS), 1));
        }
    }

    /** Does something, and gives how often. */
    private interface Work {
        long run() throws Exception;
    }

    private static void report(
            DistantStore store, int delay, String what, MeasuredProcess server, Work work)
            throws Exception {
        Traffic before = store.traffic();
        Duration cpu = server.cpu();
        long start = System.nanoTime();
        long count = work.run();
        double time = (System.nanoTime() - start) / 1e9;
        cpu = server.cpu().minus(cpu);
        Traffic traffic = store.traffic().minus(before);
        System.out.printf(
                Locale.ROOT,
                "| %d | %s | %,.0f | %.3f | %,d | %,d | %.0f |%n",
                delay,
                what,
                count / time,
                (double) traffic.requests() / count,
                traffic.sent() / count,
                traffic.received() / count,
                cpu.toNanos() / 1e3 / count);
    }

    private long load(MeasuredProcess server, Optional<String> tenant)
            throws IOException, InterruptedException {
        LoadTally tally =
                Loader.load(
                        new Loader.Settings(
                                server.base(),
                                tenant,
                                parallel,
                                Duration.ofMinutes(10),
                                Optional.empty()),
                        List.of(data),
                        (counts, files, bytes) -> () -> {});
        if (tally.failures() > 0) {
            throw new IOException(tally.failures() + " bundles failed");
        }
        return tally.resources();
    }

    private long read(MeasuredProcess server, List<String> paths, int connections)
            throws Exception {
        return Requests.run(server.base(), paths, connections, seconds).count();
    }
}
