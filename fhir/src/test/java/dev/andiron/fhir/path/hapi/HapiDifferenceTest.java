package dev.andiron.fhir.path.hapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.fhirpath.FhirPathExecutionException;
import ca.uhn.fhir.fhirpath.IFhirPath;
import ca.uhn.fhir.fhirpath.IFhirPathEvaluationContext;
import ca.uhn.fhir.parser.IParser;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.spi.resource.FhirVersion;

import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All search parameters of R4, on resources of many types: our compiled paths find what HAPI's
 * engine finds.
 */
class HapiDifferenceTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);

    /** HAPI without a UCUM service cannot tell whether two quantities in a union are equal. */
    private static final String QUANTITIES_IN_A_UNION = "HAPI-0274";

    private final FhirContext context = FhirContext.forR4();
    private final IParser parser = context.newJsonParser();
    private final IFhirPath engine = context.newFhirPath();

    private final class ByType implements IFhirPathEvaluationContext {
        @Override
        public IBase resolveReference(IIdType reference, IBase within) {
            return reference.hasResourceType()
                    ? context.getResourceDefinition(reference.getResourceType()).newInstance()
                    : null;
        }
    }

    @Test
    void findsWhatHapiFinds() throws Exception {
        engine.setEvaluationContext(new ByType());
        var differences = new ArrayList<String>();
        var parametersWithValues = new TreeSet<String>();
        var exceptions = new TreeSet<String>();
        for (JsonObject resource : resources()) {
            IBaseResource model = parser.parseResource(resource.toString());
            String type = resource.string("resourceType").orElseThrow();
            for (SearchParameter parameter : R4.searchParameters(type)) {
                if (parameter.expression().isEmpty()) {
                    continue;
                }
                List<String> ours = ours(parameter, type, resource);
                try {
                    List<String> theirs = theirs(parameter, model);
                    if (!ours.equals(theirs)) {
                        String id = resource.string("id").orElseThrow();
                        differences.add(
                                type
                                        + "/"
                                        + id
                                        + " "
                                        + parameter.code()
                                        + " ("
                                        + parameter.expression()
                                        + ")\n  ours   "
                                        + ours
                                        + "\n  theirs "
                                        + theirs);
                    }
                } catch (FhirPathExecutionException e) {
                    if (!e.getMessage().contains(QUANTITIES_IN_A_UNION)) {
                        throw e;
                    }
                    exceptions.add(parameter.code());
                }
                if (!ours.isEmpty()) {
                    parametersWithValues.add(type + "." + parameter.code());
                }
            }
        }
        assertEquals(List.of(), differences, String.join("\n", differences));
        assertTrue(exceptions.stream().allMatch(code -> code.endsWith("value-quantity")));
        assertTrue(
                parametersWithValues.size() > 300,
                () -> "only " + parametersWithValues.size() + " parameters found values");
    }

    private static List<JsonObject> resources() throws IOException {
        try (InputStream in = Path.class.getResourceAsStream("resources.ndjson")) {
            String lines = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return lines.lines()
                    .map(line -> JsonReader.readObject(line.getBytes(StandardCharsets.UTF_8)))
                    .toList();
        }
    }

    private static List<String> ours(SearchParameter parameter, String type, JsonObject resource) {
        return Path.compile(parameter.expression(), type, R4).evaluate(resource).stream()
                .filter(node -> node.valueOrNull() != null)
                .map(HapiDifferenceTest::text)
                .sorted()
                .toList();
    }

    private static String text(PathNode node) {
        String text = node.textOrNull();
        return text == null ? text(node.valueOrNull()) : text;
    }

    private List<String> theirs(SearchParameter parameter, IBaseResource model) throws IOException {
        var texts = new ArrayList<String>();
        for (IBase found : engine.evaluate(model, parameter.expression(), IBase.class)) {
            if (found instanceof IPrimitiveType<?> primitive) {
                if (primitive.getValueAsString() != null) {
                    texts.add(primitive.getValueAsString());
                }
            } else {
                String json = parser.encodeToString(found);
                texts.add(text(JsonReader.read(json.getBytes(StandardCharsets.UTF_8))));
            }
        }
        texts.sort(null);
        return texts;
    }

    /** Without the order of members and the digits that numbers are written with. */
    private static String text(JsonValue value) {
        return switch (value) {
            case JsonObject object -> {
                var members = new TreeMap<String, String>();
                for (int i = 0; i < object.size(); i++) {
                    members.put(object.name(i), text(object.value(i)));
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
