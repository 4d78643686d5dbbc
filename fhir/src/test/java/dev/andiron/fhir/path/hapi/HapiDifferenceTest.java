package dev.andiron.fhir.path.hapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.fhirpath.IFhirPath;

import dev.andiron.fhir.SpecExamples;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathDialect;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.spi.resource.FhirVersion;

import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All search parameters of all versions, on the standard's examples: our compiled paths find what
 * HAPI's engine finds.
 *
 * <p>With {@code -Dandiron.test.allExamples=true} on all examples, the largest and the many
 * profiles and code systems, too.
 */
class HapiDifferenceTest {
    /** HAPI without a UCUM service cannot tell whether two quantities in a union are equal. */
    private static final Set<String> QUANTITIES_IN_A_UNION = Set.of("HAPI-0274:", "HAPI-2172:");

    /** HAPI writes its 1E-245 with all digits, more than our reader takes. */
    private static final String ALL_DIGITS = "observation-decimal";

    private static final int SHOWN = 20;

    private final List<String> differences = new ArrayList<>();
    private final TreeSet<String> parametersWithValues = new TreeSet<>();
    private final TreeSet<String> exceptions = new TreeSet<>();

    /** A path of ours and the expression it was made of. */
    private record Compiled(
            SearchParameter parameter, Path path, IFhirPath.IParsedExpression theirs) {}

    @ParameterizedTest
    @EnumSource
    void findsWhatHapiFinds(FhirVersion version) throws Exception {
        Definitions definitions = Definitions.of(version);
        HapiEngine oracle = HapiEngine.of(version);
        var compiled = new HashMap<String, List<Compiled>>();
        for (JsonObject resource : resources(version)) {
            String type = resource.string("resourceType").orElseThrow();
            List<Compiled> paths = compiled.get(type);
            if (paths == null) {
                paths = compile(definitions, type, oracle);
                compiled.put(type, paths);
            }
            IBaseResource model = oracle.parser().parseResource(resource.toString());
            for (Compiled path : paths) {
                compare(path, resource, model, oracle);
            }
        }
        assertEquals(
                0,
                differences.size(),
                () -> String.join("\n", differences.stream().limit(SHOWN).toList()));
        assertTrue(exceptions.stream().allMatch(code -> code.endsWith("value-quantity")));
        int least = version == FhirVersion.R5 ? 100 : 900;
        assertTrue(
                parametersWithValues.size() > least,
                () -> "only " + parametersWithValues.size() + " parameters found values");
    }

    private static List<Compiled> compile(Definitions definitions, String type, HapiEngine oracle)
            throws Exception {
        var list = new ArrayList<Compiled>();
        for (SearchParameter parameter : definitions.searchParameters(type)) {
            if (!parameter.expression().isEmpty()) {
                list.add(
                        new Compiled(
                                parameter,
                                Path.compile(
                                        parameter.expression(),
                                        type,
                                        definitions,
                                        PathDialect.FILTERING_AS),
                                oracle.engine().parse(parameter.expression())));
            }
        }
        return list;
    }

    private void compare(Compiled path, JsonObject resource, IBaseResource model, HapiEngine oracle)
            throws IOException {
        String code = path.parameter().code();
        List<String> ours = ours(path.path(), resource);
        if (!ours.isEmpty()) {
            parametersWithValues.add(path.parameter().base() + "." + code);
        }
        try {
            List<String> theirs = theirs(path.theirs(), model, oracle);
            if (!ours.equals(theirs)) {
                differences.add(
                        resource.string("resourceType").orElseThrow()
                                + "/"
                                + resource.string("id").orElse("")
                                + " "
                                + code
                                + " ("
                                + path.parameter().expression()
                                + ")\n  ours   "
                                + ours
                                + "\n  theirs "
                                + theirs);
            }
        } catch (UnsupportedOperationException e) {
            if (!QUANTITIES_IN_A_UNION.contains(String.valueOf(e.getMessage()).strip())) {
                throw e;
            }
            exceptions.add(code);
        }
    }

    private static List<JsonObject> resources(FhirVersion version) throws IOException {
        var resources = new ArrayList<JsonObject>();
        if (version == FhirVersion.R4) {
            try (InputStream in = Path.class.getResourceAsStream("resources.ndjson")) {
                new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> JsonReader.readObject(line.getBytes(StandardCharsets.UTF_8)))
                        .forEach(resources::add);
            }
        }
        List<SpecExamples.Example> examples =
                Boolean.getBoolean("andiron.test.allExamples")
                        ? SpecExamples.all(version)
                        : SpecExamples.some(version);
        examples.stream()
                .filter(example -> !example.file().equals(ALL_DIGITS))
                .forEach(example -> resources.add(JsonReader.readObject(example.content())));
        return resources;
    }

    private static List<String> ours(Path path, JsonObject resource) {
        return path.evaluate(resource).stream()
                .filter(node -> node.valueOrNull() != null)
                .map(HapiDifferenceTest::text)
                .sorted()
                .toList();
    }

    private static String text(PathNode node) {
        String text = node.textOrNull();
        return text == null ? text(node.valueOrNull()) : text;
    }

    private static List<String> theirs(
            IFhirPath.IParsedExpression expression, IBaseResource model, HapiEngine oracle)
            throws IOException {
        var texts = new ArrayList<String>();
        for (IBase found : oracle.engine().evaluate(model, expression, IBase.class)) {
            if (found instanceof IPrimitiveType<?> primitive) {
                if (primitive.getValueAsString() != null) {
                    texts.add(primitive.getValueAsString());
                }
            } else {
                String json = oracle.parser().encodeToString(found);
                texts.add(text(JsonReader.read(json.getBytes(StandardCharsets.UTF_8))));
            }
        }
        texts.sort(null);
        return texts;
    }

    /** HAPI lays out the white space of narratives anew, and closes empty elements at once. */
    private static String narrative(String text) {
        return text.replaceAll("<(\\w+)([^<>]*)></\\1>", "<$1$2/>").replaceAll("\\s", "");
    }

    /** Without the order of members and the digits that numbers are written with. */
    private static String text(JsonValue value) {
        return switch (value) {
            case JsonObject object -> {
                var members = new TreeMap<String, String>();
                // HAPI writes a resource of an entry without its id when the fullUrl has it.
                boolean isResource = object.has("resourceType");
                for (int i = 0; i < object.size(); i++) {
                    String name = object.name(i);
                    String member = text(object.value(i));
                    if (!isResource || !name.equals("id")) {
                        boolean isNarrative = isResource && name.equals("text");
                        members.put(name, isNarrative ? narrative(member) : member);
                    }
                }
                yield members.toString();
            }
            case JsonArray array ->
                    array.values().stream().map(HapiDifferenceTest::text).toList().toString();
            case JsonNumber number -> number.decimal().stripTrailingZeros().toPlainString();
            default -> value.toString();
        };
    }
}
