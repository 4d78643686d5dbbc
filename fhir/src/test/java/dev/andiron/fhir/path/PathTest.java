package dev.andiron.fhir.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.spi.resource.FhirVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

class PathTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);

    private static final JsonObject PATIENT =
            JsonReader.readObject(
                    """
                    {"resourceType": "Patient", "id": "p",
                     "contained": [{"resourceType": "Organization", "id": "o", "name": "Inner"}],
                     "extension": [{"url": "urn:e", "valueCode": "x"}, {"url": "urn:f", "valueInteger": 3}],
                     "active": true,
                     "name": [{"use": "official", "family": "Chalmers", "given": ["Peter", "James"]},
                              {"use": "usual", "given": ["Jim"]}],
                     "birthDate": "1974-12-25",
                     "_birthDate": {"extension": [{"url": "urn:t", "valueDateTime": "1974-12-25T14:35:45-05:00"}]},
                     "deceasedBoolean": false,
                     "multipleBirthInteger": 2,
                     "telecom": [{"system": "phone", "value": "1", "rank": 2}, {"system": "email", "value": "a@b", "rank": 1}],
                     "generalPractitioner": [{"reference": "Practitioner/1"}, {"reference": "#o"},
                                             {"reference": "http://x.org/fhir/PractitionerRole/2/_history/3"},
                                             {"reference": "urn:uuid:1", "type": "Organization"}]}
                    """
                            .getBytes(StandardCharsets.UTF_8));

    private static String evaluate(String expression) {
        List<PathNode> nodes = Path.compile(expression, "Patient", R4).evaluate(PATIENT);
        return String.join(
                ",",
                nodes.stream()
                        .map(
                                node ->
                                        node.textOrNull() == null
                                                ? node.typeName()
                                                : node.textOrNull())
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = ';',
            value = {
                "getResourceKey(); Patient/p",
                "generalPractitioner[0].getReferenceKey(); Practitioner/1",
                "generalPractitioner[0].getReferenceKey(Practitioner); Practitioner/1",
                "generalPractitioner[0].getReferenceKey(FHIR.Practitioner); Practitioner/1",
                "generalPractitioner[0].getReferenceKey(Patient); ''",
                "generalPractitioner[1].getReferenceKey(); ''",
                "generalPractitioner[2].getReferenceKey(); http://x.org/fhir/PractitionerRole/2",
                "generalPractitioner[3].getReferenceKey(Organization); urn:uuid:1",
                "birthDate.lowBoundary(); 1974-12-25",
                "birthDate.highBoundary(6); 1974-12",
                "@2016-02.highBoundary(); 2016-02-29",
                "@2016T.highBoundary(); 2016-12-31T23:59:59.999-12:00",
                "@2016-02-03T10:11:12.5Z.highBoundary(); 2016-02-03T10:11:12.599Z",
                "@2016-02-03T10:11:12.5Z.lowBoundary(14); 2016-02-03T10:11:12Z",
                "@2016.lowBoundary(5); ''",
                "@T10.highBoundary(); 10:00:59.999",
                "1.0.lowBoundary(); 0.95000000",
                "(-1.5).highBoundary(1); -1.4",
                "7.highBoundary(29); ''",
                "(2.5 'mg').lowBoundary() = 2.45 'mg'; true",
                "{}.lowBoundary(); ''",
                "name.suffix.join(','); ''"
            })
    void evaluatesForViews(String expression, String expected) {
        assertEquals("''".equals(expected) ? "" : expected, evaluate(expression));
    }

    @Test
    void tellsTheTypesOfItsValues() {
        assertEquals(List.of("HumanName"), Path.compile("name", "Patient", R4).resultTypes().get());
        assertEquals(
                List.of("System.String"),
                Path.compile("getResourceKey()", "Patient", R4).resultTypes().get());
        assertTrue(Path.compile("children()", "Patient", R4).resultTypes().isEmpty());
    }

    @Test
    void takesAnyElementInAnOpenContext() {
        assertEquals(2, Path.compile("name", "", R4).evaluate(PATIENT).size());
        assertEquals(List.of(), Path.compile("jurisdiction", "", R4).evaluate(PATIENT));
    }

    @Test
    void refusesWhatWouldEndTheStackOfTheParser() {
        assertThrows(
                PathException.class, () -> Path.compile("a.".repeat(1_001) + "a", "Patient", R4));
        assertThrows(PathException.class, () -> Path.compile("a".repeat(20_000), "Patient", R4));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = ';',
            value = {
                "Patient.name.given; Peter,James,Jim",
                "name.given; Peter,James,Jim",
                "Observation.value; \"\"",
                "Patient.name[0].given[1]; James",
                "name.given[7]; \"\"",
                "name[0].given[1] = 'James'; true",
                "name[0].family = 'Jim' or name[1].given = 'Jim'; true",
                "(name[1].given & '!') | name[0].given[0]; Jim!,Peter",
                "-telecom[0].rank - telecom[1].rank * 2 < 0 and name[0] is HumanName; true",
                "name.where(given[0] = 'Jim').use; usual",
                "name.given.select($this[0] & '.'); Peter.,James.,Jim.",
                "name.where(use = 'usual').given; Jim",
                "name.where(use = 'usual' or family.exists()).given.count(); 3",
                "name.given | name.family; Peter,James,Jim,Chalmers",
                "name.given.first(); Peter",
                "name.given.last(); Jim",
                "name.given.tail(); James,Jim",
                "name.given.skip(1).take(1); James",
                "name.exists() and active; true",
                "deceased.exists() and deceased != false; false",
                "deceased; false",
                "deceased.is(boolean); true",
                "deceased is dateTime; false",
                "(deceased as boolean); false",
                "(deceased as dateTime); \"\"",
                "multipleBirth.ofType(integer) + 1; 3",
                "multipleBirth > 1; true",
                "birthDate < @1980; true",
                "birthDate = @1974-12-25; true",
                "birthDate = @1974-12; \"\"",
                "birthDate.extension('urn:t').value; 1974-12-25T14:35:45-05:00",
                "birthDate.extension('urn:t').value < @1974-12-25T20:00:00Z; true",
                "extension('urn:e').value; x",
                "extension.where(url = 'urn:f').value; 3",
                "telecom.where(system='email').value; a@b",
                "telecom.select(system & ':' & value); phone:1,email:a@b",
                "telecom.where($index = 1).system; email",
                "telecom.all(rank > 0); true",
                "name.given.where($this.startsWith('J')); James,Jim",
                "name.where(given contains 'Jim').use; usual",
                "'Jim' in name.given; true",
                "generalPractitioner.where(resolve() is Practitioner).reference; Practitioner/1",
                "generalPractitioner.where(resolve() is Organization).reference; #o,urn:uuid:1",
                "generalPractitioner.where(resolve() is PractitionerRole).count(); 1",
                "Patient.contained.ofType(Organization).name; Inner",
                "contained.name; Inner",
                "Resource.id; p",
                "DomainResource.contained.id; o",
                "active.not(); false",
                "active implies deceased; false",
                "{} or true; true",
                "({} and true).empty(); true",
                "1 + 2 * 3; 7",
                "-1 + 3; 2",
                "7 div 2; 3",
                "1 / 4; 0.25",
                "1.0 = 1.00; true",
                "'a' + 'b'; ab",
                "iif(active, 'yes', 'no'); yes",
                "name.given.distinct().count(); 3",
                "name.given.join('-'); Peter-James-Jim",
                "birthDate.toString().substring(0, 4).toInteger() - 1900; 74",
                "name.family.lower().replace('chal', 'shal'); shalmers",
                "name.family.matches('^Ch.*s$'); true",
                "%resource.id; p",
                "name.select(%context.id); p,p",
                "name.repeat(given).count(); 3",
                "telecom.exists(system = 'fax'); false",
                "name.family.hasValue(); true",
                "Patient.children().ofType(HumanName).count(); 2",
                "descendants().where($this is ContactPoint).count(); 2",
                "'A  b' ~ 'a B'; true",
                "name.given.combine(name.given).isDistinct(); false",
                "name.given.intersect('Jim'); Jim",
                "name.given.exclude('Jim').subsetOf(name.given); true",
            })
    void evaluates(String expression, String expected) {
        assertEquals(expected, evaluate(expression));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = ';',
            value = {
                "Patient.nome; Patient has no element 'nome'",
                "name.given.family; string has no element 'family'",
                "name.frobnicate(); the function frobnicate() is not supported",
                "name.memberOf('urn:x'); memberOf() is not supported",
                "generalPractitioner.resolve().name; behind resolve()",
                "name is Nome; no type 'Nome'",
                "%nothing; no variable %nothing",
                "name.where(; is no FHIRPath",
                "name.where(); requires 1 parameters",
                "name.first(1); requires 0 parameters",
            })
    void refusesByName(String expression, String reason) {
        var refusal =
                assertThrows(PathException.class, () -> Path.compile(expression, "Patient", R4));
        assertTrue(refusal.getMessage().contains(reason), refusal::getMessage);
        assertTrue(refusal.getMessage().contains(expression), refusal::getMessage);
    }

    @Test
    void nodesKnowTheirPlaces() {
        PathNode second = Path.compile("name.given", "Patient", R4).evaluate(PATIENT).get(1);
        assertEquals("Patient.name[0].given[1]", second.location());
        assertEquals("given", second.name());
        assertEquals(1, second.index());
        assertEquals("HumanName", second.parent().orElseThrow().typeName());
        PathNode choice = Path.compile("deceased", "Patient", R4).evaluate(PATIENT).getFirst();
        assertEquals("Patient.deceasedBoolean", choice.location());
    }

    @Test
    void refusesToGuessWhichOfSeveralValuesIsMeant() {
        assertThrows(PathException.class, () -> evaluate("name.given.upper()"));
        assertThrows(PathException.class, () -> evaluate("name.given.single()"));
        assertThrows(PathException.class, () -> evaluate("name.given > 'A'"));
    }

    @Test
    void takesVariables() {
        Path path =
                Path.compile(
                        "name.where(use = %wanted).given", "Patient", Map.of("wanted", ""), R4);
        PathNode root = Path.root(PATIENT, R4);
        List<PathNode> usual = Path.compile("'usual'", "Patient", R4).evaluate(root);
        assertEquals("Jim", path.evaluate(root, Map.of("wanted", usual)).getFirst().textOrNull());
    }
}
