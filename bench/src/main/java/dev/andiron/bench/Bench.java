package dev.andiron.bench;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The benchmarks, one after the other, each as a table. Figures, no assertions. */
public final class Bench {
    private static final String USAGE =
            """
            bench/run compare ..., bench/run soak ...: ./andiron bench --help tells

            bench/run --backend s3 [--delays MS,...] [--data FOLDER] [--seconds S] [--connections C] [--parallel P]
              over HTTP, with an object store that is started for it and holds each request back
              --delays       milliseconds (default: 0,10,50)
              --data         Synthea bundles to load (default: the bundled sample)
              --seconds      length of a round of reads (default: 4)
              --connections  connections that read (default: 32)
              --parallel     bundles at once (default: 4)

            bench/run search [--backend PLUGIN] [--sizes N,M] [--folder FOLDER]
              searches in a backend, without HTTP, over generated observations
              --backend      the plugin (default: sqlite); postgres: beside SQLite
              --sizes        how many observations (default: 100000; also 100000,1000000)
              --folder       where to keep the data for the next run (default: none is kept)

            bench/run tables [--resources N] [--heap SIZE] [--folder FOLDER]
              one view in every format, run and exported, by a server with a small heap
              --resources    how many observations (default: 1000000)
              --heap         the greatest heap (default: 256m)
              --folder       where to keep the data for the next run (default: none is kept)

            bench/run export [--resources N] [--heap SIZE] [--rounds N] [--folder FOLDER]
              everything exported to files by a server with a small heap, by one thread and by several
              --resources    how many observations (default: 500000)
              --heap         the greatest heap (default: 128m)
              --rounds       exports of each kind; medians are printed (default: 3)
              --folder       where to keep the data for the next run (default: none is kept)

            bench/run import [--data FOLDER] [--rounds N] [--copies N] [--warm-up S]
              the same resources into empty servers: by $import, by load, and as bundles through HTTP
              --data         Synthea bundles (default: the bundled sample)
              --rounds       rounds of each; medians are printed (default: 3)
              --copies       how often the data, under other ids (default: 4)
              --warm-up      seconds of the same in front of what is measured (default: 20)

            bench/run followers --elasticsearch URL [--modes M,N] [--data FOLDER] [--rounds N] [--writes N]
                  [--seconds S]
              SQLite alone, and followed by an Elasticsearch that runs, in each mode
              --modes        of off,asynchronous,hybrid,synchronous (default: all)
              --rounds       how often the bundles are loaded (default: 2)
              --writes       writes that are searched for at once (default: 150)
            """;

    static final String SAMPLE = "server/src/main/resources/dev/andiron/server/cli/sample";
    private static final String VIEW =
            """
            {"resourceType":"ViewDefinition","id":"codes","status":"active","resource":"Observation",
            "select":[{"column":[{"name":"key","path":"getResourceKey()"}]},{"forEach":"code.coding",
            "column":[{"name":"system","path":"system"},{"name":"code","path":"code"}]}]}\
            """;
    static final String ROWS = "/fhir/ViewDefinition/codes/$viewdefinition-run?_format=csv";

    private final Path home;
    private final Path folder;

    private Bench(Path home, Path folder) {
        this.home = home;
        this.folder = folder;
    }

    /** Runs them; the first argument is the distribution's folder. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 2 && arguments[0].equals("--bare")) {
            BareEndpoint.serve(Path.of(arguments[1]));
            return;
        }
        if (arguments.length > 1 && arguments[1].equals("search")) {
            search(arguments);
            return;
        }
        if (arguments.length > 1 && arguments[1].equals("tables")) {
            tables(arguments);
            return;
        }
        if (arguments.length > 1 && arguments[1].equals("export")) {
            export(arguments);
            return;
        }
        if (arguments.length > 1 && arguments[1].equals("import")) {
            imports(arguments);
            return;
        }
        if (arguments.length > 1 && arguments[1].equals("followers")) {
            followers(arguments);
            return;
        }
        if (arguments.length > 1 && arguments[1].equals("compare")) {
            compare(arguments);
            return;
        }
        if (arguments.length > 1 && arguments[1].equals("soak")) {
            inFolder(
                    Map.of(),
                    folder -> {
                        if (!driver(arguments, folder).soak()) {
                            throw new IllegalStateException("the soak failed");
                        }
                    });
            return;
        }
        if (arguments.length % 2 == 0 || Arrays.asList(arguments).contains("--help")) {
            System.out.print(USAGE);
            return;
        }
        Map<String, String> options = options(arguments, 1);
        inFolder(
                Map.of(),
                folder ->
                        new Bench(Path.of(arguments[0]).toAbsolutePath(), folder)
                                .distances(options));
    }

    private static Map<String, String> options(String[] arguments, int first) {
        var options = new LinkedHashMap<String, String>();
        for (int i = first; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        return options;
    }

    private static void search(String[] arguments) throws Exception {
        Map<String, String> options = options(arguments, 2);
        inFolder(options, folder -> search(options, folder));
    }

    private static void export(String[] arguments) throws Exception {
        Map<String, String> options = options(arguments, 2);
        inFolder(
                options,
                folder ->
                        new ExportBench(
                                        Path.of(arguments[0]).toAbsolutePath(),
                                        folder,
                                        Integer.parseInt(
                                                options.getOrDefault("--resources", "500000")),
                                        options.getOrDefault("--heap", "128m"),
                                        Integer.parseInt(options.getOrDefault("--rounds", "3")))
                                .run());
    }

    private static void imports(String[] arguments) throws Exception {
        Map<String, String> options = options(arguments, 2);
        inFolder(
                options,
                folder ->
                        new ImportBench(
                                        Path.of(arguments[0]).toAbsolutePath(),
                                        folder,
                                        Path.of(options.getOrDefault("--data", SAMPLE)),
                                        Integer.parseInt(options.getOrDefault("--rounds", "3")),
                                        Integer.parseInt(options.getOrDefault("--copies", "4")),
                                        Double.parseDouble(options.getOrDefault("--warm-up", "20")))
                                .run());
    }

    private static void tables(String[] arguments) throws Exception {
        Map<String, String> options = options(arguments, 2);
        inFolder(
                options,
                folder ->
                        new TableBench(
                                        Path.of(arguments[0]).toAbsolutePath(),
                                        folder,
                                        Integer.parseInt(
                                                options.getOrDefault("--resources", "1000000")),
                                        options.getOrDefault("--heap", "256m"))
                                .run());
    }

    private static void followers(String[] arguments) throws Exception {
        Map<String, String> options = options(arguments, 2);
        if (!options.containsKey("--elasticsearch")) {
            System.out.print(USAGE);
            return;
        }
        var settings =
                new FollowerBench.Settings(
                        options.get("--elasticsearch"),
                        List.of(options.getOrDefault("--modes", FollowerBench.MODES).split(",")),
                        Path.of(options.getOrDefault("--data", SAMPLE)),
                        Integer.parseInt(options.getOrDefault("--rounds", "2")),
                        Integer.parseInt(options.getOrDefault("--writes", "150")),
                        Double.parseDouble(options.getOrDefault("--seconds", "2")),
                        Integer.parseInt(options.getOrDefault("--connections", "8")),
                        Integer.parseInt(options.getOrDefault("--parallel", "4")));
        inFolder(
                Map.of(),
                folder ->
                        new FollowerBench(Path.of(arguments[0]).toAbsolutePath(), folder, settings)
                                .run());
    }

    private static void compare(String[] arguments) throws Exception {
        if (arguments.length % 2 == 1) {
            System.out.print(Driver.USAGE);
            return;
        }
        inFolder(Map.of(), folder -> driver(arguments, folder).run());
    }

    private static Driver driver(String[] arguments, Path folder) {
        return new Driver(
                Path.of(arguments[0]).toAbsolutePath(), folder, Driver.options(arguments, 2));
    }

    /** Something that needs a folder. */
    private interface Benchmark {
        void run(Path folder) throws Exception;
    }

    /** In the folder that is asked for, otherwise in one that goes afterwards. */
    private static void inFolder(Map<String, String> options, Benchmark benchmark)
            throws Exception {
        String kept = options.get("--folder");
        Path folder = kept == null ? Files.createTempDirectory("andiron-bench-") : Path.of(kept);
        try {
            benchmark.run(Files.createDirectories(folder.toAbsolutePath()));
        } finally {
            if (kept == null) {
                delete(folder);
            }
        }
    }

    private static void search(Map<String, String> options, Path folder) throws Exception {
        String plugin = options.getOrDefault("--backend", "sqlite");
        List<Integer> sizes = SearchBench.sizes(options.getOrDefault("--sizes", "100000"));
        if (!plugin.equals("postgres")) {
            new SearchBench(plugin, folder, sizes, Optional.empty()).run();
            return;
        }
        var embedded = new SearchBench("sqlite", folder, sizes, Optional.empty());
        embedded.run();
        try (var server = PostgresProcess.start(folder.resolve("postgres"))) {
            var shared = new SearchBench(plugin, folder, sizes, Optional.of(server));
            shared.run();
            System.out.printf(
                    "%n## CPU ms of a search, p50%n%n| search | sqlite | postgres | ratio |%n"
                            + "| --- | ---: | ---: | ---: |%n");
            Map<String, Double> times = shared.medians();
            embedded.medians()
                    .forEach((name, time) -> compare(name, "%.2f", time, times.get(name)));
        }
    }

    private static void compare(String name, String format, double first, double second) {
        System.out.printf(
                Locale.ROOT,
                "| %s | " + format + " | " + format + " | %.2f |%n",
                name,
                first,
                second,
                second / first);
    }

    /** S3 over HTTP, at distances. */
    private void distances(Map<String, String> options) throws Exception {
        if (!options.getOrDefault("--backend", "").equals("s3")) {
            System.out.print(USAGE);
            return;
        }
        new DistanceBench(
                        this,
                        Arrays.stream(options.getOrDefault("--delays", "0,10,50").split(","))
                                .map(Integer::valueOf)
                                .toList(),
                        folder,
                        Path.of(options.getOrDefault("--data", SAMPLE)),
                        Integer.parseInt(options.getOrDefault("--parallel", "4")),
                        Integer.parseInt(options.getOrDefault("--connections", "32")),
                        Double.parseDouble(options.getOrDefault("--seconds", "4")))
                .run();
    }

    /** Stores the view. */
    static void put(URI base) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create(base + "/ViewDefinition/codes"))
                            .header("Content-Type", "application/fhir+json")
                            .PUT(HttpRequest.BodyPublishers.ofString(VIEW))
                            .build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 201) {
                throw new IOException("the view was answered with " + answer.body());
            }
        }
    }

    /** Starts a server. */
    MeasuredProcess serve(Path data, Optional<String> configuration)
            throws IOException, InterruptedException {
        return MeasuredProcess.serve(home, data, folder, configuration);
    }

    /** The total of a search. */
    static long count(URI base, String path) throws IOException, InterruptedException {
        if (JsonReader.readObject(get(base, path)).get("total") instanceof JsonNumber total) {
            return total.decimal().longValueExact();
        }
        throw new IOException("no total of " + path);
    }

    /** Resources by their paths. */
    static Map<String, byte[]> bodies(URI base) throws IOException, InterruptedException {
        var bodies = new LinkedHashMap<String, byte[]>();
        JsonObject page = JsonReader.readObject(get(base, "/Observation?_count=1000"));
        for (JsonObject entry : page.objects("entry")) {
            String id = entry.object("resource").flatMap(found -> found.string("id")).orElseThrow();
            bodies.put("/fhir/Observation/" + id, get(base, "/Observation/" + id));
        }
        return bodies;
    }

    static byte[] get(URI base, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer =
                    client.send(
                            HttpRequest.newBuilder(URI.create(base + path)).build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IOException(base + path + " answered " + answer.statusCode());
            }
            return answer.body();
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> below = Files.walk(folder)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
