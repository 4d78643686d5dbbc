package dev.andiron.server.view;

import com.sun.management.OperatingSystemMXBean;

import dev.andiron.fhir.SyntheaBundles;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.fhir.view.CsvTable;
import dev.andiron.fhir.view.ExampleViews;
import dev.andiron.fhir.view.TableWriter;
import dev.andiron.kernel.lent.ScanViews;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.Options;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.ViewRequest;
import dev.andiron.sqlite.SqliteProvider;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Prints what tables cost from a SQLite file to CSV: views that run inside the database against the
 * same views in the server. CPU time is that of the whole process, with the collector and the
 * compiler.
 */
public final class NativeViewBenchmark {
    private static final List<String> VIEWS =
            List.of(
                    "observations",
                    "patient_addresses",
                    "us_core_patients",
                    "encounters",
                    "us_core_blood_pressures");
    private static final int ROUNDS = 7;
    private static final int WARM_UPS = 3;
    private static final int LITTLE = 50;
    private static final int COMMIT = 1_000;
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);

    private NativeViewBenchmark() {}

    private record Context(Path dataDirectory, Options options) implements BackendContext {
        @Override
        public String backendName() {
            return "main";
        }

        @Override
        public InstantSource clock() {
            return InstantSource.system();
        }
    }

    /** How a view is run, up to so many rows. */
    private interface Runner extends Function<OptionalLong, RowCursor> {}

    private record Cost(long rows, double seconds, double cpuSeconds) {}

    /**
     * @param arguments a folder of Synthea bundles, and how many resources of each type to store
     */
    public static void main(String[] arguments) throws IOException {
        int most = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 50_000;
        Map<String, List<Json>> resources = SyntheaBundles.resources(Path.of(arguments[0]));
        Path folder = Files.createTempDirectory("andiron-views");
        var provider = new SqliteProvider();
        var options = Options.of(provider.options(), Map.of("path", folder.resolve("views.db")));
        try (Backend backend = provider.open(new Context(folder, options))) {
            for (String type : List.of("Observation", "Patient", "Encounter")) {
                store(backend, type, resources.get(type), most);
            }
            System.out.printf(
                    Locale.ROOT,
                    "Java %s, %d processors, SQLite file to CSV, medians of %d rounds, native and"
                            + " in-process by turns%n%n| view | rows | native rows/s | CPU us a row"
                            + " | first row ms | %d rows ms | in-process rows/s | CPU us a row |"
                            + " first row ms | %d rows ms | rows/s native to in-process | CPU"
                            + " in-process to native |%n|"
                            + " --- |%s%n",
                    Runtime.version(),
                    Runtime.getRuntime().availableProcessors(),
                    ROUNDS,
                    LITTLE,
                    LITTLE,
                    " ---: |".repeat(11));
            for (JsonObject definition : ExampleViews.all()) {
                if (VIEWS.contains(definition.string("name").orElseThrow())) {
                    compare(backend, CompiledView.compile(definition, "", R4));
                }
            }
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private static void store(Backend backend, String type, List<Json> given, int most) {
        var puts = new ArrayList<Mutation>(COMMIT);
        for (int i = 0; i < most; i++) {
            String text = given.get(i % given.size()).toString();
            var id = "r" + i;
            Json copy = Json.of(text.replaceFirst("\"id\": ?\"[^\"]*\"", "\"id\":\"" + id + "\""));
            puts.add(
                    new Mutation.Put(
                            new StoredResource(
                                    new ResourceKey(type, id),
                                    1,
                                    Instant.EPOCH,
                                    FhirVersion.R4,
                                    false,
                                    copy),
                            List.of()));
            if (puts.size() == COMMIT || i == most - 1) {
                backend.resources()
                        .orElseThrow()
                        .commit(TENANT, new Commit(List.of(), List.copyOf(puts)));
                puts.clear();
            }
        }
    }

    private static void compare(Backend backend, CompiledView view) throws IOException {
        Criterion all = Criterion.everything();
        Runner inside =
                limit ->
                        backend.views()
                                .orElseThrow()
                                .run(
                                        TENANT,
                                        new ViewRequest(
                                                view.portable().orElseThrow(),
                                                all,
                                                limit,
                                                view.functions()));
        var scan = new ScanViews(backend.resources().orElseThrow(), backend.search().orElseThrow());
        Runner server = limit -> scan.run(TENANT, view, all, limit);
        List<Cost> whole = medians(view, List.of(inside, server), OptionalLong.empty());
        List<Cost> one = medians(view, List.of(inside, server), OptionalLong.of(1));
        List<Cost> few = medians(view, List.of(inside, server), OptionalLong.of(LITTLE));
        System.out.printf(Locale.ROOT, "| %s | %,d ", view.name(), whole.getFirst().rows());
        for (int i = 0; i < whole.size(); i++) {
            System.out.printf(
                    Locale.ROOT,
                    "| %,.0f | %.2f | %.1f | %.1f ",
                    whole.get(i).rows() / whole.get(i).seconds(),
                    whole.get(i).cpuSeconds() * 1e6 / whole.get(i).rows(),
                    one.get(i).seconds() * 1e3,
                    few.get(i).seconds() * 1e3);
        }
        System.out.printf(
                Locale.ROOT,
                "| %.2f | %.2f |%n",
                whole.get(1).seconds() / whole.get(0).seconds(),
                whole.get(1).cpuSeconds() / whole.get(0).cpuSeconds());
    }

    /** What each runner costs, by turns. */
    private static List<Cost> medians(CompiledView view, List<Runner> runners, OptionalLong limit)
            throws IOException {
        var costs = new Cost[runners.size()][ROUNDS];
        for (int round = -WARM_UPS; round < ROUNDS; round++) {
            for (int i = 0; i < runners.size(); i++) {
                Cost cost = run(view, runners.get(i), limit);
                if (round >= 0) {
                    costs[i][round] = cost;
                }
            }
        }
        return Arrays.stream(costs).map(NativeViewBenchmark::median).toList();
    }

    private static Cost median(Cost[] costs) {
        double[] seconds = Arrays.stream(costs).mapToDouble(Cost::seconds).sorted().toArray();
        double[] cpu = Arrays.stream(costs).mapToDouble(Cost::cpuSeconds).sorted().toArray();
        return new Cost(costs[0].rows(), seconds[ROUNDS / 2], cpu[ROUNDS / 2]);
    }

    private static Cost run(CompiledView view, Runner runner, OptionalLong limit)
            throws IOException {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long count = 0;
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        try (RowCursor rows = runner.apply(limit);
                TableWriter table =
                        new CsvTable(
                                OutputStream.nullOutputStream(), view.columns(), true, false)) {
            for (List<Row> next = rows.next(); !next.isEmpty(); next = rows.next()) {
                for (Row row : next) {
                    table.write(row);
                }
                count += next.size();
            }
        }
        return new Cost(
                count, (System.nanoTime() - start) / 1e9, (system.getProcessCpuTime() - cpu) / 1e9);
    }
}
