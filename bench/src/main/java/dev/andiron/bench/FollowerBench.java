package dev.andiron.bench;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.server.cli.load.LoadTally;
import dev.andiron.server.cli.load.Loader;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a follower costs: SQLite alone, and followed by an Elasticsearch in each mode. Loads, the
 * time from acknowledged to searchable, and searches.
 */
final class FollowerBench {
    /** All modes, the one without a follower first. */
    static final String MODES = "off,asynchronous,hybrid,synchronous";

    private static final String SEARCH =
            "/fhir/Observation?code=http://loinc.org%7C8302-2&_count=20";
    private static final int WARM = 5;

    /** So few changes behind say nothing of how fast the rest is applied. */
    private static final int LITTLE = 1_000;

    private final Path home;
    private final Path folder;
    private final Settings settings;
    private final HttpClient client = HttpClient.newHttpClient();
    private double alone;

    /**
     * What is asked for.
     *
     * @param elasticsearch where it is
     * @param modes of the follower, in this order
     * @param data bundles to load
     * @param rounds how often they are loaded
     * @param writes how many single writes are searched for
     * @param seconds how long searches are measured
     * @param connections connections that search
     * @param parallel bundles at once
     */
    record Settings(
            String elasticsearch,
            List<String> modes,
            Path data,
            int rounds,
            int writes,
            double seconds,
            int connections,
            int parallel) {}

    FollowerBench(Path home, Path folder, Settings settings) {
        this.home = home;
        this.folder = folder;
        this.settings = settings;
    }

    void run() throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%d processors, Java %s, SQLite, followed by Elasticsearch; both and the client"
                    + " share this machine. CPU is in us for each resource or search%n%n| follower"
                    + " | loaded/s | of off %% | server CPU | Elasticsearch CPU | applied/s |"
                    + " behind at the end | then applied/s | searchable p50 ms | p99 ms |"
                    + " searches/s | server CPU | Elasticsearch CPU |%n| --- |"
                        + " ---: |".repeat(12)
                        + "%n",
                Runtime.getRuntime().availableProcessors(),
                Runtime.version());
        for (String mode : settings.modes()) {
            measure(mode);
        }
    }

    private void measure(String mode) throws Exception {
        Path data = Files.createDirectory(folder.resolve(mode));
        try (MeasuredProcess server = serve(mode, data)) {
            boolean follows = !mode.equals("off");
            // The first load warms the server up, and makes the index.
            load(server);
            awaitApplied(server, follows);
            Duration cpu = server.cpu();
            Duration searchCpu = searchCpu();
            double appliedBefore = applied(server, follows);
            long begun = System.nanoTime();
            long resources = 0;
            for (int round = 0; round < settings.rounds(); round++) {
                resources += load(server);
            }
            double loaded = seconds(begun);
            double behind = follows ? metric(server, "andiron_follower_lag_positions") : 0;
            awaitApplied(server, follows);
            double all = seconds(begun);
            double applied = applied(server, follows) - appliedBefore;
            double cpuEach = micros(server.cpu().minus(cpu)) / resources;
            double searchCpuEach = micros(searchCpu().minus(searchCpu)) / resources;
            if (!follows) {
                alone = resources / loaded;
            }
            // Where nobody waits, each takes up to the index's refresh interval.
            int writes = settings.writes();
            double[] searchable =
                    searchable(
                            server,
                            mode.equals("asynchronous") ? Math.max(1, writes / 10) : writes);
            Requests.run(
                    server.base(), List.of(SEARCH), settings.connections(), settings.seconds());
            cpu = server.cpu();
            searchCpu = searchCpu();
            Requests.Round searches =
                    Requests.run(
                            server.base(),
                            List.of(SEARCH),
                            settings.connections(),
                            settings.seconds());
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,.0f | %.0f | %,.0f | %s | %s | %s | %s | %.1f | %.1f | %,.0f | %,.0f"
                            + " | %s |%n",
                    mode,
                    resources / loaded,
                    100 * resources / loaded / alone,
                    cpuEach,
                    figure(follows, searchCpuEach),
                    figure(follows, applied / all),
                    figure(follows, behind),
                    figure(follows && behind > LITTLE, behind / (all - loaded)),
                    searchable[searchable.length / 2],
                    searchable[searchable.length * 99 / 100],
                    searches.perSecond(),
                    micros(server.cpu().minus(cpu)) / searches.count(),
                    figure(follows, micros(searchCpu().minus(searchCpu)) / searches.count()));
        }
    }

    private static String figure(boolean applies, double value) {
        return applies ? "%,.0f".formatted(value) : "";
    }

    /** What Elasticsearch has used so far. */
    private Duration searchCpu() throws IOException, InterruptedException {
        URI stats =
                URI.create(
                        settings.elasticsearch()
                                + "/_nodes/stats/process?filter_path=nodes.*.process.cpu");
        byte[] answer =
                client.send(HttpRequest.newBuilder(stats).build(), BodyHandlers.ofByteArray())
                        .body();
        JsonObject nodes = JsonReader.readObject(answer).object("nodes").orElseThrow();
        long millis = 0;
        for (String node : nodes.names()) {
            JsonObject cpu =
                    ((JsonObject) nodes.get(node))
                            .object("process")
                            .flatMap(process -> process.object("cpu"))
                            .orElseThrow();
            millis += ((JsonNumber) cpu.get("total_in_millis")).decimal().longValueExact();
        }
        return Duration.ofMillis(millis);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static double micros(Duration time) {
        return time.toNanos() / 1e3;
    }

    private long load(MeasuredProcess server) throws Exception {
        var loader =
                new Loader.Settings(
                        server.base(),
                        Optional.empty(),
                        settings.parallel(),
                        Duration.ofMinutes(10),
                        Optional.empty());
        LoadTally tally =
                Loader.load(loader, List.of(settings.data()), (counts, files, bytes) -> () -> {});
        if (tally.failures() > 0) {
            throw new IOException(tally.failures() + " resources were not loaded");
        }
        return tally.resources();
    }

    /** From the answer to a write to the answer of a search that finds it, ascending, in ms. */
    private double[] searchable(MeasuredProcess server, int writes) throws Exception {
        var times = new double[writes];
        for (int i = -WARM; i < times.length; i++) {
            String family = "Searchable" + Integer.toString(i + WARM, 36) + "x";
            var write =
                    HttpRequest.newBuilder(URI.create(server.base() + "/Patient"))
                            .header("Content-Type", "application/fhir+json")
                            .POST(
                                    BodyPublishers.ofString(
                                            """
                                            {"resourceType":"Patient","name":[{"family":"%s"}]}
                                            """
                                                    .formatted(family)))
                            .build();
            HttpResponse<String> written = client.send(write, BodyHandlers.ofString());
            if (written.statusCode() != 201) {
                throw new IOException(written.body());
            }
            long acknowledged = System.nanoTime();
            String search = server.base() + "/Patient?_summary=count&family=" + family;
            while (count(search) == 0) {
                Thread.sleep(1);
            }
            if (i >= 0) {
                times[i] = seconds(acknowledged) * 1e3;
            }
        }
        Arrays.sort(times);
        return times;
    }

    private long count(String search) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer =
                client.send(
                        HttpRequest.newBuilder(URI.create(search)).build(),
                        BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException(search + " answered " + answer.statusCode());
        }
        return ((JsonNumber) JsonReader.readObject(answer.body()).get("total"))
                .decimal()
                .longValueExact();
    }

    private void awaitApplied(MeasuredProcess server, boolean follows) throws Exception {
        while (follows && metric(server, "andiron_follower_lag_positions") > 0) {
            Thread.sleep(5);
        }
    }

    private double applied(MeasuredProcess server, boolean follows) throws Exception {
        return follows ? metric(server, "andiron_follower_applied_total") : 0;
    }

    private double metric(MeasuredProcess server, String name) throws Exception {
        var request = HttpRequest.newBuilder(server.base().resolve("/metrics")).build();
        return client.send(request, BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private MeasuredProcess serve(String mode, Path data) throws IOException, InterruptedException {
        String backends =
                mode.equals("off")
                        ? "  main: { plugin: sqlite }\n"
                        : """
                          main: { plugin: composite, primary: truth, search: index, sync: %s }
                          truth: { plugin: sqlite }
                          index: { plugin: elasticsearch, url: "%s", index-prefix: bench-%s-%s, replicas: 0 }
                        """
                                .formatted(
                                        mode,
                                        settings.elasticsearch(),
                                        mode,
                                        Long.toString(System.currentTimeMillis(), 36));
        return MeasuredProcess.serve(
                home,
                data,
                folder,
                Optional.of(
                        "server: { request-log: false }\nstorage: main\nbackends:\n" + backends));
    }
}
