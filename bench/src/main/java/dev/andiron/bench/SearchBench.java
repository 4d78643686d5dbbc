package dev.andiron.bench;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.search.Handling;
import dev.andiron.fhir.search.QueryParameter;
import dev.andiron.fhir.search.SearchContext;
import dev.andiron.fhir.search.SearchLimits;
import dev.andiron.fhir.search.SearchParser;
import dev.andiron.spi.Backend;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How long searches take in a backend, without HTTP, and how that grows with the data. Times are of
 * the searching thread's CPU, which other work on the machine disturbs less; SQLite searches on the
 * caller's thread, and to PostgreSQL's that of its own processes is added.
 */
final class SearchBench {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int PAGE = 20;
    private static final int REINDEXED = 20_000;
    private static final long MOST_NANOS = 5_000_000_000L;

    private final String plugin;
    private final Path folder;
    private final List<Integer> sizes;
    private final Optional<PostgresProcess> database;
    private final Map<String, List<Figures>> results = new LinkedHashMap<>();

    /** A kind of search; the number makes one of many different ones. */
    private record Kind(String name, Way way, IntFunction<String> url) {}

    /** What is measured of a search. */
    private enum Way {
        PAGE,
        COUNT,
        /** The page, and the reads of what it refers to. */
        INCLUDE,
        /** The page, and the search for what refers to it. */
        REVINCLUDE
    }

    private record Figures(double median, double worst, double hits) {}

    /**
     * @param sizes how many observations, ascending
     * @param database where the plugin's data is, if it is in a server
     */
    SearchBench(
            String plugin, Path folder, List<Integer> sizes, Optional<PostgresProcess> database) {
        this.database = database;
        this.plugin = plugin;
        this.folder = folder;
        this.sizes = sizes;
    }

    private static List<Kind> kinds(int observations) {
        int patients = Math.max(1, observations / SearchData.PER_PATIENT);
        return List.of(
                page(
                        "token",
                        i -> "Observation?code=http://loinc.org|code-" + i % SearchData.CODES),
                page(
                        "date range of a week",
                        i -> "Observation?date=ge" + day(i) + "&date=lt" + day(i, 7)),
                page(
                        "date range of a week, sorted",
                        i ->
                                "Observation?date=ge"
                                        + day(i)
                                        + "&date=lt"
                                        + day(i, 7)
                                        + "&_sort=-date"),
                page(
                        "code + date of a year",
                        i -> "Observation?code=code-" + i % SearchData.CODES + "&date=" + year(i)),
                page(
                        "patient + code",
                        i ->
                                "Observation?patient=p"
                                        + i % patients
                                        + "&code=code-"
                                        + i % SearchData.CODES),
                page("chained", i -> "Observation?patient.family=family" + i % SearchData.FAMILIES),
                page("chained, common", i -> "Observation?patient.gender=male"),
                page(
                        "_has",
                        i -> "Patient?_has:Observation:patient:code=code-" + i % SearchData.CODES),
                page(
                        "code and value together",
                        i ->
                                "Observation?code-value-quantity=code-"
                                        + i % SearchData.CODES
                                        + "$gt150"),
                page("value", i -> "Observation?value-quantity=ge" + (150 + i % 50)),
                page("sorted", i -> "Observation?_sort=-date"),
                page(
                        "code, sorted",
                        i -> "Observation?code=code-" + i % SearchData.CODES + "&_sort=-date"),
                page(
                        "code + status, sorted",
                        i -> "Observation?code=code-0&status=final&_sort=-date"),
                page(
                        "code + status, by date and code",
                        i -> "Observation?code=code-0&status=final&_sort=-date,code"),
                page(
                        "code + amended, sorted",
                        i -> "Observation?code=code-7&status=amended&_sort=-date"),
                page(
                        "patient, sorted",
                        i -> "Observation?patient=p" + i % patients + "&_sort=-date"),
                page("since", i -> "Observation?_lastUpdated=gt2000"),
                new Kind(
                        "_include",
                        Way.INCLUDE,
                        i -> "Observation?code=code-" + i % SearchData.CODES + "&date=ge" + day(i)),
                new Kind("_revinclude", Way.REVINCLUDE, i -> "Patient?_id=" + ids(i, patients)),
                new Kind("count of a code", Way.COUNT, i -> "Observation?code=code-0"),
                new Kind(
                        "count of a code + date",
                        Way.COUNT,
                        i -> "Observation?code=code-0&date=ge2001"));
    }

    private static Kind page(String name, IntFunction<String> url) {
        return new Kind(name, Way.PAGE, url);
    }

    /** Five patients. */
    private static String ids(int first, int patients) {
        return IntStream.range(first, first + 5)
                .mapToObj(i -> "p" + i % patients)
                .collect(Collectors.joining(","));
    }

    private static String day(int i) {
        return day(i, 0);
    }

    private static String day(int i, int later) {
        int day = (i * 37) % (SearchData.DAYS - 10) + later;
        return SearchData.START.plusSeconds(day * 86_400L).toString().substring(0, 10);
    }

    private static int year(int i) {
        return 2000 + i % 20;
    }

    void run() throws Exception {
        for (int size : sizes) {
            Path data = Files.createDirectories(folder.resolve(plugin + size));
            try (Backend backend = open(data)) {
                load(backend, size);
                measure(backend, size);
                reindex(backend);
            }
        }
        print();
    }

    /** The time of a search, CPU milliseconds, of the first size. */
    Map<String, Double> medians() {
        var medians = new LinkedHashMap<String, Double>();
        results.forEach((name, figures) -> medians.put(name, figures.getFirst().median()));
        return medians;
    }

    private long cpu() throws IOException {
        long server = database.isPresent() ? database.get().cpu().toNanos() : 0;
        return THREADS.getCurrentThreadCpuTime() + server;
    }

    private Backend open(Path data) {
        return BenchBackend.open(
                plugin,
                data,
                database.<Map<String, Object>>map(
                                server ->
                                        Map.of(
                                                "url",
                                                server.url(),
                                                "schema",
                                                data.getFileName().toString()))
                        .orElse(Map.of("path", data.resolve("bench.db"))));
    }

    private static void load(Backend backend, int size) {
        ResourceStore store = backend.resources().orElseThrow();
        if (store.head(TENANT, new ResourceKey("Observation", "o" + (size - 1))).isPresent()) {
            System.out.printf("%n%,d observations are there already%n", size);
            return;
        }
        long started = System.nanoTime();
        SearchData.indexed(store, TENANT).write(size);
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%n%,d observations and their patients written in %.0f s, %,.0f a second%n",
                size,
                seconds,
                (size + size / SearchData.PER_PATIENT) / seconds);
    }

    /** As a reindex job does it. */
    private static void reindex(Backend backend) {
        var data = SearchData.indexed(backend.resources().orElseThrow(), TENANT);
        long started = System.nanoTime();
        int indexed = data.indexAgain(REINDEXED);
        System.out.printf(
                Locale.ROOT,
                "%n%,d observations indexed again, %,.0f a second%n",
                indexed,
                indexed / ((System.nanoTime() - started) / 1e9));
    }

    private void measure(Backend backend, int size) throws IOException {
        var random = new Random(7);
        var parser =
                new SearchParser(
                        Definitions.of(FhirVersion.R4),
                        List.of(),
                        InstantSource.system(),
                        SearchLimits.DEFAULT);
        for (Kind kind : kinds(size)) {
            var times = new ArrayList<Double>();
            long hits = 0;
            long spent = 0;
            // The first ones warm up.
            for (int i = -20; i < 200 && (spent < MOST_NANOS || i < 3); i++) {
                Query query = query(parser, kind.url().apply(random.nextInt(1_000_000)));
                long before = cpu();
                long found = run(backend, kind.way(), query);
                long time = cpu() - before;
                spent += time;
                if (i >= 0) {
                    times.add(time / 1e6);
                    hits += found;
                }
            }
            Collections.sort(times);
            results.computeIfAbsent(kind.name(), name -> new ArrayList<>())
                    .add(
                            new Figures(
                                    times.get(times.size() / 2),
                                    times.get(Math.min(times.size() - 1, times.size() * 99 / 100)),
                                    (double) hits / times.size()));
        }
    }

    private static long run(Backend backend, Way way, Query query) {
        SearchEngine engine = backend.search().orElseThrow();
        if (way == Way.COUNT) {
            return engine.count(TENANT, query);
        }
        List<Hit> hits = engine.search(TENANT, query).hits();
        return (long) hits.size()
                + switch (way) {
                    case PAGE, COUNT -> 0;
                    case INCLUDE ->
                            backend.resources()
                                    .orElseThrow()
                                    .readMany(TENANT, subjects(hits))
                                    .size();
                    case REVINCLUDE -> engine.search(TENANT, referring(hits)).hits().size();
                };
    }

    private static Set<ResourceKey> subjects(List<Hit> hits) {
        return hits.stream()
                .map(
                        hit ->
                                JsonReader.readObject(
                                                hit.resource().orElseThrow().content().bytes())
                                        .object("subject")
                                        .orElseThrow()
                                        .string("reference")
                                        .orElseThrow()
                                        .split("/"))
                .map(reference -> new ResourceKey(reference[0], reference[1]))
                .collect(Collectors.toSet());
    }

    private static Query referring(List<Hit> hits) {
        var alternatives =
                hits.stream()
                        .<Criterion>map(
                                hit ->
                                        new Criterion.Value(
                                                "subject",
                                                new ValueTest.LocalReference(
                                                        Optional.of("Patient"),
                                                        hit.key().id(),
                                                        Optional.empty())))
                        .toList();
        return Query.of("Observation", new Criterion.Any(alternatives), 500);
    }

    private static Query query(SearchParser parser, String url) {
        String[] parts = url.split("\\?", 2);
        Query query =
                parser.parse(
                                SearchContext.standard(Definitions.of(FhirVersion.R4)),
                                parts[0],
                                QueryParameter.parse(parts[1]),
                                Handling.STRICT)
                        .query(Optional.empty());
        return new Query(
                Set.copyOf(query.types()),
                query.criterion(),
                query.sort(),
                PAGE,
                Optional.empty(),
                Query.Total.NONE);
    }

    private void print() {
        System.out.printf(
                "%n## Searches in %s, CPU ms of the searching thread%n%n| search |", plugin);
        for (int size : sizes) {
            System.out.printf(Locale.ROOT, " hits, %1$,d | p50 | p99 |", size);
        }
        System.out.print(sizes.size() > 1 ? " growth p50 | p99 |\n" : "\n");
        String columns = " ---: |".repeat(3 * sizes.size() + (sizes.size() > 1 ? 2 : 0));
        System.out.println("| --- |" + columns);
        results.forEach(
                (name, figures) -> {
                    System.out.print("| " + name + " |");
                    for (Figures each : figures) {
                        System.out.printf(
                                Locale.ROOT,
                                " %,.0f | %.2f | %.2f |",
                                each.hits(),
                                each.median(),
                                each.worst());
                    }
                    if (figures.size() > 1) {
                        System.out.printf(
                                Locale.ROOT,
                                " %.1f | %.1f |",
                                figures.getLast().median() / figures.getFirst().median(),
                                figures.getLast().worst() / figures.getFirst().worst());
                    }
                    System.out.println();
                });
    }

    /** The sizes of an option, such as {@code 100000,1000000}. */
    static List<Integer> sizes(String option) {
        return Arrays.stream(option.split(",")).map(Integer::valueOf).toList();
    }
}
