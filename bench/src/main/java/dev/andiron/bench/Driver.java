package dev.andiron.bench;

import static dev.andiron.bench.Report.figure;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Starts the servers that are asked for, and compares them with each other and with peers. */
final class Driver {
    static final String USAGE =
            """
            ./andiron bench [--backends sqlite,postgres] [--peer NAME=URL ...] [--sizes N,M] [--data FOLDER]
                  [--rounds N] [--seconds S] [--warm-up S] [--connections C] [--parallel P] [--patience M] [--write FILE]
              the same work for each server in turn, over HTTP, from a process of its own
              --backends     servers to start (default: sqlite)
              --peer         any FHIR server that runs already and is empty, or has generated observations of
                             an earlier run, which are not sent again; several are possible
              --sizes        generated observations that are searched (default: 100000)
              --data         Synthea bundles to load (default: the bundled sample)
              --rounds       rounds of each measurement; medians are printed (default: 3)
              --seconds      length of a round, at least (default: 4)
              --warm-up      seconds of the same work in front of what is measured (default: 10)
              --connections  connections that read (default: 32)
              --parallel     bundles at once (default: 4)
              --patience     minutes that a server may take to load up to a size, or to export (default: 15);
                             one that is slower is left out of what needs that size
              --write        also writes the tables there, such as docs/benchmarks.md

            ./andiron bench soak [--minutes M] [--backend sqlite|postgres] [--connections C] [--write FILE]
              mixed traffic for a long time (default: 60 minutes, 16 connections); fails if an answer did
            """;

    /** Enough that what an empty file takes does not matter. */
    private static final int STORED = 10_000;

    private final Path home;
    private final Path folder;
    private final Map<String, List<String>> options;
    private final Report report = new Report();

    /**
     * @param home the distribution's folder
     * @param folder for data
     * @param options each with its values
     */
    Driver(Path home, Path folder, Map<String, List<String>> options) {
        this.home = home;
        this.folder = folder;
        this.options = options;
    }

    /** What follows each option, of which some may be given several times. */
    static Map<String, List<String>> options(String[] arguments, int first) {
        var options = new LinkedHashMap<String, List<String>>();
        for (int i = first; i + 1 < arguments.length; i += 2) {
            options.computeIfAbsent(arguments[i], _ -> new ArrayList<>()).add(arguments[i + 1]);
        }
        return options;
    }

    private String option(String name, String otherwise) {
        return options.getOrDefault(name, List.of(otherwise)).getLast();
    }

    void run() throws Exception {
        var workload =
                new Comparison.Workload(
                        Path.of(option("--data", Bench.SAMPLE)),
                        SearchBench.sizes(option("--sizes", "100000")),
                        Integer.parseInt(option("--rounds", "3")),
                        Double.parseDouble(option("--seconds", "4")),
                        Double.parseDouble(option("--warm-up", "10")),
                        Integer.parseInt(option("--connections", "32")),
                        Integer.parseInt(option("--parallel", "4")),
                        Duration.ofMinutes(Long.parseLong(option("--patience", "15"))));
        report.say("# Benchmarks%n");
        report.say("Written by `./andiron bench`.%n");
        report.machine();
        starts(workload.rounds());
        stored(workload);
        var contenders = new ArrayList<Contender>();
        try {
            for (String backend : option("--backends", "sqlite").split(",")) {
                contenders.add(start(backend));
            }
            for (String peer : options.getOrDefault("--peer", List.of())) {
                String[] parts = peer.split("=", 2);
                contenders.add(Contender.peer(parts[0], URI.create(parts[1])));
            }
            report.say("%nServers:%n");
            try (HttpClient client = HttpClient.newHttpClient()) {
                for (Contender contender : contenders) {
                    report.say(
                            "- %s: %s", contender.name(), Comparison.software(contender, client));
                }
            }
            new Comparison(report, contenders, workload, folder, this::bare).run();
        } finally {
            for (Contender contender : contenders) {
                contender.close();
            }
        }
        if (options.containsKey("--write")) {
            report.write(Path.of(option("--write", "")));
        }
    }

    /**
     * Mixed traffic for a long time.
     *
     * @return whether nothing failed
     */
    boolean soak() throws Exception {
        report.say("# Soak%n");
        report.machine();
        try (Contender server = start(option("--backend", "sqlite"))) {
            boolean well =
                    new Soak(
                                    server,
                                    folder,
                                    Double.parseDouble(option("--minutes", "60")),
                                    Integer.parseInt(option("--connections", "16")),
                                    report)
                            .run();
            if (options.containsKey("--write")) {
                report.write(Path.of(option("--write", "")));
            }
            return well;
        }
    }

    private void starts(int rounds) throws Exception {
        report.table(
                "Cold start, medians of %d".formatted(rounds),
                List.of("server", "to the first answered", "ms", "CPU ms", "resident MB"));
        if (Files.exists(home.resolve("cache").resolve("andiron.aot"))) {
            starts("sqlite, after andiron prepare", rounds, Map.of());
        }
        starts("sqlite", rounds, Map.of("ANDIRON_JAVA_OPTS", "-XX:AOTMode=off"));
    }

    private void starts(String name, int rounds, Map<String, String> environment) throws Exception {
        start(name, "search, in an empty folder", "Patient?_count=1", rounds, environment, false);
        start(name, "read by id, of what was stored", "Patient/1", rounds, environment, true);
    }

    private void start(
            String name,
            String what,
            String below,
            int rounds,
            Map<String, String> environment,
            boolean isStored)
            throws Exception {
        var times = new ArrayList<Double>();
        var work = new ArrayList<Double>();
        var memory = new ArrayList<Double>();
        for (int i = 0; i < rounds; i++) {
            Path data = Files.createTempDirectory(folder, "start");
            if (isStored) {
                store(data);
            }
            long begun = System.nanoTime();
            try (MeasuredProcess server =
                    MeasuredProcess.serve(home, data, folder, Optional.empty(), environment)) {
                // Not by Java's client: it takes longer to load than the answer.
                Requests.ask(server.base(), Requests.Message.get(path(server, below)));
                times.add((System.nanoTime() - begun) / 1e6);
                work.add((double) server.cpu().toMillis());
                memory.add(server.peakMegabytes().map(Long::doubleValue).orElse(Double.NaN));
            }
        }
        report.row(
                List.of(
                        name,
                        what,
                        figure(Comparison.median(times), 0),
                        figure(Comparison.median(work), 0),
                        figure(Comparison.median(memory), 0)));
    }

    private void store(Path data) throws Exception {
        try (MeasuredProcess server = MeasuredProcess.serve(home, data, folder, Optional.empty())) {
            Requests.ask(
                    server.base(),
                    new Requests.Message(
                            "PUT",
                            path(server, "Patient/1"),
                            "{\"resourceType\":\"Patient\",\"id\":\"1\",\"name\":[{\"family\":\"Runyan\"}]}"));
        }
    }

    private static String path(MeasuredProcess server, String below) {
        return server.base().getPath() + "/" + below;
    }

    /** Stopped first, so that nothing lies in SQLite's log that will go into the file. */
    private void stored(Comparison.Workload workload) throws Exception {
        Path data = Files.createDirectory(folder.resolve("stored"));
        long resources = 0;
        try (MeasuredProcess server = MeasuredProcess.serve(home, data, folder, Optional.empty())) {
            while (resources < STORED) {
                var tally =
                        Comparison.load(
                                server.base(), List.of(workload.synthea()), workload.parallel());
                if (tally.resources() == 0) {
                    throw new IOException("nothing of " + workload.synthea() + " was loaded");
                }
                resources += tally.resources();
            }
        }
        double bytes = Contender.bytes(data);
        report.table(
                "Synthea resources on disk, index and history included, the server stopped",
                List.of("server", "resources", "megabytes", "bytes a resource"));
        report.row(
                List.of(
                        "sqlite",
                        figure(resources, 0),
                        figure(bytes / 1e6, 1),
                        figure(bytes / resources, 0)));
    }

    private Contender start(String backend) throws Exception {
        Path data = Files.createDirectory(folder.resolve(backend));
        if (backend.equals("sqlite")) {
            var server = MeasuredProcess.serve(home, data, folder, Optional.empty());
            return new Contender(
                    "Andiron on SQLite",
                    server.base(),
                    Optional.of(server),
                    Optional.empty(),
                    Optional.of(data));
        }
        if (!backend.equals("postgres")) {
            throw new IllegalArgumentException("no server is started for " + backend);
        }
        var database = PostgresProcess.start(folder.resolve("database"));
        String configuration =
                "storage: main\nbackends:\n  main: { plugin: postgres, url: \"%s\" }\n"
                        .formatted(database.url());
        var server = MeasuredProcess.serve(home, data, folder, Optional.of(configuration));
        return new Contender(
                "Andiron on PostgreSQL",
                server.base(),
                Optional.of(server),
                Optional.of(database),
                Optional.of(folder.resolve("database").resolve("data")));
    }

    private Contender bare(Contender contender, List<String> keys) throws Exception {
        Path file = folder.resolve("bodies");
        try (var out = new DataOutputStream(Files.newOutputStream(file))) {
            out.writeInt(keys.size());
            for (String key : keys) {
                byte[] body = Bench.get(contender.base(), "/" + key);
                out.writeUTF(contender.path(key));
                out.writeInt(body.length);
                out.write(body);
            }
        }
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString()));
        command.addAll(javaOptions());
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        Bench.class.getName(),
                        "--bare",
                        file.toString()));
        // The class path of this program is relative to the folder that it was started in.
        var process = MeasuredProcess.start(Path.of(""), folder, command);
        return new Contender(
                "a bare endpoint with the same bytes",
                process.base(),
                Optional.of(process),
                Optional.empty(),
                Optional.empty());
    }

    /** Those of the distribution, so that both servers run with the same. */
    private List<String> javaOptions() throws IOException {
        try (Stream<String> lines = Files.lines(home.resolve("conf").resolve("jvm.options"))) {
            return lines.filter(line -> line.startsWith("-X"))
                    .filter(line -> !line.contains("@HOME@"))
                    .toList();
        }
    }
}
