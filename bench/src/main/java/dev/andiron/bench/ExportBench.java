package dev.andiron.bench;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.Backend;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Everything in a SQLite file exported to files by a server with a small heap: by one thread, by as
 * many as there are processors, and by these with a filter and with chosen elements. Times are
 * those of the job: from its start to its end.
 */
final class ExportBench {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);

    private final Path home;
    private final Path folder;
    private final int resources;
    private final String heap;
    private final int rounds;
    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * @param home the distribution's folder
     * @param folder where the data are
     * @param heap the greatest heap of the server, such as 128m
     */
    ExportBench(Path home, Path folder, int resources, String heap, int rounds) {
        this.home = home;
        this.folder = folder;
        this.resources = resources;
        this.heap = heap;
        this.rounds = rounds;
    }

    /** What was measured. */
    private record Measure(long count, long bytes, double seconds, double cpu, long peak) {
        double rate() {
            return count / seconds;
        }
    }

    void run() throws Exception {
        Path data = Files.createDirectories(folder.resolve("export" + resources));
        try (Backend backend =
                BenchBackend.open("sqlite", data, Map.of("path", data.resolve("andiron.db")))) {
            load(backend);
        }
        int processors = Runtime.getRuntime().availableProcessors();
        System.out.printf(
                Locale.ROOT,
                "%n## Export of %,d observations and their patients, heap %s, medians of %d%n%n|"
                    + " export | threads | resources | MB | seconds | resources/s | MB/s | server"
                    + " CPU s | resources/CPU s | peak RSS MB |%n| --- | ---: | ---: | ---: | ---:"
                    + " | ---: | ---: | ---: | ---: | ---: |%n",
                resources,
                heap,
                rounds);
        Measure one = measure(data, "all", 1, "/$export");
        Measure all = measure(data, "all", processors, "/$export");
        Measure filtered =
                measure(
                        data,
                        "code of a tenth",
                        processors,
                        "/$export?_type=Observation&_typeFilter=Observation%3Fcode%3Dcode-0");
        Measure cut =
                measure(data, "two elements", processors, "/$export?_elements=status,subject");
        System.out.printf(
                Locale.ROOT,
                "%n| ratio of resources/s | |%n| --- | ---: |%n"
                        + "| %d threads / one | %.2f |%n"
                        + "| all as stored / chosen elements | %.2f |%n"
                        + "| resources looked at by a filter / all as stored | %.2f |%n",
                processors,
                all.rate() / one.rate(),
                all.rate() / cut.rate(),
                resources / filtered.seconds() / all.rate());
    }

    private void load(Backend backend) {
        ResourceStore store = backend.resources().orElseThrow();
        if (store.head(TENANT, new ResourceKey("Observation", "o" + (resources - 1))).isEmpty()) {
            SearchData.unindexed(store, TENANT).write(resources);
        }
    }

    private Measure measure(Path data, String what, int threads, String url) throws Exception {
        var command =
                List.of(
                        "env",
                        "ANDIRON_JAVA_OPTS=-Xmx" + heap,
                        "ANDIRON_EXPORT_THREADS=" + threads,
                        home.resolve("bin").resolve("andiron").toString(),
                        "serve",
                        "--port",
                        "0",
                        "--data",
                        data.toString());
        var measures = new ArrayList<Measure>();
        try (MeasuredProcess server = MeasuredProcess.start(folder, folder, command)) {
            export(server, url); // compiles
            for (int i = 0; i < rounds; i++) {
                measures.add(export(server, url));
            }
        }
        measures.sort((one, other) -> Double.compare(one.seconds(), other.seconds()));
        Measure median = measures.get(measures.size() / 2);
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %,d | %,.0f | %.2f | %,.0f | %.0f | %.2f | %,.0f | %d |%n",
                what,
                threads,
                median.count(),
                median.bytes() / 1e6,
                median.seconds(),
                median.rate(),
                median.bytes() / 1e6 / median.seconds(),
                median.cpu(),
                median.count() / median.cpu(),
                median.peak());
        return median;
    }

    private Measure export(MeasuredProcess server, String url) throws Exception {
        Duration cpu = server.cpu();
        HttpResponse<byte[]> accepted = send("GET", server.base() + url);
        String status = accepted.headers().firstValue("Content-Location").orElseThrow();
        HttpResponse<byte[]> answer = send("GET", status);
        while (answer.statusCode() == 202 || answer.statusCode() == 429) {
            Thread.sleep(50);
            answer = send("GET", status);
        }
        if (answer.statusCode() != 200) {
            throw new IOException("the server answered " + answer.statusCode());
        }
        double used = server.cpu().minus(cpu).toMillis() / 1e3;
        long count = 0;
        long bytes = 0;
        for (JsonObject file : JsonReader.readObject(answer.body()).objects("output")) {
            count += number(file, "count");
            bytes += number(file, "fileSize");
        }
        double seconds = seconds(server, status);
        send("DELETE", status);
        return new Measure(count, bytes, seconds, used, server.peakMegabytes().orElse(0L));
    }

    private static long number(JsonObject object, String name) {
        return ((JsonNumber) object.get(name)).decimal().longValueExact();
    }

    /** From the start of the job to its end, as the list of jobs tells. */
    private double seconds(MeasuredProcess server, String status) throws Exception {
        JsonObject list =
                JsonReader.readObject(send("GET", server.base() + "/$job-status?_count=1").body());
        Instant started = Instant.EPOCH;
        Instant ended = Instant.EPOCH;
        for (JsonObject part : list.objects("parameter").getFirst().objects("part")) {
            switch (part.string("name").orElse("")) {
                case "started" -> started = Instant.parse(part.string("valueInstant").orElse(""));
                case "ended" -> ended = Instant.parse(part.string("valueInstant").orElse(""));
                default -> {
                    // what it is about
                }
            }
        }
        if (ended.equals(Instant.EPOCH)) {
            throw new IOException("the job has no end: " + status);
        }
        return Duration.between(started, ended).toMillis() / 1e3;
    }

    private HttpResponse<byte[]> send(String method, String url)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(url))
                        .header("Prefer", "respond-async")
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }
}
