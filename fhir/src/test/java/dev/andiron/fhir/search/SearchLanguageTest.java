package dev.andiron.fhir.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** What queries of every kind find among the same few resources. */
class SearchLanguageTest {
    private static final Stored STORED =
            Stored.of(
                    """
                    {"resourceType": "Patient", "id": "anna", "gender": "female", "birthDate": "1980-02-10",
                     "name": [{"family": "Müller", "given": ["Änne", "Maria"]}],
                     "text": {"status": "generated", "div": "<div>Seen with <b>acute</b> sinusitis &amp; night fever.<br/>Allergic to penicillin</div>"},
                     "managingOrganization": {"reference": "Organization/north", "display": "Northern Clinic, Main Site"}}
                    """,
                    """
                    {"resourceType": "Patient", "id": "bob", "gender": "male", "birthDate": "1990",
                     "name": [{"family": "Bauer", "given": ["Bob"]}],
                     "text": {"status": "generated", "div": "<div>Chronic sinusitis. No fever at night. Sinusitis since 2001</div>"},
                     "managingOrganization": {"reference": "Organization/south"}}
                    """,
                    """
                    {"resourceType": "Patient", "id": "carl", "birthDate": "2001-05-05",
                     "contact": [{"name": {"text": "Penicillin Smith"}}]}
                    """,
                    """
                    {"resourceType": "Organization", "id": "north", "name": "North", "partOf": {"reference": "Organization/south"}}
                    """,
                    """
                    {"resourceType": "Organization", "id": "south", "name": "South"}
                    """,
                    """
                    {"resourceType": "Observation", "id": "dog", "status": "final",
                     "code": {"coding": [{"system": "http://a/animals", "code": "dog", "display": "Good dog, small"}]},
                     "subject": {"reference": "Patient/anna"}, "effectivePeriod": {"start": "2024-01-01", "end": "2024-01-31"},
                     "valueQuantity": {"value": 10, "unit": "kg"}}
                    """,
                    """
                    {"resourceType": "Observation", "id": "cat", "status": "final",
                     "code": {"text": "A small feline", "coding": [{"system": "http://a/animals", "code": "cat"}]},
                     "subject": {"reference": "Patient/bob"}, "effectiveDateTime": "2024-03-01"}
                    """,
                    """
                    {"resourceType": "Observation", "id": "oak", "status": "amended",
                     "code": {"coding": [{"system": "http://a/plants", "code": "oak"}]},
                     "subject": {"reference": "Patient/bob"}}
                    """,
                    """
                    {"resourceType": "AuditEvent", "id": "seen", "entity": [{"what": {"reference": "Observation/dog"}}],
                     "agent": [{"who": {"reference": "Organization/south"}, "requestor": true}]}
                    """,
                    """
                    {"resourceType": "List", "id": "mine", "entry": [
                      {"item": {"reference": "Patient/bob"}}, {"item": {"reference": "http://localhost/fhir/Patient/carl"}},
                      {"item": {"reference": "Patient/anna"}, "deleted": true}, {"item": {"reference": "Observation/cat"}},
                      {"item": {"reference": "http://elsewhere/Patient/anna"}}, {"item": {"display": "none"}}]}
                    """,
                    """
                    {"resourceType": "CodeSystem", "id": "animals", "url": "http://a/animals", "content": "complete", "status": "active",
                     "property": [{"code": "isA", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}],
                     "concept": [{"code": "animal", "concept": [{"code": "pet"}]},
                                 {"code": "dog", "property": [{"code": "parent", "valueCode": "pet"}]},
                                 {"code": "cat", "property": [{"code": "isA", "valueCode": "pet"}]}]}
                    """,
                    """
                    {"resourceType": "ValueSet", "id": "pets", "url": "http://a/pets", "status": "active",
                     "compose": {"include": [{"system": "http://a/animals", "filter": [{"property": "concept", "op": "is-a", "value": "pet"}]}],
                                 "exclude": [{"system": "http://a/animals", "concept": [{"code": "cat"}]}]}}
                    """,
                    """
                    {"resourceType": "ValueSet", "id": "plants", "url": "http://a/plants-all", "status": "active",
                     "compose": {"include": [{"system": "http://a/plants"}]}}
                    """,
                    """
                    {"resourceType": "Location", "id": "berlin", "position": {"latitude": 52.52, "longitude": 13.405}}
                    """,
                    """
                    {"resourceType": "Location", "id": "potsdam", "position": {"latitude": 52.39, "longitude": 13.065}}
                    """,
                    """
                    {"resourceType": "Location", "id": "paris", "position": {"latitude": 48.8566, "longitude": 2.3522}}
                    """,
                    """
                    {"resourceType": "MedicationRequest", "id": "order", "status": "active", "intent": "order",
                     "contained": [
                       {"resourceType": "Medication", "id": "m", "code": {"coding": [{"system": "http://d", "code": "aspirin"}]}},
                       {"resourceType": "Medication", "id": "n", "code": {"coding": [{"system": "http://d", "code": "water"}]}}],
                     "medicationReference": {"reference": "#m"}, "subject": {"reference": "Patient/anna"}}
                    """,
                    """
                    {"resourceType": "Medication", "id": "plain", "code": {"coding": [{"system": "http://d", "code": "aspirin"}]}}
                    """);

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                // full text
                "Patient; _text=sinusitis; anna bob",
                "Patient; _text=Sinusitis ACUTE; anna",
                "Patient; _text=acute OR chronic; anna bob",
                "Patient; _text=sinusitis AND NOT acute; bob",
                "Patient; _text=NOT sinusitis; carl",
                "Patient; _text=\"night fever\"; anna",
                "Patient; _text=\"fever night\"; ",
                "Patient; _text=(acute OR chronic) \"fever at night\"; bob",
                "Patient; _text=acute,chronic; anna bob",
                "Patient; _text=penicillin; anna",
                "Patient; _text=sinus; ",
                "Patient; _text:text-advanced=sinusitis AND NOT acute; bob",
                "Patient; _text:text-advanced=\"night fever\"; anna",
                "Patient; _content=penicillin; anna carl",
                "Patient; _content=muller; anna",
                "Patient; _content:text-advanced=generated (acute OR chronic); anna bob",
                "Patient; _content=Patient; ",
                "Patient; _content=generated sinusitis; anna bob",
                // texts of tokens and references
                "Observation; code:text=good; dog",
                "Observation; code:text=dog; ",
                "Observation; code:code-text=A SMALL; cat",
                "Observation; code:text-advanced=small; cat dog",
                "Observation; code:text-advanced=small NOT dog; cat",
                "Observation; code:text-advanced=\"dog\\, small\"; ",
                "Observation; code:text-advanced=\"small feline\" OR good; cat dog",
                "Patient; organization:text=northern; anna",
                "Patient; organization:code-text=clinic; ",
                "Patient; organization:text-advanced=main clinic; anna",
                "Patient; name:text=ull maria; anna",
                "Patient; name:text=bauer OR mull; anna bob",
                // terminology
                "Observation; code:below=http://a/animals|pet; cat dog",
                "Observation; code:below=http://a/animals|dog; dog",
                "Observation; code:below=http://a/animals|animal,http://a/plants2|x&code=cat; 422",
                "Observation; code:above=http://a/animals|dog; dog",
                "Observation; code:above=http://a/animals|pet; ",
                "Observation; code:in=http://a/pets; dog",
                "Observation; code:in=ValueSet/pets; dog",
                "Observation; code:in=http://localhost/fhir/ValueSet/pets; dog",
                "Observation; code:not-in=http://a/pets; cat oak",
                "Observation; code:in=http://a/plants-all; oak",
                "Observation; code:in=http://a/pets,http://a/plants-all; dog oak",
                "Observation; code:in=http://a/nothing; 422",
                "Observation; code:below=http://snomed.info/sct|1; 422",
                "Patient; _has:Observation:patient:code:in=http://a/pets; anna",
                // hierarchies
                "Patient; organization:below=Organization/south; anna bob",
                "Patient; organization:below=south; anna bob",
                "Patient; organization:below=north; anna",
                "Patient; organization:above=north; anna bob",
                "Patient; organization:above=Organization/south; bob",
                "Patient; organization:below=nowhere; ",
                "Organization; partof:below=south; north",
                "Observation; subject:Patient.organization:below=south; cat dog oak",
                // lists
                "Patient; _list=mine; bob carl",
                "Observation; _list=List/mine; cat",
                "Observation; _list=mine&code=dog; ",
                "Observation; subject._list=mine; cat oak",
                "Patient; _list=yours; 422",
                // chains
                "Observation; subject.organization.name=north; dog",
                "Observation; subject:Patient.organization:Organization.partof.name=south; dog",
                "Organization; _has:Patient:organization:_has:Observation:patient:code=oak; south",
                "Patient; _has:Observation:patient:_has:AuditEvent:entity:agent=Organization/south;"
                        + " anna",
                "Patient; _has:Observation:patient:_has:AuditEvent:entity:agent.name=south; anna",
                "Observation; subject._has:Observation:patient:code=oak; cat oak",
                // distance
                "Location; near=52.52|13.405|1|km; berlin",
                "Location; near=52.39|13.065; potsdam berlin",
                "Location; near=52.52|13.405|1000; berlin potsdam paris",
                "Location; near=52.52|13.405|25|mi; berlin potsdam",
                "Location; near=52.52|13.405|15|[nmi_i]; berlin potsdam",
                "Location; near=52.52|13.405|26|km; berlin",
                "Location; near=52.52|13.405|27500|m; berlin potsdam",
                "Location; near=52.52|13.405|1000&_sort=-near; paris potsdam berlin",
                "Location; near=52.52|13.405|1000&_sort=_id; berlin paris potsdam",
                "Location; near=48.8|2.3|1,52.39|13.06|50; potsdam berlin",
                // contained
                "Medication; code=aspirin; plain",
                "Medication; code=aspirin&_contained=false; plain",
                "Medication; code=aspirin&_contained=true; order",
                "Medication; code=aspirin&_contained=both; order plain",
                "Medication; code=juice&_contained=both; ",
                "MedicationRequest; medication.code=aspirin; ",
                "MedicationRequest; medication.code=aspirin&_contained=both; order",
                "MedicationRequest; medication.code=water&_contained=both; ",
            })
    void finds(String type, String query, String ids) {
        check(type, query, ids);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "Patient; name eq \"bauer\"; bob",
                "Patient; name eq bau; ",
                "Patient; name ne bauer; anna",
                "Patient; name co \"ulle\"; anna",
                "Patient; name sw mull; anna",
                "Patient; name ew LLER; anna",
                "Patient; family ew \"u\\u0065r\"; bob",
                "Patient; name pr false; carl",
                "Patient; gender pr true; anna bob",
                "Patient; gender eq male; bob",
                "Patient; gender ne male; anna",
                "Patient; birthdate gt 1985-01-01; bob carl",
                "Patient; birthdate ge 1990; bob carl",
                "Patient; birthdate lt 1985; anna",
                "Patient; birthdate le 1990-12-31; anna bob",
                "Patient; birthdate eq 1980; anna",
                "Patient; birthdate ne 1980; bob carl",
                "Patient; birthdate sa 1990; carl",
                "Patient; birthdate eb 1990; anna",
                "Patient; birthdate ap 1989; bob",
                "Patient; birthdate po 1990-06; bob",
                "Patient; gender eq male or birthdate lt 1985; anna bob",
                "Patient; gender eq male and birthdate lt 1985; ",
                "Patient; gender eq male or gender eq female and birthdate lt 1970; bob",
                "Patient; (gender eq male or gender eq female) and birthdate lt 1985; anna",
                "Patient; not (gender eq male); anna carl",
                "Patient; not (gender eq male or name pr true) and birthdate gt 2000; carl",
                "Patient; not(gender pr true); carl",
                "Patient; organization eq Organization/north; anna",
                "Patient; organization re \"http://localhost/fhir/Organization/north\"; anna",
                "Patient; organization ne Organization/north; bob",
                "Patient; organization.name eq north; anna",
                "Patient; organization:Organization.partof.name eq south; anna",
                "Patient; organization[name eq north].partof eq Organization/south; anna",
                "Patient; organization[name eq south].partof eq Organization/south; ",
                "Patient; _id eq bob; bob",
                "Patient; _id ne bob; anna carl",
                "Patient; _lastUpdated ge 2024; anna bob carl",
                "Patient; _text co sinusitis and gender eq male; bob",
                "Observation; code eq http://a/animals|dog; dog",
                "Observation; code eq dog; dog",
                "Observation; code co small; cat dog",
                "Observation; code in http://a/pets; dog",
                "Observation; code ni http://a/pets; cat oak",
                "Observation; code ss http://a/animals|pet; cat dog",
                "Observation; code sb http://a/animals|dog; dog",
                "Observation; code in http://a/nothing; 422",
                "Observation; date po 2024-01-15; dog",
                "Observation; date eq 2024; cat dog",
                "Observation; value-quantity gt 9.5||kg; dog",
                "Observation; value-quantity eq 10; dog",
                "Observation; value-quantity lt 10; ",
                "Observation; subject.birthdate lt 1985 or status eq amended; dog oak",
                "Organization; name eq \"no, such\"; ",
            })
    void filters(String type, String filter, String ids) {
        check(type, "_filter=" + filter, ids);
    }

    private static void check(String type, String query, String ids) {
        if ("422".equals(ids)) {
            assertEquals(
                    422,
                    assertThrows(FhirException.class, () -> STORED.find(type, query)).status());
            return;
        }
        List<String> expected = ids == null ? List.of() : Arrays.asList(ids.split(" "));
        List<String> found = STORED.find(type, query);
        assertEquals(
                STORED.parse(type, query).sort().isEmpty()
                        ? List.copyOf(new TreeSet<>(expected))
                        : expected,
                STORED.parse(type, query).sort().isEmpty()
                        ? List.copyOf(new TreeSet<>(found))
                        : found,
                query);
    }

    @Test
    void whatIsLackingIsNamed() {
        var lacking =
                assertThrows(
                        FhirException.class,
                        () -> STORED.find("Observation", "code:below=http://snomed.info/sct|1"));
        assertEquals(
                "Parameter 'code:below': it needs a terminology server: there is no CodeSystem"
                        + " 'http://snomed.info/sct' in this server",
                lacking.getMessage());
    }

    @Test
    void scoresAreAskedForAndBoundedDistancesSort() {
        assertEquals(
                List.of(new Sort.Score()), STORED.parse("Patient", "_text=a&_score=true").sort());
        assertEquals(
                List.of(new Sort.Id(false), new Sort.Score()),
                STORED.parse("Patient", "_text=a&_score=true&_sort=_id").sort());
        assertEquals(
                List.of("bob", "anna"), STORED.find("Patient", "_text=sinusitis&_sort=_score"));
        var refused =
                assertThrows(FhirException.class, () -> STORED.parse("Location", "_sort=near"));
        assertTrue(refused.getMessage().contains("needs a point"), refused::getMessage);
    }

    @Test
    void containedMatchesAreTold() {
        ParsedSearch search =
                STORED.parse("Medication", "code=aspirin&_contained=true&_containedType=contained");
        ContainedSearch contained = search.contained().orElseThrow();
        assertEquals(ContainedSearch.Returned.CONTAINED, contained.returned());
        assertEquals(
                List.of("m"),
                contained.matches(STORED.facts("MedicationRequest", "order"), STORED).stream()
                        .map(SearchValue.Contained::id)
                        .toList());
    }
}
