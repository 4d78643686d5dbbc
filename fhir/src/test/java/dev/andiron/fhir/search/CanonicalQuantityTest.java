package dev.andiron.fhir.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Quantities in UCUM units are found in whatever unit is asked for. */
class CanonicalQuantityTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final Instant NOW = Instant.parse("2024-01-01T00:00:00Z");
    private static final String UCUM = "|http://unitsofmeasure.org|";

    private static final SearchLinks NONE =
            new SearchLinks() {
                @Override
                public Optional<SearchFacts> find(ResourceKey key) {
                    return Optional.empty();
                }

                @Override
                public Iterable<SearchFacts> referringTo(
                        ResourceKey target, String sourceType, String parameter) {
                    return List.of();
                }
            };

    @ParameterizedTest
    @CsvSource({
        "1500, mg, 1.5, g, true",
        "1500, mg, 1.50, g, true",
        "1500, mg, 2, g, true", // [1.5, 2.5)
        "1500, mg, 1, g, false", // [0.5, 1.5)
        "1500, mg, 1.4, g, false",
        "1500, mg, ne1.5, g, false",
        "1500, mg, gt1.5, g, false",
        "1500, mg, ge1.5, g, true",
        "1500, mg, lt1.6, g, true",
        "1500, mg, sa1.4, g, true",
        "1500, mg, eb1.5, g, false",
        "1500, mg, ap1.6, g, true",
        "1500, mg, 1500, mg, true",
        "1500, mg, 1500000, ug, true",
        "1500, mg, 1.5, mL, false",
        "1, /min, gt60, /h, false",
        "1, /min, ge60, /h, true",
        "98.6, [degF], 37.0, Cel, true",
        "98.6, [degF], gt37.0, Cel, false",
        "98.6, [degF], 310, K, true",
        "7.4, [pH], 7.4, [pH], true",
        "7.4, [pH], 7.4, 1, false",
        "3, tablets, 3, tablets, true",
        "3, tablets, 3, 1, false",
        "7, [iU], 7, [IU], true",
        "7, [iU], 7, 1, false"
    })
    void unitsAreConverted(
            String stored, String storedUnit, String asked, String askedUnit, boolean found) {
        assertEquals(found, finds("", stored, storedUnit, asked + UCUM + askedUnit));
    }

    @ParameterizedTest
    @CsvSource({
        "'1500||mg', true",
        "'1.5||g', false", // a unit of no system is a text
        "'1500', true",
        "'1500|http://unitsofmeasure.org|', true",
        "'1.5|http://example.org|g', false"
    })
    void otherSystemsAreComparedAsTheyStand(String asked, boolean found) {
        assertEquals(found, finds("", "1500", "mg", asked));
    }

    @ParameterizedTest
    @CsvSource({"<, lt1, g, true", "<, gt1, g, true", "<, gt1.5, g, false", ">, gt1000, kg, true"})
    void comparatorsHaveNoBoundInAnyUnit(
            String comparator, String asked, String askedUnit, boolean found) {
        String member = "\"comparator\":\"" + comparator + "\",";
        assertEquals(found, finds(member, "1500", "mg", asked + UCUM + askedUnit));
    }

    private static boolean finds(String member, String value, String unit, String asked) {
        JsonObject resource =
                JsonReader.readObject(
                        """
                        {"resourceType":"Observation","id":"o","valueQuantity":{%s"value":%s,
                         "system":"http://unitsofmeasure.org","code":"%s"}}
                        """
                                .formatted(member, value, unit)
                                .getBytes(StandardCharsets.UTF_8));
        var facts =
                new SearchFacts(
                        new ResourceKey("Observation", "o"),
                        NOW,
                        new SearchValueExtractor(R4, List.of()).extract(resource));
        SearchParameter parameter =
                R4.searchParameter("Observation", "value-quantity").orElseThrow();
        var parser =
                new ValueParser(
                        R4, new ReferenceTarget.Reader(R4, List.of()), InstantSource.fixed(NOW));
        try {
            return new CriterionEvaluator(NONE)
                    .matches(
                            new Criterion.Value(
                                    "value-quantity",
                                    parser.tests(parameter, "", asked).getFirst()),
                            facts);
        } catch (SearchProblems.Refusal refused) {
            throw new AssertionError(refused);
        }
    }
}
