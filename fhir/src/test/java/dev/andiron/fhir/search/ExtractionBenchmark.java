package dev.andiron.fhir.search;

import ca.uhn.fhir.fhirpath.IFhirPath;

import dev.andiron.fhir.SyntheaBundles;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.path.hapi.HapiEngine;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.search.SearchFeature;

import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Prints from how many resources one thread gets all search values in a second of its CPU time,
 * from stored bytes: ours against HAPI's parser and FHIRPath engine, which parses each expression
 * once, too, and is spared making values of what it finds.
 */
public final class ExtractionBenchmark {
    private static final int ROUNDS = 7;
    private static final int WARM_UP = 6;
    private static final long ROUND_NANOSECONDS = 500_000_000L;
    private static final int LEAST = 1_000;

    private ExtractionBenchmark() {}

    /** Gives how many values a resource has. */
    private interface Runner {
        int values(Json resource);
    }

    private record Measured(long values, double resourcesPerSecond) {}

    public static void main(String[] arguments) throws IOException {
        List<Json> resources =
                SyntheaBundles.resources(Path.of(arguments[0])).values().stream()
                        .flatMap(Collection::stream)
                        .distinct()
                        .toList();
        if (resources.size() < LEAST) {
            throw new IllegalArgumentException(
                    resources.size() + " different resources are too few, wanted are " + LEAST);
        }
        long bytes = resources.stream().mapToLong(Json::length).sum();
        Definitions definitions = Definitions.of(FhirVersion.R4);
        var extractor = new SearchValueExtractor(definitions, List.of());
        var hapi = new HapiExtraction(definitions);
        Measured theirs = measure(resources, hapi::values);
        System.out.printf(
                Locale.ROOT,
                "Java %s, one thread, CPU time, medians of %d rounds, %,d different resources of"
                    + " %,d bytes on average%n%n| from bytes | values | resources/s | to HAPI |%n|"
                    + " --- | ---: | ---: | ---: |%n",
                Runtime.version(),
                ROUNDS,
                resources.size(),
                bytes / resources.size());
        print("HAPI, parser and FHIRPath", theirs, theirs);
        print("parsed only", measure(resources, ExtractionBenchmark::parsed), theirs);
        print("without full text", measure(resources, extraction(extractor, Set.of())), theirs);
        print(
                "with full text",
                measure(resources, extraction(extractor, Set.of(SearchFeature.FULL_TEXT))),
                theirs);
    }

    private static void print(String name, Measured measured, Measured theirs) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %,d | %,.0f | %.1f |%n",
                name,
                measured.values(),
                measured.resourcesPerSecond(),
                measured.resourcesPerSecond() / theirs.resourcesPerSecond());
    }

    private static int parsed(Json resource) {
        return JsonReader.readObject(resource.bytes()).size();
    }

    private static Runner extraction(SearchValueExtractor extractor, Set<SearchFeature> features) {
        return resource ->
                extractor.extract(JsonReader.readObject(resource.bytes()), features).size();
    }

    private static Measured measure(List<Json> resources, Runner runner) {
        var speeds = new double[ROUNDS];
        long values = 0;
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            long passes = 0;
            long start = cpuNanoseconds();
            long end = start;
            while (end - start < ROUND_NANOSECONDS) {
                values = 0;
                for (Json resource : resources) {
                    values += runner.values(resource);
                }
                passes++;
                end = cpuNanoseconds();
            }
            if (round >= 0) {
                speeds[round] = passes * resources.size() * 1e9 / (end - start);
            }
        }
        Arrays.sort(speeds);
        return new Measured(values, speeds[ROUNDS / 2]);
    }

    private static long cpuNanoseconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** The elements that HAPI's engine finds by the same parameters. */
    private static final class HapiExtraction {
        private final HapiEngine hapi = HapiEngine.of(FhirVersion.R4);
        private final Definitions definitions;
        private final Map<String, List<IFhirPath.IParsedExpression>> parsed = new HashMap<>();

        HapiExtraction(Definitions definitions) {
            this.definitions = definitions;
        }

        int values(Json json) {
            IBaseResource resource = hapi.parser().parseResource(json.toString());
            int values = 0;
            var expressions = parsed.computeIfAbsent(resource.fhirType(), this::parse);
            for (var each = expressions.iterator(); each.hasNext(); ) {
                try {
                    values += hapi.engine().evaluate(resource, each.next(), IBase.class).size();
                } catch (UnsupportedOperationException needsUcum) {
                    // A union of quantities needs a UCUM service; HAPI is spared it from now on.
                    each.remove();
                }
            }
            return values;
        }

        private List<IFhirPath.IParsedExpression> parse(String type) {
            var expressions = new ArrayList<IFhirPath.IParsedExpression>();
            for (SearchParameter parameter : definitions.searchParameters(type)) {
                if (!parameter.expression().isEmpty()
                        && !SearchValueExtractor.FACTS.contains(parameter.code())) {
                    try {
                        expressions.add(hapi.engine().parse(parameter.expression()));
                    } catch (Exception e) {
                        throw new IllegalStateException(parameter.expression(), e);
                    }
                }
            }
            return expressions;
        }
    }
}
