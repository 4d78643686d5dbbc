package dev.andiron.bench;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.server.cli.export.Downloads;
import dev.andiron.server.cli.export.ExportServer;
import dev.andiron.server.cli.export.ExportedFile;
import dev.andiron.server.cli.load.LoadTally;
import dev.andiron.server.cli.load.Loader;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The same resources into empty servers: NDJSON by a job, NDJSON by the command, and as bundles
 * through HTTP, batches and transactions of as many entries as an import commits at once, and
 * Synthea's transactions as they are.
 */
final class ImportBench {
    private static final int BUNDLE = 500;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final String BATCHES = "batches through HTTP";

    private final Path home;
    private final Path folder;
    private final Path data;
    private final int rounds;
    private final int copies;
    private final double warmUp;
    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * @param home the distribution's folder
     * @param data Synthea's bundles
     * @param copies how often the resources are there, under other ids
     * @param warmUp seconds of the same in front of what is measured, at least
     */
    ImportBench(Path home, Path folder, Path data, int rounds, int copies, double warmUp) {
        this.home = home;
        this.folder = folder;
        this.data = data;
        this.rounds = rounds;
        this.copies = copies;
        this.warmUp = warmUp;
    }

    /** What one way took. */
    private record Figures(long resources, double seconds, double processor, long peak) {
        double secondsEach() {
            return seconds / resources;
        }

        double processorEach() {
            return processor / resources;
        }
    }

    /** Brings resources into a server, and tells how many. */
    private interface Way {
        long take(URI server, String tenant) throws IOException, InterruptedException;
    }

    void run() throws Exception {
        Path lines = Files.createDirectories(folder.resolve("lines"));
        Path batches = Files.createDirectories(folder.resolve("batches"));
        Path transactions = Files.createDirectories(folder.resolve("transactions"));
        long resources = prepare(lines, batches, transactions);
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put(
                "$import of files",
                (server, tenant) -> {
                    importFiles(server, tenant, lines);
                    return resources;
                });
        ways.put(
                "andiron load of NDJSON",
                (server, tenant) -> load(server, tenant, lines, resources));
        ways.put(BATCHES, (server, tenant) -> load(server, tenant, batches, resources));
        ways.put(
                "transactions through HTTP",
                (server, tenant) -> load(server, tenant, transactions, resources));
        ways.put("Synthea's own bundles through HTTP", this::bundles);
        Map<String, List<Figures>> all = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (var way : ways.entrySet()) {
                all.computeIfAbsent(way.getKey(), _ -> new ArrayList<>())
                        .add(measure(way.getValue(), round));
            }
        }
        print(all);
    }

    /** Loads Synthea's bundles, exports them, and writes each resource in each form. */
    private long prepare(Path lines, Path batches, Path transactions) throws Exception {
        Path exported = Files.createDirectories(folder.resolve("exported"));
        try (MeasuredProcess server = server("prepare")) {
            load(server.base(), "default", data, -1);
            try (var source =
                    new ExportServer(server.base(), Optional.empty(), Optional.empty(), TIMEOUT)) {
                String url = source.kickOff(server.base() + "/$export", Optional.empty());
                var status = source.status(url);
                while (status.manifest().isEmpty()) {
                    Thread.sleep(status.pause());
                    status = source.status(url);
                }
                new Downloads(source, exported, 2).all(ExportedFile.of(status.manifest().get()));
            }
        }
        long resources = 0;
        var entries = new ArrayList<String>();
        int bundles = 0;
        for (int copy = 0; copy < copies; copy++) {
            try (var files = Files.list(exported)) {
                for (Path file : files.sorted().toList()) {
                    Path copied = lines.resolve(copy + "-" + file.getFileName());
                    try (OutputStream out = Files.newOutputStream(copied)) {
                        for (String line : Files.readAllLines(file)) {
                            byte[] json = renamed(line, copy);
                            out.write(json);
                            out.write('\n');
                            resources++;
                            entries.add(entry(json));
                            if (entries.size() == BUNDLE) {
                                bundle(batches, transactions, bundles++, entries);
                            }
                        }
                    }
                }
            }
        }
        bundle(batches, transactions, bundles, entries);
        return resources;
    }

    private static byte[] renamed(String line, int copy) {
        JsonObject resource = JsonReader.readObject(line.getBytes(StandardCharsets.UTF_8));
        String id = resource.string("id").orElseThrow();
        return JsonWriter.compact(
                copy == 0 ? resource : resource.with("id", JsonString.of(copy + "-" + id)));
    }

    private static String entry(byte[] json) {
        JsonObject resource = JsonReader.readObject(json);
        return "{\"resource\":%s,\"request\":{\"method\":\"PUT\",\"url\":\"%s/%s\"}}"
                .formatted(
                        new String(json, StandardCharsets.UTF_8),
                        resource.string("resourceType").orElseThrow(),
                        resource.string("id").orElseThrow());
    }

    private static void bundle(
            Path batches, Path transactions, int number, ArrayList<String> entries)
            throws IOException {
        String text = "{\"resourceType\":\"Bundle\",\"type\":\"%s\",\"entry\":[%s]}";
        String name = "bundle%05d.json".formatted(number);
        String joined = String.join(",", entries);
        Files.writeString(batches.resolve(name), text.formatted("batch", joined));
        Files.writeString(transactions.resolve(name), text.formatted("transaction", joined));
        entries.clear();
    }

    private MeasuredProcess server(String name) throws IOException, InterruptedException {
        Path at = Files.createDirectories(folder.resolve(name));
        Path configuration =
                Files.writeString(
                        at.resolve("import.yaml"),
                        "import: { directories: \"%s\" }%nserver: { request-log: false }%n"
                                .formatted(folder.resolve("lines").toAbsolutePath()));
        return MeasuredProcess.start(
                at,
                at,
                List.of(
                        home.resolve("bin").resolve("andiron").toString(),
                        "serve",
                        "--port",
                        "0",
                        "--config",
                        configuration.toAbsolutePath().toString(),
                        "--data",
                        at.resolve("data").toAbsolutePath().toString()));
    }

    private Figures measure(Way way, int round) throws Exception {
        Path at = folder.resolve("server" + round);
        try (MeasuredProcess server = server(at.getFileName().toString())) {
            // The same for other tenants, so that what is measured is not the compiler.
            long end = System.nanoTime() + (long) (warmUp * 1e9);
            for (int i = 0; i == 0 || System.nanoTime() < end; i++) {
                way.take(server.base(), "warm" + i);
            }
            Duration before = server.cpu();
            long begun = System.nanoTime();
            long resources = way.take(server.base(), "default");
            double seconds = (System.nanoTime() - begun) / 1e9;
            return new Figures(
                    resources,
                    seconds,
                    server.cpu().minus(before).toNanos() / 1e9,
                    server.peakMegabytes().orElse(0L));
        } finally {
            Bench.delete(at);
        }
    }

    /** New resources each time, as often as there are copies; what they share is found again. */
    private long bundles(URI server, String tenant) throws IOException, InterruptedException {
        return load(server, tenant, Collections.nCopies(copies, data), -1);
    }

    private static long load(URI server, String tenant, Path files, long expected)
            throws IOException, InterruptedException {
        return load(server, tenant, List.of(files), expected);
    }

    private static long load(URI server, String tenant, List<Path> files, long expected)
            throws IOException, InterruptedException {
        var settings =
                new Loader.Settings(server, Optional.of(tenant), 4, TIMEOUT, Optional.empty());
        LoadTally tally = Loader.load(settings, files, (_, _, _) -> () -> {});
        if (tally.failures() > 0 || expected >= 0 && tally.resources() != expected) {
            throw new IOException(
                    "%d of %d resources, %d failures"
                            .formatted(tally.resources(), expected, tally.failures()));
        }
        return tally.resources();
    }

    private void importFiles(URI server, String tenant, Path lines)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(server + "/$import"))
                        .header("Content-Type", "application/json")
                        .header("Prefer", "respond-async")
                        .header("X-Tenant-ID", tenant)
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"input\":[{\"url\":\"%s\"}]}"
                                                .formatted(lines.toAbsolutePath().toUri())))
                        .build();
        var accepted = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (accepted.statusCode() != 202) {
            throw new IOException(accepted.body());
        }
        String url = accepted.headers().firstValue("Content-Location").orElseThrow();
        HttpResponse<String> status = accepted;
        while (status.statusCode() == 202 || status.statusCode() == 429) {
            Thread.sleep(50);
            status =
                    client.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .header("X-Tenant-ID", tenant)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        }
        if (status.statusCode() != 200 || !status.body().contains("\"failed\":0")) {
            throw new IOException(status.body());
        }
    }

    private static void print(Map<String, List<Figures>> all) {
        System.out.printf(
                Locale.ROOT,
                "%n## Resources into an empty server%n%n| | resources | resources/s | server CPU us"
                    + " each | peak RSS MB | speed, by time | by CPU |%n| --- | ---: | ---: | ---:"
                    + " | ---: | ---: | ---: |%n");
        double seconds = median(all.get(BATCHES).stream().map(Figures::secondsEach).toList());
        double processor = median(all.get(BATCHES).stream().map(Figures::processorEach).toList());
        all.forEach(
                (name, figures) -> {
                    double time = median(figures.stream().map(Figures::secondsEach).toList());
                    double cpu = median(figures.stream().map(Figures::processorEach).toList());
                    System.out.printf(
                            Locale.ROOT,
                            "| %s | %,d | %,.0f | %.0f | %,d | %.2f | %.2f |%n",
                            name,
                            figures.getFirst().resources(),
                            1 / time,
                            cpu * 1e6,
                            figures.stream().mapToLong(Figures::peak).max().orElse(0),
                            seconds / time,
                            processor / cpu);
                });
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
