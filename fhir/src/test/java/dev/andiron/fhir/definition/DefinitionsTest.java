package dev.andiron.fhir.definition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

class DefinitionsTest {
    private final Definitions r4 = Definitions.of(FhirVersion.R4);

    @ParameterizedTest
    @EnumSource
    void committedFileIsWhatTheGeneratorMakes(FhirVersion version) throws Exception {
        try (var in = Definitions.class.getResourceAsStream(version + ".txt")) {
            String committed = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(DefinitionsGenerator.generate(version), committed);
        }
    }

    @Test
    void publicationsAndNumbersOfTypesAreTheStandards() {
        assertEquals("4.3.0", Definitions.of(FhirVersion.R4B).publication());
        assertEquals(142, Definitions.of(FhirVersion.R4B).resourceTypes().size());
        assertEquals("5.0.0", Definitions.of(FhirVersion.R5).publication());
        assertEquals(159, Definitions.of(FhirVersion.R5).resourceTypes().size());
    }

    @Test
    void resourceTypesAreTheConcreteOnes() {
        assertEquals("4.0.1", r4.publication());
        assertEquals(147, r4.resourceTypes().size());
        assertTrue(r4.isResourceType("Patient"));
        assertTrue(r4.isResourceType("Parameters"));
        assertFalse(r4.isResourceType("DomainResource"));
        assertFalse(r4.isResourceType("HumanName"));
        assertTrue(r4.type("DomainResource").orElseThrow().isAbstract());
    }

    @Test
    void elementsKnowTypesCardinalitiesAndFlags() {
        TypeDefinition patient = r4.type("Patient").orElseThrow();
        assertEquals("DomainResource", patient.base().orElseThrow());
        assertEquals("id", patient.element("id").orElseThrow().typeName());
        ElementUse contact = patient.element("contact").orElseThrow();
        assertEquals("Patient.contact", contact.typeName());
        assertTrue(contact.element().isRepeating());
        TypeDefinition backbone = r4.type("Patient.contact").orElseThrow();
        assertEquals(TypeKind.BACKBONE, backbone.kind());
        assertEquals("HumanName", backbone.element("name").orElseThrow().typeName());
        assertEquals("Extension", backbone.element("modifierExtension").orElseThrow().typeName());
        ElementDefinition active = patient.element("active").orElseThrow().element();
        assertTrue(active.isSummary() && active.isModifier() && !active.isRepeating());
        assertTrue(
                r4.type("Observation")
                        .flatMap(type -> type.element("status"))
                        .orElseThrow()
                        .element()
                        .isRequired());
        assertEquals(
                Set.of("Organization", "Practitioner", "PractitionerRole"),
                patient.element("generalPractitioner").orElseThrow().type().targets());
    }

    @Test
    void choicesAreFoundByTheirJsonNames() {
        TypeDefinition observation = r4.type("Observation").orElseThrow();
        ElementUse quantity = observation.element("valueQuantity").orElseThrow();
        assertEquals("value", quantity.element().name());
        assertEquals("Quantity", quantity.typeName());
        assertEquals("dateTime", observation.element("valueDateTime").orElseThrow().typeName());
        assertTrue(observation.element("value").isEmpty());
        assertTrue(observation.element("valueMoney").isEmpty());
        assertEquals(
                50,
                r4.type("Extension").orElseThrow().jsonNames().stream()
                        .filter(name -> name.startsWith("value"))
                        .count());
    }

    @Test
    void contentReferencesLeadToTheElementTheyName() {
        assertEquals(
                "Questionnaire.item",
                r4.type("Questionnaire.item")
                        .flatMap(type -> type.element("item"))
                        .orElseThrow()
                        .typeName());
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeThatAnElementNamesIsDefined(FhirVersion version) {
        Definitions definitions = Definitions.of(version);
        Set<String> missing =
                definitions.types().values().stream()
                        .flatMap(type -> type.elements().stream())
                        .flatMap(element -> element.types().stream())
                        .map(ElementType::name)
                        .filter(name -> definitions.type(name).isEmpty())
                        .collect(Collectors.toSet());
        assertEquals(Set.of(), missing);
    }

    @Test
    void primitivesHaveRegularExpressions() {
        assertEquals("[A-Za-z0-9\\-\\.]{1,64}", r4.type("id").orElseThrow().regex().orElseThrow());
        assertEquals("integer", r4.type("positiveInt").orElseThrow().base().orElseThrow());
    }

    @Test
    void searchParametersIncludeTheGenericOnes() {
        Set<String> codes =
                r4.searchParameters("Patient").stream()
                        .map(SearchParameter::code)
                        .collect(Collectors.toSet());
        assertTrue(
                codes.containsAll(
                        Set.of(
                                "_id",
                                "_lastUpdated",
                                "_tag",
                                "_profile",
                                "_security",
                                "_source",
                                "_language",
                                "_text",
                                "_content",
                                "birthdate",
                                "general-practitioner")),
                codes.toString());
        assertFalse(r4.searchParameter("Binary", "_text").isPresent(), "no narrative there");
        assertTrue(r4.searchParameter("Binary", "_content").isPresent());
        assertEquals(List.of(), r4.searchParameters("HumanName"));
    }

    @Test
    void sharedParametersKeepTheAlternativesOfTheirType() {
        SearchParameter date = r4.searchParameter("Procedure", "date").orElseThrow();
        assertEquals("Procedure.performed", date.expression());
        assertEquals("http://hl7.org/fhir/SearchParameter/clinical-date", date.url());
        assertEquals("When the procedure was performed", date.description());
        SearchParameter patient = r4.searchParameter("Condition", "patient").orElseThrow();
        assertEquals("Condition.subject.where(resolve() is Patient)", patient.expression());
    }

    @Test
    void compositesKnowTheirComponents() {
        SearchParameter composite =
                r4.searchParameter("Observation", "code-value-quantity").orElseThrow();
        assertEquals(SearchParameterType.COMPOSITE, composite.type());
        assertEquals(2, composite.components().size());
        assertEquals(SearchParameterType.QUANTITY, composite.components().get(1).type());
        assertEquals("value-quantity", composite.components().get(1).code());
        assertEquals("value.as(Quantity)", composite.components().get(1).expression());
    }

    @Test
    void targetsAreSpeltOut() {
        assertEquals(
                Set.of("Group", "Patient", "Device", "Location"),
                r4.searchParameter("Observation", "subject").orElseThrow().targets());
        assertTrue(
                r4.searchParameter("Composition", "entry")
                        .orElseThrow()
                        .targets()
                        .contains("Observation"));
    }

    @Test
    void compartmentsSayThroughWhichParameters() {
        CompartmentDefinition patient = r4.compartment("Patient").orElseThrow();
        assertEquals(List.of("subject", "performer"), patient.parameters("Observation"));
        assertEquals(List.of(), patient.parameters("Organization"));
        assertEquals(
                Set.of("Patient", "Encounter", "RelatedPerson", "Practitioner", "Device"),
                r4.compartments().keySet());
    }

    @ParameterizedTest
    @EnumSource
    void parametersOfCompartmentsExist(FhirVersion version) {
        Definitions definitions = Definitions.of(version);
        definitions
                .compartments()
                .values()
                .forEach(
                        compartment ->
                                compartment
                                        .parameters()
                                        .forEach(
                                                (type, codes) ->
                                                        codes.forEach(
                                                                code ->
                                                                        assertTrue(
                                                                                definitions
                                                                                        .searchParameter(
                                                                                                type,
                                                                                                code)
                                                                                        .isPresent(),
                                                                                type + " "
                                                                                        + code))));
    }
}
