package dev.andiron.fhir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.format.XmlFormat;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.validation.StructureValidator;
import dev.andiron.fhir.validation.ValidationLevel;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The standard's examples are valid in their version, and come back from XML as they went. */
class SpecExamplesTest {
    /** Generated forms without the links they require, and parameters without a type. */
    private static final Pattern INCOMPLETE =
            Pattern.compile(
                    ".*-questionnaire|(codesystem|valueset|questionnaireresponse)-extensions-.*");

    private static Stream<SpecExamples.Example> examples(FhirVersion version) {
        return SpecExamples.some(version).stream()
                .filter(example -> !INCOMPLETE.matcher(example.file()).matches());
    }

    @ParameterizedTest
    @EnumSource
    void examplesAreValid(FhirVersion version) {
        var validator = new StructureValidator(Definitions.of(version));
        var problems = new ArrayList<String>();
        List<SpecExamples.Example> examples = examples(version).toList();
        for (SpecExamples.Example example : examples) {
            JsonObject resource = JsonReader.readObject(example.content());
            for (Issue issue : validator.validate(resource, ValidationLevel.REQUIRED)) {
                problems.add(example + ": " + issue);
            }
        }
        assertEquals("", String.join("\n", problems));
        int least = version == FhirVersion.R5 ? 30 : 900;
        assertTrue(examples.size() >= least, () -> examples.size() + " examples");
    }

    @ParameterizedTest
    @EnumSource
    void examplesComeBackFromXml(FhirVersion version) {
        var xml = new XmlFormat(Definitions.of(version));
        var problems = new ArrayList<String>();
        for (SpecExamples.Example example : SpecExamples.some(version)) {
            JsonObject resource = JsonReader.readObject(example.content());
            JsonValue sent = withoutNarratives(resource);
            JsonValue back = withoutNarratives(xml.read(xml.write(resource, false)));
            if (!back.equals(sent)) {
                problems.add(example + ": " + sent + "\n  " + back);
            }
        }
        assertEquals("", String.join("\n", problems));
    }

    /** Places for extensions, which XML need not keep. */
    private static boolean isEmpty(JsonValue value) {
        return value instanceof JsonArray array
                && array.values().stream().allMatch(each -> each == JsonNull.NULL);
    }

    /** XML parsers resolve the entities of a narrative, which thereby changes its characters. */
    private static JsonValue withoutNarratives(JsonValue value) {
        return switch (value) {
            case JsonObject object -> {
                var builder = JsonObject.builder();
                for (int i = 0; i < object.size(); i++) {
                    if (!object.name(i).equals("div") && !isEmpty(object.value(i))) {
                        builder.put(object.name(i), withoutNarratives(object.value(i)));
                    }
                }
                yield builder.build();
            }
            case JsonArray array ->
                    JsonArray.of(
                            array.values().stream()
                                    .map(SpecExamplesTest::withoutNarratives)
                                    .toList());
            default -> value;
        };
    }
}
