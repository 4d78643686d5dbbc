package dev.andiron.bench;

import static dev.andiron.bench.Report.figure;

import dev.andiron.bench.Requests.Message;
import dev.andiron.bench.Requests.Round;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.server.cli.load.LoadTally;
import dev.andiron.server.cli.load.Loader;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Gives several servers the same work in turn, over HTTP from this process, and prints a table for
 * each kind of work: a row for each server, and how many times the first does what the others do.
 * What a server refuses is said in its row.
 */
final class Comparison {
    private static final int CREATE_CONNECTIONS = 64;
    private static final int CREATE_BODIES = 64;
    private static final int READ = 1_000;
    private static final int SINGLE_SEARCHES = 200;

    /** How often the bundles are sent in a row, so that few wait for the last of a row. */
    private static final int COPIES = 4;

    /** Bundles between two looks at the clock. */
    private static final int SLICE = 20;

    /** How long one bundle may take. */
    private static final Duration LONGEST = Duration.ofMinutes(30);

    /** A figure counts commits of this one if the server has it. */
    private static final String COMMITS = "andiron_sqlite_commits_written";

    private static final String SYNCS = "andiron_sqlite_syncs";
    private static final String VIEW =
            """
            {"resourceType":"ViewDefinition","id":"values","status":"active",\
            "resource":"Observation","select":[{"column":[{"name":"key","path":"getResourceKey()"},\
            {"name":"patient","path":"subject.getReferenceKey(Patient)"},\
            {"name":"status","path":"status"},{"name":"value","path":"value.ofType(Quantity).value"}\
            ]},{"forEach":"code.coding","column":[{"name":"code","path":"code"}]}]}\
            """;

    private final Report report;
    private final List<Contender> contenders;
    private final Workload workload;
    private final Path folder;
    private final Bare bare;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Generated observations that each has. */
    private final Map<Contender, Integer> observations = new HashMap<>();

    /**
     * How much work.
     *
     * @param synthea a folder of Synthea's bundles
     * @param sizes how many generated observations, ascending
     * @param rounds of which medians are taken
     * @param seconds how long a round is at least
     * @param warmUp how many seconds a server does what is measured before it is
     * @param connections that read and search
     * @param parallel bundles at once
     * @param patience how long a server may take to load a size, or to export
     */
    record Workload(
            Path synthea,
            List<Integer> sizes,
            int rounds,
            double seconds,
            double warmUp,
            int connections,
            int parallel,
            Duration patience) {}

    /** A kind of search, and what to add to it for each of many different ones. */
    private record Search(String name, List<String> urls) {}

    /** Starts an endpoint that answers these reads with the same bytes and does nothing else. */
    @FunctionalInterface
    interface Bare {
        Contender beside(Contender contender, List<String> keys) throws Exception;
    }

    /**
     * @param folder for files between
     */
    Comparison(
            Report report, List<Contender> contenders, Workload workload, Path folder, Bare bare) {
        this.bare = bare;
        this.report = report;
        this.contenders = contenders;
        this.workload = workload;
        this.folder = folder;
    }

    void run() throws Exception {
        load();
        for (int i = 0; i < workload.sizes().size(); i++) {
            int before = i == 0 ? 0 : workload.sizes().get(i - 1);
            int size = workload.sizes().get(i);
            generated(before, size);
            searches(size);
        }
        disk();
        reads();
        creates();
        views();
        exports();
        memory();
    }

    /** A figure of each server in a row, and the ratio of the first one's to it. */
    private final class Rows {
        private double first = Double.NaN;

        /**
         * @param best whether a larger figure is the better one
         */
        void add(Contender contender, double speed, boolean best, List<String> others) {
            if (Double.isNaN(first)) {
                first = speed;
            }
            double ratio = best ? first / speed : speed / first;
            var cells = new ArrayList<>(List.of(contender.name()));
            cells.addAll(others);
            cells.add(figure(ratio, 2));
            report.row(cells);
        }

        void refused(Contender contender, String reason) {
            report.row(List.of(contender.name(), reason));
        }
    }

    private void load() throws Exception {
        report.table(
                "Loading Synthea transaction bundles, %d at once, medians of %d rounds after %.0f s"
                        .formatted(workload.parallel(), workload.rounds(), workload.warmUp()),
                List.of(
                        "server",
                        "resources a round",
                        "failed",
                        "CPU ms a resource",
                        "resources/s",
                        "first is faster by"));
        var rows = new Rows();
        for (Contender contender : contenders) {
            repeated(contender, workload.warmUp());
            var speeds = new ArrayList<Double>();
            double cpu = contender.cpu();
            long resources = 0;
            long failed = 0;
            for (int i = 0; i < workload.rounds(); i++) {
                Loaded loaded = repeated(contender, workload.seconds());
                speeds.add(loaded.resources() / loaded.seconds());
                resources += loaded.resources();
                failed += loaded.failures();
            }
            rows.add(
                    contender,
                    median(speeds),
                    true,
                    List.of(
                            figure(resources / (double) workload.rounds(), 0),
                            figure(failed, 0),
                            figure((contender.cpu() - cpu) * 1e3 / resources, 3),
                            figure(median(speeds), 0)));
        }
    }

    private record Loaded(long resources, long failures, double seconds) {}

    /** Loads Synthea's bundles as often as it takes to fill so many seconds, at least once. */
    private Loaded repeated(Contender contender, double seconds) throws InterruptedException {
        long resources = 0;
        long failures = 0;
        long begun = System.nanoTime();
        double taken;
        do {
            LoadTally tally = load(contender, Collections.nCopies(COPIES, workload.synthea()));
            resources += tally.resources();
            failures += tally.failures();
            taken = (System.nanoTime() - begun) / 1e9;
        } while (taken < seconds);
        return new Loaded(resources, failures, taken);
    }

    private LoadTally load(Contender contender, List<Path> files) throws InterruptedException {
        return load(contender.base(), files, workload.parallel());
    }

    /** Sends bundles. */
    static LoadTally load(URI base, List<Path> files, int parallel) throws InterruptedException {
        var settings =
                new Loader.Settings(base, Optional.empty(), parallel, LONGEST, Optional.empty());
        return Loader.load(settings, files, (_, _, _) -> () -> {});
    }

    private void generated(int from, int to) throws Exception {
        List<Path> files = GeneratedBundles.write(folder.resolve("generated" + to), from, to);
        report.table(
                "Loading generated observations up to %,d, %d bundles at once"
                        .formatted(to, workload.parallel()),
                List.of(
                        "server",
                        "resources",
                        "failed",
                        "CPU ms a resource",
                        "resources/s",
                        "first is faster by"));
        var rows = new Rows();
        for (Contender contender : with(from)) {
            List<Path> absent = absent(contender, files, from);
            double cpu = contender.cpu();
            long resources = 0;
            long failures = 0;
            long begun = System.nanoTime();
            long end = begun + workload.patience().toNanos();
            int next = 0;
            while (next < absent.size() && System.nanoTime() < end) {
                List<Path> slice = absent.subList(next, Math.min(absent.size(), next + SLICE));
                LoadTally tally = load(contender, slice);
                resources += tally.resources();
                failures += tally.failures();
                next += slice.size();
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            double speed = absent.isEmpty() ? Double.NaN : resources / seconds;
            if (next == absent.size()) {
                observations.put(contender, to);
            }
            rows.add(
                    contender,
                    speed,
                    true,
                    List.of(
                            figure(resources, 0)
                                    + (absent.size() == files.size() ? "" : ", others were there")
                                    + (next == absent.size() ? "" : ", then given up"),
                            figure(failures, 0),
                            figure((contender.cpu() - cpu) * 1e3 / resources, 3),
                            figure(speed, 0)));
        }
    }

    /** The bundles that it has not from an earlier run; one is there wholly or not at all. */
    private List<Path> absent(Contender contender, List<Path> files, int from)
            throws IOException, InterruptedException {
        var absent = new ArrayList<Path>();
        int last = from - 1;
        for (Path file : files) {
            last += GeneratedBundles.OBSERVATIONS;
            var observation = URI.create(contender.base() + "/Observation/o" + last);
            var answer =
                    client.send(
                            HttpRequest.newBuilder(observation).build(),
                            HttpResponse.BodyHandlers.discarding());
            if (answer.statusCode() != 200) {
                absent.add(file);
            }
        }
        return absent;
    }

    /** Those who have so many generated observations. */
    private List<Contender> with(int size) {
        return contenders.stream()
                .filter(each -> observations.getOrDefault(each, 0) >= size)
                .toList();
    }

    private void disk() throws IOException {
        report.table(
                "Bytes on disk, with everything loaded so far", List.of("server", "megabytes"));
        for (Contender contender : contenders) {
            report.row(List.of(contender.name(), figure(contender.disk() / 1e6, 1)));
        }
    }

    private void reads() throws Exception {
        int most =
                contenders.stream()
                        .mapToInt(each -> observations.getOrDefault(each, 0))
                        .filter(size -> size > 0)
                        .min()
                        .orElseThrow();
        List<String> keys =
                IntStream.range(0, READ)
                        .mapToObj(i -> "Observation/o" + i * 7_919L % most)
                        .distinct()
                        .toList();
        report.table(
                "Read by id, %d connections, medians of %d rounds"
                        .formatted(workload.connections(), workload.rounds()),
                List.of(
                        "server",
                        "p50 ms",
                        "p99 ms",
                        "CPU us an answer",
                        "answers/s",
                        "first is faster by"));
        var rows = new Rows();
        for (Contender contender : with(most)) {
            measure(rows, contender, contender.gets(keys), workload.connections());
        }
        try (Contender endpoint = bare.beside(with(most).getFirst(), keys)) {
            measure(rows, endpoint, endpoint.gets(keys), workload.connections());
        }
    }

    private void measure(Rows rows, Contender contender, List<Message> messages, int connections)
            throws Exception {
        Requests.send(contender.base(), messages, connections, workload.warmUp());
        double commits = counted(contender, COMMITS);
        double syncs = counted(contender, SYNCS);
        var speeds = new ArrayList<Double>();
        var middle = new ArrayList<Double>();
        var slow = new ArrayList<Double>();
        double cpu = contender.cpu();
        long count = 0;
        long failures = 0;
        for (int i = 0; i < workload.rounds(); i++) {
            Round round =
                    Requests.send(contender.base(), messages, connections, workload.seconds());
            speeds.add(round.perSecond());
            middle.add(round.milliseconds(0.5));
            slow.add(round.milliseconds(0.99));
            count += round.count();
            failures += round.failures();
        }
        if (failures > 0) {
            rows.refused(contender, "%,d of %,d answers failed".formatted(failures, count));
            return;
        }
        cpu = contender.cpu() - cpu;
        var cells =
                new ArrayList<>(
                        List.of(
                                figure(median(middle), 2),
                                figure(median(slow), 2),
                                figure(cpu * 1e6 / count, 0),
                                figure(median(speeds), 0)));
        if (messages.getFirst().method().equals("POST")) {
            commits = counted(contender, COMMITS) - commits;
            cells.add(2, figure(commits / (counted(contender, SYNCS) - syncs), 1));
        }
        rows.add(contender, median(speeds), true, cells);
    }

    /** What a server of ours counts; NaN if it does not. */
    private double counted(Contender contender, String name)
            throws IOException, InterruptedException {
        return contender.isOurs() && contender.folder().isPresent()
                ? Metrics.of(contender.base(), client).sum(name)
                : Double.NaN;
    }

    private void creates() throws Exception {
        var bodies = new ArrayList<String>();
        SearchData.generate(
                0,
                CREATE_BODIES,
                (type, id, json) -> {
                    if (type.equals("Observation")) {
                        bodies.add(json.replaceFirst("\"id\":\"o[0-9]+\",", ""));
                    }
                });
        report.table(
                "Small creates, %d connections, medians of %d rounds"
                        .formatted(CREATE_CONNECTIONS, workload.rounds()),
                List.of(
                        "server",
                        "p50 ms",
                        "p99 ms",
                        "commits a sync",
                        "CPU us an answer",
                        "answers/s",
                        "first is faster by"));
        var rows = new Rows();
        for (Contender contender : contenders) {
            List<Message> messages =
                    bodies.stream()
                            .map(body -> new Message("POST", contender.path("Observation"), body))
                            .toList();
            measure(rows, contender, messages, CREATE_CONNECTIONS);
        }
    }

    private static Search search(String name, IntFunction<String> url) {
        return new Search(name, IntStream.range(0, SINGLE_SEARCHES).mapToObj(url).toList());
    }

    private static List<Search> kinds(int observations) {
        int patients = Math.max(1, observations / SearchData.PER_PATIENT);
        return List.of(
                search("token", i -> "Observation?code=http://loinc.org%7Ccode-" + code(i)),
                search("code + date", i -> "Observation?code=code-" + code(i) + "&date=" + year(i)),
                search(
                        "date range, sorted",
                        i ->
                                "Observation?date=ge"
                                        + year(i)
                                        + "-03-01&date=lt"
                                        + year(i)
                                        + "-03-08&_sort=-date"),
                search(
                        "patient + code",
                        i ->
                                "Observation?patient=Patient/p"
                                        + i * 31 % patients
                                        + "&code=code-"
                                        + code(i)),
                search(
                        "chained",
                        i -> "Observation?patient.family=family" + i % SearchData.FAMILIES),
                search("_has", i -> "Patient?_has:Observation:patient:code=code-" + code(i)),
                search("value", i -> "Observation?value-quantity=ge" + (150 + i % 50)),
                search("sorted", i -> "Observation?_sort=-date&status=amended"),
                search(
                        "code, sorted, _include",
                        i ->
                                "Observation?code=code-"
                                        + code(i)
                                        + "&_sort=-date&_include=Observation:patient"),
                search(
                        "_revinclude",
                        i ->
                                "Patient?_id=p"
                                        + i * 17 % patients
                                        + "&_revinclude=Observation:patient"));
    }

    private static int code(int i) {
        return i % SearchData.CODES;
    }

    private static int year(int i) {
        return 2000 + i % 20;
    }

    private void searches(int size) throws Exception {
        report.table(
                "Searches over %,d observations, pages of 20, one after the other, after %.0f s"
                        .formatted(size, workload.warmUp()),
                List.of(
                        "search, server",
                        "p50 ms",
                        "p99 ms",
                        "CPU ms an answer",
                        "first is faster by (p50)"));
        for (Search kind : kinds(size)) {
            var rows = new Rows();
            for (Contender contender : with(size)) {
                List<Message> messages =
                        contender.gets(
                                kind.urls().stream().map(url -> url + "&_count=20").toList());
                Requests.send(contender.base(), messages, 1, workload.warmUp());
                double cpu = contender.cpu();
                Round round = Requests.send(contender.base(), messages, 1, workload.seconds());
                var named =
                        new Contender(
                                kind.name() + ", " + contender.name(),
                                contender.base(),
                                contender.process(),
                                contender.database(),
                                contender.folder());
                if (round.failures() > 0) {
                    rows.refused(named, "refused");
                    continue;
                }
                rows.add(
                        named,
                        round.milliseconds(0.5),
                        false,
                        List.of(
                                figure(round.milliseconds(0.5), 2),
                                figure(round.milliseconds(0.99), 2),
                                figure((contender.cpu() - cpu) * 1e3 / round.count(), 2)));
            }
        }
    }

    private void views() throws Exception {
        report.table(
                "A flat view of all observations as CSV, and its first 50 rows",
                List.of(
                        "server",
                        "rows",
                        "seconds",
                        "CPU s",
                        "first 50, p50 ms",
                        "rows/s",
                        "first is faster by"));
        var rows = new Rows();
        for (Contender contender : contenders) {
            var put =
                    HttpRequest.newBuilder(URI.create(contender.base() + "/ViewDefinition/values"))
                            .header("Content-Type", "application/fhir+json")
                            .PUT(HttpRequest.BodyPublishers.ofString(VIEW))
                            .build();
            int status = client.send(put, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status / 100 != 2) {
                rows.refused(contender, "refuses views with %d".formatted(status));
                continue;
            }
            String run = "ViewDefinition/values/$viewdefinition-run?_format=csv";
            if (count(contender, run) < 0) {
                rows.refused(contender, "fails to run views");
                continue;
            }
            double cpu = contender.cpu();
            long begun = System.nanoTime();
            long count = count(contender, run);
            double seconds = (System.nanoTime() - begun) / 1e9;
            cpu = contender.cpu() - cpu;
            List<Message> first = contender.gets(List.of(run + "&_limit=50"));
            Requests.send(contender.base(), first, 1, workload.seconds());
            Round few = Requests.send(contender.base(), first, 1, workload.seconds());
            rows.add(
                    contender,
                    count / seconds,
                    true,
                    List.of(
                            figure(count, 0),
                            figure(seconds, 2),
                            figure(cpu, 2),
                            figure(few.milliseconds(0.5), 2),
                            figure(count / seconds, 0)));
        }
    }

    private long count(Contender contender, String below) throws Exception {
        return lines(URI.create(contender.base() + "/" + below)) - 1;
    }

    private void exports() throws Exception {
        report.table(
                "Bulk export of everything, to the last file written",
                List.of(
                        "server",
                        "resources",
                        "seconds",
                        "CPU s",
                        "resources/s",
                        "first is faster by"));
        var rows = new Rows();
        for (Contender contender : contenders) {
            double cpu = contender.cpu();
            long begun = System.nanoTime();
            Optional<URI> job = export(contender.base());
            if (job.isEmpty()) {
                rows.refused(contender, "refuses exports");
                continue;
            }
            Optional<JsonObject> manifest = ended(job.get());
            double seconds = (System.nanoTime() - begun) / 1e9;
            if (manifest.isEmpty()) {
                rows.refused(contender, "not done after %,.0f s".formatted(seconds));
                continue;
            }
            cpu = contender.cpu() - cpu;
            long resources = 0;
            for (JsonObject output : manifest.get().objects("output")) {
                resources += lines(URI.create(output.string("url").orElseThrow()));
            }
            rows.add(
                    contender,
                    resources / seconds,
                    true,
                    List.of(
                            figure(resources, 0),
                            figure(seconds, 2),
                            figure(cpu, 2),
                            figure(resources / seconds, 0)));
        }
    }

    /** Begins an export: where its state is asked for; empty if the server refuses. */
    private Optional<URI> export(URI base) throws Exception {
        HttpResponse<byte[]> answer =
                client.send(
                        HttpRequest.newBuilder(URI.create(base + "/$export"))
                                .header("Accept", "application/fhir+json")
                                .header("Prefer", "respond-async")
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        return answer.statusCode() == 202
                ? answer.headers().firstValue("Content-Location").map(URI::create)
                : Optional.empty();
    }

    /** The manifest; empty if it takes longer than our patience, and is cancelled then. */
    private Optional<JsonObject> ended(URI job) throws Exception {
        var status = HttpRequest.newBuilder(job).header("Accept", "application/json").build();
        long end = System.nanoTime() + workload.patience().toNanos();
        HttpResponse<byte[]> answer;
        do {
            if (System.nanoTime() > end) {
                client.send(
                        HttpRequest.newBuilder(job).DELETE().build(),
                        HttpResponse.BodyHandlers.discarding());
                return Optional.empty();
            }
            Thread.sleep(50);
            answer = client.send(status, HttpResponse.BodyHandlers.ofByteArray());
        } while (answer.statusCode() == 202 || answer.statusCode() == 429);
        if (answer.statusCode() != 200) {
            throw new IOException("the export ended with " + answer.statusCode());
        }
        return Optional.of(JsonReader.readObject(answer.body()));
    }

    /** How many lines are there; 0 if the server refuses. */
    private long lines(URI url) throws Exception {
        var request = HttpRequest.newBuilder(url).build();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofLines());
        try (var lines = answer.body()) {
            return answer.statusCode() == 200 ? lines.count() : 0;
        }
    }

    private void memory() throws IOException {
        report.table("Most memory of the server's process", List.of("server", "megabytes"));
        for (Contender contender : contenders) {
            report.row(List.of(contender.name(), figure(contender.peakMegabytes(), 0)));
        }
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** What a server says that it is. */
    static String software(Contender contender, HttpClient client)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(contender.base() + "/metadata")).build();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        Map<String, String> words = new LinkedHashMap<>();
        JsonObject software = JsonReader.readObject(answer.body()).object("software").orElseThrow();
        software.string("name").ifPresent(name -> words.put("name", name));
        software.string("version").ifPresent(version -> words.put("version", version));
        return String.join(" ", words.values());
    }
}
