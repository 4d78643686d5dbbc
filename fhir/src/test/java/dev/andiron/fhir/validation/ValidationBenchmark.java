package dev.andiron.fhir.validation;

import dev.andiron.fhir.SyntheaSample;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.resource.FhirVersion;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Prints how many resources of the sample a thread parses and checks in a second of CPU. */
final class ValidationBenchmark {
    private static final int ROUNDS = 10;
    private static final int COPIES = 200;

    private ValidationBenchmark() {}

    public static void main(String[] arguments) {
        var validator = new StructureValidator(Definitions.of(FhirVersion.R4));
        List<byte[]> sources =
                SyntheaSample.resources().stream()
                        .map(json -> json.getBytes(StandardCharsets.UTF_8))
                        .toList();
        for (int round = 0; round < ROUNDS; round++) {
            var trees = new ArrayList<JsonObject>();
            long start = cpuNanoseconds();
            for (int copy = 0; copy < COPIES; copy++) {
                sources.forEach(source -> trees.add(JsonReader.readObject(source)));
            }
            long parsed = cpuNanoseconds();
            int problems = 0;
            for (JsonObject tree : trees) {
                problems += validator.validate(tree, ValidationLevel.REQUIRED).size();
            }
            long checked = cpuNanoseconds();
            System.out.printf(
                    "%d resources, %d problems: parsed %,.0f/s, checked %,.0f/s%n",
                    trees.size(),
                    problems,
                    trees.size() * 1e9 / (parsed - start),
                    trees.size() * 1e9 / (checked - parsed));
        }
    }

    private static long cpuNanoseconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
