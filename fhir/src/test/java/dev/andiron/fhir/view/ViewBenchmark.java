package dev.andiron.fhir.view;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.fhirpath.IFhirPath;
import ca.uhn.fhir.parser.IParser;

import dev.andiron.fhir.SyntheaBundles;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;

import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IPrimitiveType;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Prints how many rows one thread makes in a second of its CPU time, from stored bytes to rows:
 * compiled views against HAPI's parser and FHIRPath engine, which parses each path once, too.
 */
public final class ViewBenchmark {
    private static final List<String> VIEWS =
            List.of(
                    "observations",
                    "patient_addresses",
                    "us_core_patients",
                    "encounters",
                    "us_core_blood_pressures");
    private static final int ROUNDS = 7;
    private static final long ROUND_NANOSECONDS = 500_000_000L;

    private ViewBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Definitions definitions = Definitions.of(FhirVersion.R4);
        Map<String, List<Json>> resources = SyntheaBundles.resources(Path.of(arguments[0]));
        System.out.printf(
                Locale.ROOT,
                "Java %s, one thread, CPU time, medians of %d rounds%n%n| view | resources | rows |"
                        + " Andiron resources/s | Andiron rows/s | HAPI resources/s | HAPI rows/s |"
                        + " ratio |%n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |%n",
                Runtime.version(),
                ROUNDS);
        for (JsonObject definition : ExampleViews.all()) {
            String name = definition.string("name").orElseThrow();
            if (!VIEWS.contains(name)) {
                continue;
            }
            CompiledView view = CompiledView.compile(definition, "", definitions);
            List<Json> all = resources.getOrDefault(view.resourceType(), List.of());
            var hapi = new HapiView(definition);
            Measured ours = measure(all, resource -> rows(view, resource));
            Measured theirs = measure(all, hapi::rows);
            if (ours.rows() != theirs.rows()) {
                throw new IllegalStateException(
                        name + ": " + ours.rows() + " rows, HAPI has " + theirs.rows());
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %,d | %,.0f | %,.0f | %,.0f | %,.0f | %.1f |%n",
                    name,
                    all.size(),
                    ours.rows(),
                    ours.resourcesPerSecond(),
                    ours.rowsPerSecond(),
                    theirs.resourcesPerSecond(),
                    theirs.rowsPerSecond(),
                    ours.resourcesPerSecond() / theirs.resourcesPerSecond());
        }
    }

    private static int rows(CompiledView view, Json resource) {
        var count = new int[1];
        view.rows(
                resource,
                row -> {
                    count[0]++;
                    return true;
                });
        return count[0];
    }

    private interface Runner {
        int rows(Json resource);
    }

    private record Measured(long rows, double resourcesPerSecond, double rowsPerSecond) {}

    private static Measured measure(List<Json> resources, Runner runner) {
        var speeds = new double[ROUNDS];
        long rows = 0;
        for (int round = -2; round < ROUNDS; round++) {
            long passes = 0;
            long start = cpuNanoseconds();
            long end = start;
            while (end - start < ROUND_NANOSECONDS) {
                rows = 0;
                for (Json resource : resources) {
                    rows += runner.rows(resource);
                }
                passes++;
                end = cpuNanoseconds();
            }
            if (round >= 0) {
                speeds[round] = passes * resources.size() * 1e9 / (end - start);
            }
        }
        Arrays.sort(speeds);
        double median = speeds[ROUNDS / 2];
        return new Measured(rows, median, median * rows / resources.size());
    }

    private static long cpuNanoseconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** The same table by HAPI; keys, which its FHIRPath lacks, are ids and references there. */
    private static final class HapiView {
        private static final FhirContext CONTEXT = FhirContext.forR4();
        private static final IFhirPath ENGINE = CONTEXT.newFhirPath();

        private final IParser parser = CONTEXT.newJsonParser();
        private final Map<String, IFhirPath.IParsedExpression> parsed = new HashMap<>();
        private final List<JsonObject> selections;
        private final List<String> where;
        private final Map<String, String> constants = new HashMap<>();

        HapiView(JsonObject view) {
            for (JsonObject constant : view.objects("constant")) {
                constants.put(
                        "%" + constant.string("name").orElseThrow(),
                        "'" + constant.string("valueCode").orElseThrow() + "'");
            }
            selections = view.objects("select");
            where =
                    view.objects("where").stream()
                            .map(condition -> condition.string("path").orElseThrow())
                            .toList();
        }

        int rows(Json json) {
            IBaseResource resource = parser.parseResource(json.toString());
            for (String condition : where) {
                boolean holds =
                        evaluate(resource, condition).stream()
                                .allMatch(
                                        value ->
                                                value instanceof IPrimitiveType<?> primitive
                                                        && Boolean.TRUE.equals(
                                                                primitive.getValue()));
                if (!holds) {
                    return 0;
                }
            }
            return selections(selections, resource).size();
        }

        private List<List<Object>> selections(List<JsonObject> all, IBase focus) {
            List<List<Object>> rows = List.of(List.of());
            for (JsonObject selection : all) {
                rows = product(rows, selection(selection, focus));
            }
            return rows;
        }

        private List<List<Object>> selection(JsonObject selection, IBase focus) {
            List<? extends IBase> elements =
                    selection
                            .string("forEach")
                            .<List<? extends IBase>>map(path -> evaluate(focus, path))
                            .orElse(List.of(focus));
            var rows = new ArrayList<List<Object>>();
            for (IBase element : elements) {
                var own = new ArrayList<Object>();
                for (JsonObject column : selection.objects("column")) {
                    List<IBase> values = evaluate(element, column.string("path").orElseThrow());
                    own.add(
                            values.stream()
                                    .map(
                                            value ->
                                                    value instanceof IPrimitiveType<?> primitive
                                                            ? primitive.getValueAsString()
                                                            : value)
                                    .toList());
                }
                rows.addAll(
                        product(List.of(own), selections(selection.objects("select"), element)));
            }
            return rows;
        }

        private static List<List<Object>> product(
                List<List<Object>> left, List<List<Object>> right) {
            var product = new ArrayList<List<Object>>();
            for (List<Object> one : left) {
                for (List<Object> other : right) {
                    var row = new ArrayList<>(one);
                    row.addAll(other);
                    product.add(row);
                }
            }
            return product;
        }

        private List<IBase> evaluate(IBase focus, String path) {
            return ENGINE.evaluate(focus, parsed.computeIfAbsent(path, this::parse), IBase.class);
        }

        private IFhirPath.IParsedExpression parse(String path) {
            String known =
                    path.replace("getResourceKey()", "id")
                            .replaceAll("\\.getReferenceKey\\([A-Za-z]*\\)", ".reference");
            for (Map.Entry<String, String> constant : constants.entrySet()) {
                known = known.replace(constant.getKey(), constant.getValue());
            }
            try {
                return ENGINE.parse(known);
            } catch (Exception e) {
                throw new IllegalStateException(path, e);
            }
        }
    }
}
