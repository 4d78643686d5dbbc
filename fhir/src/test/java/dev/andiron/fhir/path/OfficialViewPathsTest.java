package dev.andiron.fhir.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every path of the official tests of SQL on FHIR compiles and evaluates, with its constants. */
class OfficialViewPathsTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final List<String> FILES =
            List.of(
                    "basic",
                    "collection",
                    "combinations",
                    "constant",
                    "constant_types",
                    "fhirpath",
                    "fhirpath_numbers",
                    "fn_boundary",
                    "fn_empty",
                    "fn_extension",
                    "fn_first",
                    "fn_join",
                    "fn_oftype",
                    "fn_reference_keys",
                    "foreach",
                    "logic",
                    "repeat",
                    "row_index",
                    "union",
                    "where");

    private final Map<String, String> problems = new TreeMap<>();
    private int paths;
    private int values;

    @Test
    void allPathsEvaluate() throws IOException {
        for (String file : FILES) {
            JsonObject suite = read(file);
            for (JsonObject test : suite.objects("tests")) {
                if (!test.has("expectError")) {
                    run(file, test, suite.objects("resources"));
                }
            }
        }
        assertEquals(Map.of(), problems);
        assertTrue(paths > 300 && values > 700, () -> paths + " paths, " + values + " values");
    }

    private static JsonObject read(String name) throws IOException {
        try (InputStream in =
                Definitions.class.getResourceAsStream(
                        "/dev/andiron/fhir/view/official/" + name + ".json")) {
            return JsonReader.readObject(in.readAllBytes());
        }
    }

    private void run(String file, JsonObject test, List<JsonObject> resources) {
        JsonObject view = test.object("view").orElseThrow();
        String type = view.string("resource").orElseThrow();
        var constants = new HashMap<String, List<PathNode>>();
        constants.put("rowIndex", List.of(Path.constant("integer", JsonNumber.of(0), R4)));
        for (JsonObject constant : view.objects("constant")) {
            constants.put(constant.string("name").orElseThrow(), List.of(constant(constant)));
        }
        List<PathNode> roots =
                resources.stream()
                        .filter(each -> each.string("resourceType").orElse("").equals(type))
                        .map(each -> Path.root(each, R4))
                        .toList();
        for (JsonObject where : view.objects("where")) {
            evaluate(file, where.string("path").orElseThrow(), type, roots, constants);
        }
        for (JsonObject select : view.objects("select")) {
            select(file, select, type, roots, constants);
        }
    }

    /** The paths of columns are evaluated on what the iteration around them found. */
    private void select(
            String file,
            JsonObject select,
            String type,
            List<PathNode> nodes,
            Map<String, List<PathNode>> constants) {
        List<PathNode> here = nodes;
        String hereType = type;
        var walked = new ArrayList<String>();
        select.string("forEach").ifPresent(walked::add);
        select.string("forEachOrNull").ifPresent(walked::add);
        for (JsonValue path : select.array("repeat").orElse(JsonArray.of())) {
            // A repeated path is walked from nodes of several types.
            evaluate(file, ((JsonString) path).value(), "", nodes, constants);
        }
        for (String path : walked) {
            here = evaluate(file, path, type, nodes, constants);
            hereType = here.isEmpty() ? hereType : here.getFirst().typeName();
        }
        if (here.isEmpty() || select.has("repeat")) {
            return;
        }
        for (JsonObject column : select.objects("column")) {
            evaluate(file, column.string("path").orElseThrow(), hereType, here, constants);
        }
        for (String nested : List.of("select", "unionAll")) {
            for (JsonObject each : select.objects(nested)) {
                select(file, each, hereType, here, constants);
            }
        }
    }

    private List<PathNode> evaluate(
            String file,
            String path,
            String type,
            List<PathNode> nodes,
            Map<String, List<PathNode>> constants) {
        var types = new HashMap<String, String>();
        constants.forEach((name, value) -> types.put(name, value.getFirst().typeName()));
        var found = new ArrayList<PathNode>();
        try {
            Path compiled = Path.compile(path, type, types, R4);
            for (PathNode node : nodes) {
                found.addAll(compiled.evaluate(node, constants));
            }
        } catch (PathException e) {
            problems.put(file + ": " + path, e.getMessage());
        }
        paths++;
        values += found.size();
        return found;
    }

    private static PathNode constant(JsonObject constant) {
        for (String member : constant.names()) {
            if (member.startsWith("value")) {
                String type = member.substring("value".length());
                String lower = Character.toLowerCase(type.charAt(0)) + type.substring(1);
                return Path.constant(lower, constant.get(member), R4);
            }
        }
        throw new AssertionError("a constant without value: " + constant);
    }
}
