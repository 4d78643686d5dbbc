package dev.andiron.fhir.path.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.format.XmlFormat;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathDialect;
import dev.andiron.fhir.path.PathException;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The official FHIRPath tests on our compiler, and on HAPI's engine beside it. A case may fail only
 * when the list of known exceptions gives a reason, and a case in the list has to fail.
 */
class OfficialSuiteTest {
    private static final String HAPI_PASSES = "HAPI passes it; ";
    private static final JsonObject NOTHING =
            JsonObject.builder().put("resourceType", "Parameters").build();

    private final Map<String, JsonObject> inputs = new HashMap<>();

    @ParameterizedTest
    @CsvSource({"r4, R4", "r5, R5"})
    void passesAllButTheKnownExceptions(String name, FhirVersion version) throws Exception {
        var suite = new Suite(name);
        Definitions definitions = Definitions.of(version);
        var hapi = new HapiSuite(suite, version);
        var failed = new TreeMap<String, String>();
        var hapiFailed = new TreeMap<String, String>();
        int skipped = 0;
        List<SuiteCase> cases = suite.cases();
        for (SuiteCase each : cases) {
            if (each.mode().equals("cda")) {
                // A document of CDA is no resource, for neither.
                skipped++;
                continue;
            }
            String problem = problem(suite, each, definitions);
            if (!problem.isEmpty()) {
                failed.put(each.name(), problem);
            }
            String theirs = hapi.problem(each);
            if (!theirs.isEmpty()) {
                hapiFailed.put(each.name(), theirs);
            }
        }
        String title = "official FHIRPath suite " + name + ", definitions " + version + ", ";
        int run = cases.size() - skipped;
        System.out.println(title + "ours: " + counts(run, failed, skipped));
        System.out.println(title + "HAPI's engine: " + counts(run, hapiFailed, skipped));
        assertListed(suite.knownExceptions(), failed, hapiFailed.keySet());
        assertTrue(cases.size() > 900, () -> "only " + cases.size() + " cases");
        assertTrue(run - hapiFailed.size() > 700, "HAPI's engine is not run as it should be");
    }

    private static String counts(int run, Map<String, String> failed, int skipped) {
        return "%d passed, %d failed, %d skipped"
                .formatted(run - failed.size(), failed.size(), skipped);
    }

    /** The list says of each case that fails why, and whether HAPI's engine passes it. */
    private static void assertListed(
            Map<String, String> known, Map<String, String> failed, Set<String> hapiFailed) {
        var unexpected = new ArrayList<String>();
        failed.forEach(
                (test, problem) -> {
                    String reason = known.get(test);
                    if (reason == null) {
                        unexpected.add(
                                test
                                        + ": "
                                        + problem
                                        + (hapiFailed.contains(test) ? "" : ", HAPI passes"));
                        return;
                    }
                    System.out.println("  known: " + test + ": " + reason);
                    boolean passes = !hapiFailed.contains(test);
                    if (passes != reason.startsWith(HAPI_PASSES)) {
                        unexpected.add(test + ": HAPI passes it: " + passes + ", listed otherwise");
                    }
                });
        known.keySet().stream()
                .filter(test -> !failed.containsKey(test))
                .forEach(test -> unexpected.add(test + ": passes, and is listed as an exception"));
        assertEquals(List.of(), unexpected, () -> String.join("\n", unexpected));
    }

    /** What is wrong; empty when the case passes. */
    private String problem(Suite suite, SuiteCase test, Definitions definitions)
            throws IOException {
        List<Found> found;
        try {
            JsonObject input = input(suite, test.inputFile(), definitions);
            String type = test.inputFile().isEmpty() ? "" : input.string("resourceType").get();
            found =
                    Path.compile(test.expression(), type, definitions, dialect(test))
                            .evaluate(input)
                            .stream()
                            .map(OfficialSuiteTest::found)
                            .toList();
        } catch (FhirException e) {
            return "input: " + e.getMessage();
        } catch (PathException e) {
            return test.invalid().isEmpty() ? "refused: " + e.getMessage() : "";
        }
        return Found.compare(test, found);
    }

    private static PathDialect dialect(SuiteCase test) {
        return switch (test.mode()) {
            case "strict" -> PathDialect.STRICT;
            case "lenient/polymorphics" -> PathDialect.CHOICE_NAMES;
            default -> PathDialect.STANDARD;
        };
    }

    private static Found found(PathNode value) {
        String type = value.typeName();
        boolean isQuantity = type.equals("Quantity");
        String plain =
                value.isComputed() && !isQuantity
                        ? Character.toLowerCase(type.charAt(0)) + type.substring(1)
                        : type;
        String text = isQuantity ? quantity(value) : String.valueOf(value.textOrNull());
        return new Found(
                plain,
                text,
                value.isComputed() && Set.of("Date", "DateTime", "Time").contains(type),
                value.valueOrNull() instanceof JsonNumber);
    }

    private static String quantity(PathNode value) {
        return value.valueOrNull() instanceof JsonObject quantity
                        && quantity.get("value") instanceof JsonNumber number
                ? number.text() + " '" + quantity.string("code").orElse("") + "'"
                : "";
    }

    private JsonObject input(Suite suite, String file, Definitions definitions) throws IOException {
        if (file.isEmpty()) {
            return NOTHING;
        }
        JsonObject known = inputs.get(file);
        if (known == null) {
            byte[] bytes = suite.input(file);
            known =
                    file.endsWith(".json")
                            ? JsonReader.readObject(bytes)
                            : new XmlFormat(definitions).read(bytes);
            inputs.put(file, known);
        }
        return known;
    }
}
