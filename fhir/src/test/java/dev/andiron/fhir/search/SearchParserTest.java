package dev.andiron.fhir.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

class SearchParserTest {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);
    private static final List<String> BASES = List.of("http://localhost/fhir");
    private static final Instant NOW = Instant.parse("2024-01-01T00:00:00Z");
    private static final SearchParser PARSER =
            new SearchParser(R4, BASES, () -> NOW, SearchLimits.DEFAULT);
    private static final SearchContext CONTEXT = SearchContext.standard(R4);
    private static final SearchValueExtractor EXTRACTOR = new SearchValueExtractor(R4, BASES);

    private static final String OBSERVATION =
            """
            {"resourceType": "Observation", "id": "o1", "status": "final",
             "meta": {"profile": ["http://p/one|2"], "tag": [{"system": "t", "code": "x"}]},
             "identifier": [{"system": "s", "value": "a,b|c$d\\\\e", "type": {"coding": [{"system": "y", "code": "MR"}]}}],
             "code": {"text": "Heart rate", "coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Pulse"}]},
             "subject": {"reference": "Patient/p1", "identifier": {"system": "m", "value": "7"}},
             "performer": [{"reference": "http://elsewhere.org/Practitioner/9"}],
             "effectiveDateTime": "2013-01-14T10:00:00Z",
             "valueQuantity": {"value": 100, "unit": "beats/min", "system": "http://unitsofmeasure.org", "code": "/min"}}
            """;

    private static final String PATIENT =
            """
            {"resourceType": "Patient", "id": "p1",
             "name": [{"family": "Müller-Lüdenscheidt", "given": ["Änne"]}],
             "gender": "female", "birthDate": "1980-02", "active": true,
             "managingOrganization": {"reference": "Organization/x"}}
            """;

    private static final SearchFacts O1 = facts(OBSERVATION);
    private static final SearchFacts P1 = facts(PATIENT);

    private static SearchFacts facts(String json) {
        var resource = JsonReader.readObject(json.getBytes(StandardCharsets.UTF_8));
        return new SearchFacts(
                new ResourceKey(
                        resource.string("resourceType").orElseThrow(),
                        resource.string("id").orElseThrow()),
                NOW,
                EXTRACTOR.extract(resource));
    }

    private static boolean finds(SearchFacts facts, String query) {
        var links =
                new SearchLinks() {
                    @Override
                    public Optional<SearchFacts> find(ResourceKey key) {
                        return List.of(O1, P1).stream().filter(f -> f.key().equals(key)).findAny();
                    }

                    @Override
                    public Iterable<SearchFacts> referringTo(
                            ResourceKey target, String sourceType, String parameter) {
                        return List.of(O1, P1);
                    }
                };
        ParsedSearch search =
                PARSER.parse(
                        CONTEXT, facts.key().type(), QueryParameter.parse(query), Handling.STRICT);
        return new CriterionEvaluator(links).matches(search.criterion(), facts);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "_id=p1 yes",
                "_id=p2,p1 yes",
                "_id=p2 no",
                "_id:not=p2 yes",
                "name=muller yes",
                "name=MULLER-L yes",
                "name=ludenscheidt no",
                "name:contains=ludenscheidt yes",
                "name:exact=%C3%84nne yes",
                "name:exact=Anne no",
                "name=anne,bob yes",
                "name=anne&name=bob no",
                "family=anne no",
                "gender=female yes",
                "gender:not=male yes",
                "gender:not=male,female no",
                "gender:missing=false yes",
                "gender:missing=true no",
                "death-date:missing=true yes",
                "active=true yes",
                "birthdate=1980-02 yes",
                "birthdate=1980 yes",
                "birthdate=1980-02-01 no",
                "birthdate=ne1980-02-01 yes",
                "birthdate=ge1980-02-01 yes",
                "birthdate=lt1980-03 yes",
                "birthdate=gt1980-03 no",
                "birthdate=sa1980-01 yes",
                "birthdate=sa1980-02 no",
                "birthdate=eb1980-03 yes",
                "birthdate=ap1982 yes",
                "birthdate=ap1990 no",
                "birthdate=gt1979&birthdate=lt1981 yes",
                "_lastUpdated=2024-01-01 yes",
                "_lastUpdated=gt2024-01-01 no",
                "_lastUpdated=ge2024-01-01 yes",
                "organization=x yes",
                "organization=Organization/x yes",
                "organization=http://localhost/fhir/Organization/x yes",
                "organization=Patient/x no",
                "_has:Observation:patient:code=8867-4 yes",
                "_has:Observation:subject:code=1 no",
                "_has:Observation:patient:performer:missing=false yes",
            })
    void findsThePatient(String query, String expected) {
        assertEquals(expected.equals("yes"), finds(P1, query), query);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "code=8867-4 yes",
                "code=http://loinc.org|8867-4 yes",
                "code=http://loinc.org| yes",
                "code=|8867-4 no",
                "code:text=puls yes",
                "code:text=heart yes",
                "code:text=rate no",
                "identifier=s|a\\,b\\|c\\$d\\\\e yes",
                "identifier=a\\,b\\|c\\$d\\\\e yes",
                "identifier=s|a\\,b no",
                "identifier:of-type=y|MR|a\\,b\\|c\\$d\\\\e yes",
                "identifier:of-type=y|XX|a\\,b\\|c\\$d\\\\e no",
                "subject=p1 yes",
                "subject:Patient=p1 yes",
                "subject:Group=p1 no",
                "subject:identifier=m|7 yes",
                "subject:identifier=7 yes",
                "subject:identifier=|7 no",
                "patient=p1 yes",
                "performer=http://elsewhere.org/Practitioner/9 yes",
                "performer=9 no",
                "subject.name=anne yes",
                "subject:Patient.name=anne yes",
                "subject:Group.identifier=1 no",
                "patient.gender=male no",
                "patient._id=p1 yes",
                "patient.organization:missing=false yes",
                "date=2013-01-14 yes",
                "date=2013-01-14T10:00 yes",
                "date=2013-01-14T11:00:00%2B01:00 yes",
                "date=2013-01-15,2013-01-14 yes",
                "date=ge2013-01-14 yes",
                "date=gt2013-01-14 no",
                "date=le2013-01-14 yes",
                "date=eb2013-01-15 yes",
                "value-quantity=100 yes",
                "value-quantity=100.00 yes",
                "value-quantity=1e2 yes",
                "value-quantity=99.5 no",
                "value-quantity=ne100 no",
                "value-quantity=gt100 no",
                "value-quantity=ge100 yes",
                "value-quantity=lt100 no",
                "value-quantity=le100 yes",
                "value-quantity=gt99.9999 yes",
                "value-quantity=sa100 no",
                "value-quantity=sa99 yes",
                "value-quantity=eb100 no",
                "value-quantity=eb101 yes",
                "value-quantity=ap109 yes",
                "value-quantity=ap120 no",
                "value-quantity=100|http://unitsofmeasure.org|/min yes",
                "value-quantity=100||/min yes",
                "value-quantity=100||beats/min yes",
                "value-quantity=100||mg no",
                "code-value-quantity=8867-4$gt60 yes",
                "code-value-quantity=8867-4$lt60 no",
                "code-value-quantity=http://loinc.org|8867-4$100||/min yes",
                "_tag=t|x yes",
                "_profile=http://p/one yes",
                "_profile=http://p/one|2 yes",
                "_profile=http://p/one|3 no",
                "_profile:below=http://p yes",
                "_profile:below=http://p/on no",
                "_profile:above=http://p/one/two yes",
                "status=final&code=8867-4&subject=Patient/p1 yes",
                "status=final&code=1 no",
            })
    void findsTheObservation(String query, String expected) {
        assertEquals(expected.equals("yes"), finds(O1, query), query);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "nome=x; Patient has no search parameter 'nome'",
                "name:fuzzy=x; no modifier ':fuzzy' for parameters of type string; there is"
                        + " missing, exact, contains, text",
                "name:=x; names no modifier",
                "name=; has no value",
                "name=a,; is empty",
                "gender:exact=x; no modifier ':exact' for parameters of type token",
                "gender:in=x; neither the URL of a ValueSet nor ValueSet/id",
                "gender:in=Patient/x; is not a ValueSet",
                "gender:below=x; of the form system|code",
                "birthdate:exact=2020; there is missing",
                "general-practitioner:above=x; the value is of the form Type/id",
                "organization:below=Patient/x; does not lead to a 'Patient'",
                "organization:below=http://a.example/x; is none",
                "general-practitioner:below=Practitioner/x; those of Practitioner are not",
                "gender:missing=maybe; true or false",
                "gender=a|b|c; not of the form",
                "gender=|; not of the form",
                "birthdate=soon; 'soon' is not a date",
                "birthdate=xx2020; 'xx2020' is not a date",
                "birthdate=2020-13; not a date",
                "_lastUpdated=yesterday; not a date",
                "_id=a/b; not an id",
                "organization=Foo/1; not an id, a reference",
                "organization:Patient=1; does not lead to a Patient",
                "organization:Organization=Patient/1; not the id of a Organization",
                "gender.name=x; not a reference",
                "organization:Patient.name=x; does not lead to a 'Patient'",
                "organization.nome=x; Organization has no search parameter",
                "_has:Observation:code:status=x; not a reference",
                "_has:Observation:patient=x; not of the form _has",
                "_has:Nothing:patient:code=x; no resource type",
                "_has:Encounter:location:status=x; does not lead to a searched type",
                "_include=Patient:organization; does not support it",
                "_text:exact=x; takes no modifier but ':text-advanced'",
                "_text=a (b; a parenthesis is not closed",
                "_text=a) b; a parenthesis is closed that was not opened",
                "_text=\"a; a quote is not closed",
                "_text=a OR; a word is missing",
                "_text=NOT; a word is missing",
                "_text=a AND AND b; a word is missing",
                "_text=-; neither letters nor digits",
                "_list=a/b; not the id of a List",
                "_contained=maybe; none of true, false, both",
                "_containedType=x; none of container, contained",
                "_score=1; neither true nor false",
                "_filter=name; an operator is expected",
                "_filter=name eq; a value is expected",
                "_filter=name eq x or; a parameter is expected",
                "_filter=(name eq x; ')' is expected",
                "_filter=name eq x name eq y; 'and', 'or' or its end is expected",
                "_filter=nome eq x; Patient has no search parameter 'nome'",
                "_filter=name gt x; the operator 'gt' does not fit 'name'",
                "_filter=gender is male; the operator 'is' does not fit 'gender'",
                "_filter=birthdate co 19; the operator 'co' does not fit 'birthdate'",
                "_filter=name pr maybe; 'pr' is true or false",
                "_filter=gender.name eq x; not a reference",
                "_filter=organization[name eq x] eq y; '.' and a parameter is expected",
                "_count=-1; not a whole number",
                "_count=1&_count=2; more than once",
                "_sort=nome; no search parameter 'nome'",
                "_sort=,; sort keys is empty",
                "_sort=_id,_id,_id,_id,_id,_id,_id,_id,_id,_id,_id; at most 10 sort keys",
                "_total=many; none of none, estimate, accurate",
                "_summary=short; none of false, true, text, data, count",
                "_elements=a b; no name of an element",
                "_type=Patient; about one type already",
            })
    void refusesByName(String query, String reason) {
        assertRefused(400, query, reason);
    }

    @ParameterizedTest
    @CsvSource({
        "_query=x, no named query 'x'",
        "_list=$current-problems, the functional list '$current-problems' is not kept",
        "organization._list=$current-problems, the functional list"
    })
    void refusesWhatIsNotImplementedByName(String query, String reason) {
        assertRefused(501, query, reason);
        assertRefused(400, query + "&nome=x", reason);
    }

    private static void assertRefused(int status, String query, String reason) {
        FhirException refusal =
                assertThrows(
                        FhirException.class,
                        () ->
                                PARSER.parse(
                                        CONTEXT,
                                        "Patient",
                                        QueryParameter.parse(query),
                                        Handling.STRICT));
        assertEquals(status, refusal.status());
        String name = query.substring(0, query.indexOf('='));
        assertTrue(refusal.getMessage().contains("'" + name + "'"), refusal::getMessage);
        assertTrue(refusal.getMessage().contains(reason), refusal::getMessage);
    }

    @Test
    void tellsEverythingThatIsWrongAtOnce() {
        var query = QueryParameter.parse("nome=x&birthdate=soon&name=anne&_count=x");
        var refusal =
                assertThrows(
                        FhirException.class,
                        () -> PARSER.parse(CONTEXT, "Patient", query, Handling.STRICT));
        assertEquals(3, refusal.issues().size());
    }

    @Test
    void lenientHandlingIgnoresWhatIsUnknownButNotWhatIsMalformed() {
        ParsedSearch search =
                PARSER.parse(
                        CONTEXT,
                        "Patient",
                        QueryParameter.parse("nome=x&name=anne&gender:fuzzy=y&_format=json"),
                        Handling.LENIENT);
        assertEquals(List.of(new QueryParameter("name", "anne")), search.understood());
        assertEquals(2, search.notes().size());
        assertThrows(
                FhirException.class,
                () ->
                        PARSER.parse(
                                CONTEXT,
                                "Patient",
                                QueryParameter.parse("birthdate=soon"),
                                Handling.LENIENT));
    }

    @Test
    void readsTheControls() {
        ParsedSearch search =
                PARSER.parse(
                        CONTEXT,
                        "Patient",
                        QueryParameter.parse(
                                "_sort=-birthdate,name,_id,-_lastUpdated&_count=5000&_total=estimate&_elements=id,name&_summary=data"),
                        Handling.STRICT);
        assertEquals(
                List.of(
                        new Sort.Parameter("birthdate", Sort.ValueKind.DATE, true),
                        new Sort.Parameter("name", Sort.ValueKind.TEXT, false),
                        new Sort.Id(false),
                        new Sort.LastUpdated(true)),
                search.sort());
        assertEquals(1000, search.count());
        assertEquals(1, search.notes().size());
        assertTrue(search.understood().contains(new QueryParameter("_count", "1000")));
        assertEquals(Query.Total.ESTIMATE, search.total());
        assertEquals(Set.of("id", "name"), search.elements());
        assertEquals(Summary.DATA, search.summary());

        ParsedSearch plain = PARSER.parse(CONTEXT, "Patient", List.of(), Handling.STRICT);
        assertEquals(Criterion.everything(), plain.criterion());
        assertEquals(20, plain.count());

        for (String query : List.of("_count=0", "_summary=count")) {
            ParsedSearch count =
                    PARSER.parse(CONTEXT, "Patient", QueryParameter.parse(query), Handling.STRICT);
            assertEquals(0, count.query(Optional.empty()).limit());
            assertEquals(Query.Total.ACCURATE, count.total());
        }
    }

    @Test
    void searchesAcrossTypes() {
        ParsedSearch search =
                PARSER.parse(
                        CONTEXT,
                        QueryParameter.parse("identifier=x&_type=Patient,Observation"),
                        Handling.STRICT);
        assertEquals(Set.of("Patient", "Observation"), search.types());
        assertEquals(
                new Criterion.Value(
                        "identifier", new ValueTest.Token(Optional.empty(), Optional.of("x"))),
                search.criterion());
        PARSER.parse(CONTEXT, QueryParameter.parse("_tag=x"), Handling.STRICT);
        assertThrows(
                FhirException.class,
                () -> PARSER.parse(CONTEXT, QueryParameter.parse("identifier=x"), Handling.STRICT));
        assertThrows(
                FhirException.class,
                () ->
                        PARSER.parse(
                                CONTEXT,
                                QueryParameter.parse("birthdate=2000&_type=Patient,Group"),
                                Handling.STRICT));
    }

    @Test
    void boundsTheQuery() {
        assertThrows(FhirException.class, () -> finds(P1, "name=" + "x".repeat(2001)));
        assertThrows(FhirException.class, () -> finds(P1, "name=a" + ",a".repeat(2000)));
        assertThrows(FhirException.class, () -> finds(P1, "name=a&".repeat(101)));
        assertThrows(FhirException.class, () -> finds(P1, "link.".repeat(7) + "name=a"));
        assertThrows(FhirException.class, () -> finds(O1, "value-quantity=1e999"));
    }

    @Test
    void conditionalInteractionsTakeCriteriaAlone() {
        assertEquals(
                new Criterion.Id(Set.of("a")),
                PARSER.parseCriteria(
                        CONTEXT, "Patient", QueryParameter.parse("_id=a&_format=json")));
        var none =
                assertThrows(
                        FhirException.class,
                        () -> PARSER.parseCriteria(CONTEXT, "Patient", List.of()));
        assertEquals(412, none.status());
        assertThrows(
                FhirException.class,
                () ->
                        PARSER.parseCriteria(
                                CONTEXT, "Patient", QueryParameter.parse("_id=a&_count=1")));
    }

    @Test
    void queriesSurviveFormatting() {
        var parameters =
                List.of(
                        new QueryParameter("name:exact", "a&b=c d+%"),
                        new QueryParameter("identifier", "http://x|é\\,"));
        assertEquals(parameters, QueryParameter.parse(QueryParameter.format(parameters)));
        assertThrows(FhirException.class, () -> QueryParameter.parse("a=%4"));
    }
}
