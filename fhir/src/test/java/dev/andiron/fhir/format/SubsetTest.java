package dev.andiron.fhir.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.andiron.fhir.SyntheaSample;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.validation.StructureValidator;
import dev.andiron.fhir.validation.ValidationLevel;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

class SubsetTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final String TAG =
            "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\","
                    + "\"code\":\"SUBSETTED\"}";
    private static final JsonObject OBSERVATION =
            read(
                    """
                    {"resourceType":"Observation","id":"o","meta":{"versionId":"2","tag":[{"code":"t"}]},
                     "text":{"status":"generated","div":"<div>x</div>"},"extension":[{"url":"http://e","valueCode":"x"}],
                     "modifierExtension":[{"url":"http://m","valueCode":"x"}],
                     "status":"final","code":{"text":"c","extension":[{"url":"http://f","valueCode":"x"}]},"valueQuantity":{"value":1.50},
                     "note":[{"text":"n"}],"referenceRange":[{"text":"r"}],"component":[{"code":{"text":"d"},"referenceRange":[{"text":"r"}]}]}\
                    """);

    private final Subset subset = new Subset(R4);

    @Test
    void summaryKeepsMarkedElementsAtEveryDepth() {
        assertEquals(
                read(
                        """
                        {"resourceType":"Observation","id":"o","meta":{"versionId":"2","tag":[{"code":"t"},%s]},
                         "modifierExtension":[{"url":"http://m","valueCode":"x"}],
                         "status":"final","code":{"text":"c"},"valueQuantity":{"value":1.50},"component":[{"code":{"text":"d"}}]}\
                        """
                                .formatted(TAG)),
                subset.summary(OBSERVATION, Summary.TRUE));
    }

    @Test
    void textKeepsTheNarrativeAndWhatIsRequired() {
        assertEquals(
                Set.of("resourceType", "id", "meta", "text", "status", "code"),
                Set.copyOf(subset.summary(OBSERVATION, Summary.TEXT).names()));
    }

    @Test
    void dataDropsTheNarrativeAlone() {
        assertEquals(
                OBSERVATION.without("text").without("meta"),
                subset.summary(OBSERVATION, Summary.DATA).without("meta"));
    }

    @Test
    void falseLeavesTheResourceAsItIs() {
        assertSame(OBSERVATION, subset.summary(OBSERVATION, Summary.FALSE));
        assertSame(OBSERVATION, subset.elements(OBSERVATION, Set.of()));
    }

    @Test
    void elementsKeepsTheNamedAndWhatIsRequiredOrModifies() {
        assertEquals(
                Set.of(
                        "resourceType",
                        "id",
                        "meta",
                        "modifierExtension",
                        "status",
                        "code",
                        "valueQuantity",
                        "note"),
                Set.copyOf(
                        subset.elements(
                                        OBSERVATION,
                                        Set.of(
                                                "value",
                                                "Observation.note.text",
                                                "Patient.component"))
                                .names()));
    }

    @Test
    void siblingsOfPrimitivesGoWithThem() {
        JsonObject patient =
                read(
                        """
                        {"resourceType":"Patient","_birthDate":{"id":"b"},"maritalStatus":{"text":"m"}}\
                        """);
        assertEquals(
                List.of("resourceType", "_birthDate", "meta"),
                subset.elements(patient, Set.of("birthDate")).names());
    }

    @Test
    void tagIsNotGivenTwice() {
        JsonObject once = subset.summary(OBSERVATION, Summary.TRUE);
        assertEquals(once, subset.summary(once, Summary.TRUE));
    }

    @Test
    void summariesOfSyntheaAreStillValid() {
        var validator = new StructureValidator(R4);
        for (String json : SyntheaSample.resources()) {
            for (Summary summary : List.of(Summary.TRUE, Summary.TEXT, Summary.DATA)) {
                JsonObject part = subset.summary(read(json), summary);
                assertEquals(List.of(), validator.validate(part, ValidationLevel.REQUIRED), json);
            }
        }
    }

    @Test
    void namesOfSummariesAreThoseOfTheStandard() {
        assertEquals(Optional.of(Summary.COUNT), Summary.of("count"));
        assertEquals(Optional.empty(), Summary.of("TRUE"));
    }

    private static JsonObject read(String json) {
        return JsonReader.readObject(json.getBytes(StandardCharsets.UTF_8));
    }
}
