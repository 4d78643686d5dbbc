package dev.andiron.fhir.path.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.format.XmlFormat;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathException;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.fhir.path.suite.SuiteCase.Output;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The official FHIRPath tests on our compiler. A case may fail only when the list of known
 * exceptions gives a reason, and a case in the list has to fail.
 */
class OfficialSuiteTest {
    private static final JsonObject NOTHING =
            JsonObject.builder().put("resourceType", "Parameters").build();

    private final Map<String, JsonObject> inputs = new HashMap<>();

    @ParameterizedTest
    @CsvSource({"r4, R4", "r5, R5"})
    void passesAllButTheKnownExceptions(String name, FhirVersion version) throws Exception {
        var suite = new Suite(name);
        Definitions definitions = Definitions.of(version);
        Map<String, String> known = suite.knownExceptions();
        var failed = new TreeMap<String, String>();
        List<SuiteCase> cases = suite.cases();
        for (SuiteCase each : cases) {
            String problem = problem(suite, each, definitions);
            if (!problem.isEmpty()) {
                failed.put(each.name(), problem);
            }
        }
        System.out.println(
                "official FHIRPath suite "
                        + name
                        + ", definitions "
                        + version
                        + ": "
                        + (cases.size() - failed.size())
                        + " passed, "
                        + failed.size()
                        + " failed, 0 skipped of "
                        + cases.size());
        var unexpected = new ArrayList<String>();
        failed.forEach(
                (test, problem) -> {
                    String reason = known.get(test);
                    if (reason == null) {
                        unexpected.add(test + ": " + problem);
                    } else {
                        System.out.println("  known: " + test + ": " + reason);
                    }
                });
        known.keySet().stream()
                .filter(test -> !failed.containsKey(test))
                .forEach(test -> unexpected.add(test + ": passes, and is listed as an exception"));
        assertEquals(List.of(), unexpected, () -> String.join("\n", unexpected));
        assertTrue(cases.size() > 900, () -> "only " + cases.size() + " cases");
    }

    /** What is wrong; empty when the case passes. */
    private String problem(Suite suite, SuiteCase test, Definitions definitions)
            throws IOException {
        List<PathNode> values;
        try {
            // A document of CDA is no resource.
            String file = test.mode().equals("cda") ? "" : test.inputFile();
            JsonObject input = input(suite, file, definitions);
            String type = file.isEmpty() ? "" : input.string("resourceType").get();
            values = Path.compile(test.expression(), type, definitions).evaluate(input);
        } catch (FhirException e) {
            return "input: " + e.getMessage();
        } catch (PathException e) {
            return test.invalid().isEmpty() ? "refused: " + e.getMessage() : "";
        }
        if (!test.invalid().isEmpty()) {
            return "not refused, gives " + values;
        }
        if (test.isPredicate()) {
            boolean truth = !values.isEmpty() && !"false".equals(values.getFirst().textOrNull());
            return test.outputs().getFirst().value().equals("" + truth) ? "" : "gives " + truth;
        }
        return compare(test, values);
    }

    private static String compare(SuiteCase test, List<PathNode> values) {
        boolean same = values.size() == test.outputs().size();
        for (int i = 0; same && i < values.size(); i++) {
            Output wanted = test.outputs().get(i);
            same =
                    test.isOrdered()
                            ? matches(wanted, values.get(i))
                            : values.stream().anyMatch(value -> matches(wanted, value));
        }
        return same ? "" : "wanted " + test.outputs() + ", got " + values;
    }

    private static boolean matches(Output wanted, PathNode value) {
        String type = value.typeName();
        String plain =
                value.isComputed() && !type.equals("Quantity")
                        ? Character.toLowerCase(type.charAt(0)) + type.substring(1)
                        : type;
        return (wanted.type().isEmpty() || isType(wanted.type(), plain))
                && (wanted.value().isEmpty() || isText(wanted, value));
    }

    /** The suite writes dates of all kinds as dateTime. */
    private static boolean isType(String wanted, String given) {
        return wanted.equals(given) || wanted.equals("dateTime") && given.equals("date");
    }

    private static boolean isText(Output wanted, PathNode value) {
        String text = value.textOrNull();
        return switch (wanted.type()) {
            case "Quantity" -> quantity(value).equals(wanted.value());
            case "decimal" -> isNumber(wanted.value(), value.valueOrNull());
            case "date", "dateTime", "time" ->
                    wanted.value().replaceFirst("^@T?", "").replaceFirst("T$", "").equals(text);
            case "" ->
                    wanted.value().equals(plain(value))
                            || isNumber(wanted.value(), value.valueOrNull());
            default -> wanted.value().equals(text);
        };
    }

    private static boolean isNumber(String wanted, JsonValue value) {
        return value instanceof JsonNumber number
                && wanted.matches("-?[0-9.]+")
                && number.decimal().compareTo(new BigDecimal(wanted)) == 0;
    }

    private static String quantity(PathNode value) {
        return value.valueOrNull() instanceof JsonObject quantity
                        && quantity.get("value") instanceof JsonNumber number
                ? number.text() + " '" + quantity.string("code").orElse("") + "'"
                : "";
    }

    /** Of a case that names no type. */
    private static String plain(PathNode value) {
        return switch (value.typeName()) {
            case "Quantity" -> quantity(value);
            case "Date", "DateTime" -> "@" + value.textOrNull();
            case "Time" -> "@T" + value.textOrNull();
            default -> String.valueOf(value.textOrNull());
        };
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
