package dev.andiron.bench;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.server.cli.load.LoadTally;
import dev.andiron.server.cli.load.Loader;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
            bench/run [--data FOLDER] [--rounds N] [--seconds S] [--connections C] [--parallel P] [--backend PLUGIN]
              --data         Synthea bundles to load (default: the bundled sample)
              --rounds       rounds of each measurement; medians are printed (default: 5)
              --seconds      length of a round of reads or searches (default: 4)
              --connections  connections that read and search (default: 32)
              --parallel     bundles at once (default: 4)
              --backend      sqlite (default); postgres: beside SQLite, in a server that is started for it;
                             s3: an object store that is started for it, 0, 10 and 50 ms away

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

            bench/run import [--data FOLDER] [--rounds N] [--copies N]
              the same resources into empty servers: by $import, by load, and as bundles through HTTP
              --data         Synthea bundles (default: the bundled sample)
              --rounds       rounds of each; medians are printed (default: 3)
              --copies       how often the data, under other ids (default: 2)

            bench/run followers --elasticsearch URL [--data FOLDER] [--rounds N] [--writes N] [--seconds S]
              SQLite alone, and followed by an Elasticsearch that runs, in each mode
              --rounds       how often the bundles are loaded (default: 5)
              --writes       writes that are searched for at once (default: 300)
            """;

    private static final String SAMPLE = "server/src/main/resources/dev/andiron/server/cli/sample";
    private static final String SEARCH =
            "/fhir/Observation?code=http://loinc.org%7C8302-2&_count=20";
    private static final String VIEW =
            """
            {"resourceType":"ViewDefinition","id":"codes","status":"active","resource":"Observation",
            "select":[{"column":[{"name":"key","path":"getResourceKey()"}]},{"forEach":"code.coding",
            "column":[{"name":"system","path":"system"},{"name":"code","path":"code"}]}]}\
            """;
    static final String ROWS = "/fhir/ViewDefinition/codes/$viewdefinition-run?_format=csv";

    private final Path home;
    private final Path data;
    private final int rounds;
    private final double seconds;
    private final int connections;
    private final int parallel;
    private final String backend;
    private final Path folder;

    /** For each kind of measurement the median of each backend. */
    private final Map<String, List<Double>> medians = new LinkedHashMap<>();

    private Bench(Path home, Map<String, String> options, Path folder) {
        this.home = home;
        this.folder = folder;
        data = Path.of(options.getOrDefault("--data", SAMPLE));
        rounds = Integer.parseInt(options.getOrDefault("--rounds", "5"));
        seconds = Double.parseDouble(options.getOrDefault("--seconds", "4"));
        connections = Integer.parseInt(options.getOrDefault("--connections", "32"));
        parallel = Integer.parseInt(options.getOrDefault("--parallel", "4"));
        backend = options.getOrDefault("--backend", "sqlite");
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
        Path folder = Files.createTempDirectory("andiron-bench-");
        try {
            new Bench(Path.of(arguments[0]).toAbsolutePath(), options, folder).run();
        } finally {
            delete(folder);
        }
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
                                        Path.of(
                                                options.getOrDefault(
                                                        "--data",
                                                        "server/src/main/resources/dev/andiron/server/cli/sample")),
                                        Integer.parseInt(options.getOrDefault("--rounds", "3")),
                                        Integer.parseInt(options.getOrDefault("--copies", "2")))
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
                        Path.of(options.getOrDefault("--data", SAMPLE)),
                        Integer.parseInt(options.getOrDefault("--rounds", "5")),
                        Integer.parseInt(options.getOrDefault("--writes", "300")),
                        Double.parseDouble(options.getOrDefault("--seconds", "4")),
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

    private void run() throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%d processors, Java %s, medians of %d rounds%n",
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                rounds);
        if (backend.equals("s3")) {
            new DistanceBench(this, folder, data, parallel, connections, seconds).run();
            return;
        }
        start();
        measure("SQLite", Optional.empty());
        if (backend.equals("postgres")) {
            try (var database = PostgresProcess.start(folder.resolve("postgres"))) {
                measure("PostgreSQL", Optional.of(database));
            }
            System.out.printf(
                    "%n## A second, medians%n%n| | sqlite | postgres | ratio |%n"
                            + "| --- | ---: | ---: | ---: |%n");
            medians.forEach(
                    (name, values) -> compare(name, "%,.0f", values.getFirst(), values.getLast()));
        }
    }

    private void measure(String name, Optional<PostgresProcess> database) throws Exception {
        System.out.printf("%n# %s%n", name);
        Path data = Files.createDirectory(folder.resolve("loaded" + name));
        try (MeasuredProcess server = serve(data, database.map(Bench::configuration))) {
            load(server, database);
            reads(server);
            requests("search", "Token search with a page of 20", SEARCH, connections, server);
            put(server.base());
            requests("view", "A view of all observations as CSV", ROWS, 2, server);
        }
    }

    private void start() throws Exception {
        var times = new ArrayList<Double>();
        for (int i = 0; i < rounds; i++) {
            Path fresh = Files.createDirectory(folder.resolve("start" + i));
            long started = System.nanoTime();
            try (MeasuredProcess server = serve(fresh, Optional.empty())) {
                get(server.base(), "/metadata");
                times.add((System.nanoTime() - started) / 1e6);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%n## Cold start, new folder, to the first /metadata%n%n"
                        + "| median ms | best ms |%n| ---: | ---: |%n| %.0f | %.0f |%n",
                median(times),
                times.stream().min(Comparator.naturalOrder()).orElseThrow());
    }

    private void load(MeasuredProcess server, Optional<PostgresProcess> database) throws Exception {
        System.out.printf(
                "%n## Loading Synthea transaction bundles over HTTP, %d at once%n%n| round |"
                    + " resources | seconds | resources/s | server CPU s | database CPU s | failed"
                    + " |%n| ---: | ---: | ---: | ---: | ---: | ---: | ---: |%n",
                parallel);
        var settings =
                new Loader.Settings(
                        server.base(),
                        Optional.empty(),
                        parallel,
                        Duration.ofMinutes(10),
                        Optional.empty());
        var speeds = new ArrayList<Double>();
        for (int round = 1; round <= rounds; round++) {
            Duration before = server.cpu();
            Duration databaseBefore = cpu(database);
            long started = System.nanoTime();
            LoadTally tally =
                    Loader.load(settings, List.of(data), (counts, files, bytes) -> () -> {});
            double time = (System.nanoTime() - started) / 1e9;
            speeds.add(tally.resources() / time);
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %,d | %.2f | %,.0f | %.2f | %.2f | %d |%n",
                    round,
                    tally.resources(),
                    time,
                    tally.resources() / time,
                    server.cpu().minus(before).toMillis() / 1e3,
                    cpu(database).minus(databaseBefore).toMillis() / 1e3,
                    tally.failures());
        }
        System.out.printf(Locale.ROOT, "| median | | | %,.0f | | | |%n", median(speeds));
        remember("resources loaded", speeds);
    }

    private static Duration cpu(Optional<PostgresProcess> database) throws IOException {
        return database.isPresent() ? database.get().cpu() : Duration.ZERO;
    }

    private void remember(String name, List<Double> speeds) {
        medians.computeIfAbsent(name, _ -> new ArrayList<>()).add(median(speeds));
    }

    private void reads(MeasuredProcess server) throws Exception {
        Map<String, byte[]> bodies = bodies(server.base());
        Path file = folder.resolve("bodies");
        write(bodies, file);
        var paths = List.copyOf(bodies.keySet());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of(java));
        command.addAll(options());
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        Bench.class.getName(),
                        "--bare",
                        file.toString()));
        // The class path of this program is relative to the folder that it was started in.
        try (MeasuredProcess bare = MeasuredProcess.start(Path.of(""), folder, command)) {
            Requests.run(server.base(), paths, connections, seconds);
            Requests.run(bare.base(), paths, connections, seconds);
            System.out.printf(
                    "%n## Read by id, %d connections, beside a bare Javalin endpoint with the same"
                        + " bytes%n%n| round | andiron/s | bare/s | ratio | andiron CPU us | bare"
                        + " CPU us |%n| ---: | ---: | ---: | ---: | ---: | ---: |%n",
                    connections);
            var ratios = new ArrayList<Double>();
            var speeds = new ArrayList<Double>();
            for (int round = 1; round <= rounds; round++) {
                Duration ourCpu = server.cpu();
                Requests.Round ours = Requests.run(server.base(), paths, connections, seconds);
                ourCpu = server.cpu().minus(ourCpu);
                Duration bareCpu = bare.cpu();
                Requests.Round theirs = Requests.run(bare.base(), paths, connections, seconds);
                bareCpu = bare.cpu().minus(bareCpu);
                speeds.add(ours.perSecond());
                ratios.add(ours.perSecond() / theirs.perSecond());
                System.out.printf(
                        Locale.ROOT,
                        "| %d | %,.0f | %,.0f | %.2f | %.0f | %.0f |%n",
                        round,
                        ours.perSecond(),
                        theirs.perSecond(),
                        ours.perSecond() / theirs.perSecond(),
                        ourCpu.toNanos() / 1e3 / ours.count(),
                        bareCpu.toNanos() / 1e3 / theirs.count());
            }
            System.out.printf(
                    Locale.ROOT,
                    "| median | %,.0f | | %.2f | | |%n",
                    median(speeds),
                    median(ratios));
            remember("reads", speeds);
        }
    }

    /** One request over and over. */
    private void requests(
            String name, String title, String path, int connections, MeasuredProcess server)
            throws Exception {
        var paths = List.of(path);
        Requests.run(server.base(), paths, connections, seconds);
        System.out.printf(
                "%n## %s, %d connections%n%n"
                        + "| round | answers/s | bytes an answer | server CPU us |%n"
                        + "| ---: | ---: | ---: | ---: |%n",
                title, connections);
        var speeds = new ArrayList<Double>();
        for (int round = 1; round <= rounds; round++) {
            Duration before = server.cpu();
            Requests.Round result = Requests.run(server.base(), paths, connections, seconds);
            speeds.add(result.perSecond());
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %,.1f | %,d | %.0f |%n",
                    round,
                    result.perSecond(),
                    result.bytes() / result.count(),
                    server.cpu().minus(before).toNanos() / 1e3 / result.count());
        }
        System.out.printf(Locale.ROOT, "| median | %,.1f | | |%n", median(speeds));
        remember(name, speeds);
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

    private static String configuration(PostgresProcess database) {
        return "storage: main\nbackends:\n  main: { plugin: postgres, url: \"%s\" }\n"
                .formatted(database.url());
    }

    /** Starts a server. */
    MeasuredProcess serve(Path data, Optional<String> configuration)
            throws IOException, InterruptedException {
        var command =
                new ArrayList<>(
                        List.of(
                                home.resolve("bin").resolve("andiron").toString(),
                                "serve",
                                "--port",
                                "0",
                                "--data",
                                data.resolve("data").toString()));
        if (configuration.isPresent()) {
            Path settings = data.resolve("andiron.yaml");
            Files.writeString(settings, configuration.get());
            command.addAll(List.of("--config", settings.toString()));
        }
        return MeasuredProcess.start(data, folder, command);
    }

    /** The Java options of the distribution, so that both servers run with the same. */
    private List<String> options() throws IOException {
        return Files.readAllLines(home.resolve("conf").resolve("jvm.options")).stream()
                .filter(line -> line.startsWith("-X"))
                .filter(line -> !line.contains("@HOME@"))
                .toList();
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

    private static void write(Map<String, byte[]> bodies, Path file) throws IOException {
        try (var out = new DataOutputStream(Files.newOutputStream(file))) {
            out.writeInt(bodies.size());
            for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
                out.writeUTF(body.getKey());
                out.writeInt(body.getValue().length);
                out.write(body.getValue());
            }
        }
    }

    private static byte[] get(URI base, String path) throws IOException, InterruptedException {
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

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> below = Files.walk(folder)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
