package dev.andiron.sqlite;

import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Prints how fast the store takes Synthea's resources with 15 index rows each, and how fast it
 * reads and searches them. To be run by hand.
 */
final class WriteBenchmark {
    private static final String LOINC = "http://loinc.org";
    private static final int CODES = 200;

    private final List<byte[]> bodies;
    private final Random random = new Random(42);
    private final List<ResourceKey> keys = new ArrayList<>();

    private WriteBenchmark(List<byte[]> bodies) {
        this.bodies = bodies;
    }

    /**
     * @param args a folder of bundles, how many resources to write, how many a commit, how many
     *     commits at once
     */
    public static void main(String[] args) throws IOException {
        var benchmark = new WriteBenchmark(SyntheaResources.read(Path.of(args[0])));
        int resources = Integer.parseInt(args[1]);
        int commitSize = Integer.parseInt(args[2]);
        int parallel = Integer.parseInt(args[3]);
        Path folder = Files.createTempDirectory("sqlite-benchmark");
        try (var backend = TestBackend.open(folder)) {
            benchmark.write(backend, Math.min(resources / 10, 10_000), commitSize, parallel);
            benchmark.write(backend, resources, commitSize, parallel);
            benchmark.read(backend);
            benchmark.search(backend);
        }
        System.out.printf(
                "%d B of file a resource%n",
                Files.size(folder.resolve("test.db")) / benchmark.keys.size());
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private void write(SqliteBackend backend, int resources, int commitSize, int parallel) {
        var commits = new ArrayList<Commit>();
        for (int i = 0; i < resources; i += commitSize) {
            var mutations = new ArrayList<Mutation>();
            for (int j = 0; j < commitSize; j++) {
                mutations.add(put());
            }
            commits.add(new Commit(List.of(), mutations));
        }
        var store = backend.resources().orElseThrow();
        var next = new AtomicInteger();
        long transactions = backend.database().writer().transactions();
        long start = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < parallel; i++) {
                threads.submit(
                        () -> {
                            int index = next.getAndIncrement();
                            while (index < commits.size()) {
                                store.commit(TestBackend.TENANT, commits.get(index));
                                index = next.getAndIncrement();
                            }
                        });
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%,.0f resources/s, %,.0f commits/s, %d commits in %d transactions%n",
                commits.size() * commitSize / seconds,
                commits.size() / seconds,
                commits.size(),
                backend.database().writer().transactions() - transactions);
    }

    private Mutation put() {
        var key =
                new ResourceKey(
                        "Observation", new UUID(random.nextLong(), random.nextLong()).toString());
        keys.add(key);
        var values = new ArrayList<SearchValue>();
        for (int i = 0; i < 8; i++) {
            String code = i == 0 ? "id-" + keys.size() : i + "-" + random.nextInt(CODES);
            String display = i > 0 && i < 4 ? "display " + code : "";
            values.add(new SearchValue.Token("token" + i, LOINC, code, display));
        }
        for (int i = 0; i < 3; i++) {
            values.add(
                    new SearchValue.LocalReference(
                            "reference" + i, "Patient", "patient-" + keys.size() / 1000 + i, ""));
        }
        for (int i = 0; i < 2; i++) {
            var at = Instant.ofEpochSecond(1_200_000_000L + random.nextInt(500_000_000));
            values.add(new SearchValue.Date("date" + i, at, at.plusSeconds(1)));
        }
        var number = BigDecimal.valueOf(random.nextInt(10_000), 2);
        values.add(
                new SearchValue.Quantity(
                        "quantity", number, number, number, LOINC, "g", "g", number, number));
        return new Mutation.Put(
                new StoredResource(
                        key,
                        1,
                        Instant.ofEpochMilli(1_700_000_000_000L),
                        FhirVersion.R4,
                        false,
                        Json.of(bodies.get(keys.size() % bodies.size()))),
                values);
    }

    private void read(SqliteBackend backend) {
        var store = backend.resources().orElseThrow();
        for (int round = 0; round < 2; round++) {
            int reads = 50_000;
            long start = System.nanoTime();
            for (int i = 0; i < reads; i++) {
                store.read(TestBackend.TENANT, keys.get(random.nextInt(keys.size())));
            }
            System.out.printf("%,.0f reads/s%n", reads / ((System.nanoTime() - start) / 1e9));
        }
    }

    private void search(SqliteBackend backend) {
        var engine = backend.search().orElseThrow();
        for (var sort :
                List.of(
                        List.<Sort>of(),
                        List.<Sort>of(new Sort.Parameter("date0", Sort.ValueKind.DATE, true)))) {
            for (int round = 0; round < 2; round++) {
                int searches = sort.isEmpty() ? 5_000 : 500;
                long hits = 0;
                long start = System.nanoTime();
                for (int i = 0; i < searches; i++) {
                    var test =
                            new ValueTest.Token(
                                    Optional.of(LOINC), Optional.of("5-" + random.nextInt(CODES)));
                    var query =
                            new Query(
                                    Set.of("Observation"),
                                    new Criterion.Value("token5", test),
                                    sort,
                                    20,
                                    Optional.empty(),
                                    Query.Total.NONE);
                    hits += engine.search(TestBackend.TENANT, query).hits().size();
                }
                System.out.printf(
                        "%,.0f searches/s %s, %d hits%n",
                        searches / ((System.nanoTime() - start) / 1e9),
                        sort.isEmpty() ? "in default order" : "sorted by date",
                        hits);
            }
        }
    }
}
