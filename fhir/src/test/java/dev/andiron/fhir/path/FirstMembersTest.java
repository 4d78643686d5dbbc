package dev.andiron.fhir.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.SpecExamples;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

class FirstMembersTest {
    private static final Definitions DEFINITIONS = Definitions.of(FhirVersion.R4);

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "Patient; Patient.name.family; name",
                "Patient; name.where(use = 'official').given; name",
                "Patient; Patient.birthDate | Patient.name; _birthDate,birthDate,name",
                "Patient; Observation.code; \"\"",
                "Patient; Resource.meta.tag; meta",
                "Patient; extension('http://acme.org/x').value.first(); ?",
                "Patient; Patient.extension.where(url = 'x').value; extension",
                "Patient; Patient.name.exists(); ?",
                "Patient; Patient.deceased.exists() and Patient.deceased != false; ?",
                "Patient; Patient.name.empty() | Patient.name; ?",
                "Patient; Patient; ?",
                "Patient; 'always'; ?",
                "Patient; %resource.name; ?",
                "Patient; iif(name.empty(), gender, name); ?",
                "Observation; (Observation.value as Quantity); valueQuantity",
                "Observation; Observation.value.ofType(Quantity).unit; valueQuantity",
                "Observation; Observation.subject.where(resolve() is Patient); subject",
                "Observation; Observation.category[0].coding; category",
                "Resource; Resource.meta; ?"
            })
    void areTheMembersThatAnyValueNeeds(String type, String expression, String expected) {
        Optional<Set<String>> members = Path.compile(expression, type, DEFINITIONS).firstMembers();
        assertEquals(
                expected, members.map(names -> String.join(",", new TreeSet<>(names))).orElse("?"));
    }

    /** On examples of all types, with all parameters: what is skipped had no values. */
    @ParameterizedTest
    @EnumSource
    void skipNothingThatHasValues(FhirVersion version) throws Exception {
        Definitions definitions = Definitions.of(version);
        Map<String, List<Path>> paths = new HashMap<>();
        int skipped = 0;
        int evaluated = 0;
        for (SpecExamples.Example example : SpecExamples.some(version)) {
            JsonObject resource = JsonReader.readObject(example.content());
            String type = resource.string("resourceType").orElseThrow();
            for (Path path : paths.computeIfAbsent(type, of -> paths(definitions, of))) {
                boolean isSkipped =
                        path.firstMembers()
                                .map(names -> names.stream().noneMatch(resource::has))
                                .orElse(false);
                if (isSkipped) {
                    skipped++;
                    assertEquals(List.of(), path.evaluate(resource), type + ": " + path);
                } else {
                    evaluated++;
                }
            }
        }
        assertTrue(skipped > 0 && evaluated > 0, skipped + " skipped, " + evaluated + " evaluated");
    }

    private static List<Path> paths(Definitions definitions, String type) {
        return definitions.searchParameters(type).stream()
                .map(SearchParameter::expression)
                .filter(expression -> !expression.isEmpty())
                .map(expression -> Path.compile(expression, type, definitions))
                .toList();
    }
}
