package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.client.api.ServerValidationModeEnum;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Search as HAPI's client sees it, on resources that no case changes in a way others notice. */
class SearchIT {
    private static final FhirContext CONTEXT = FhirContext.forR4();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long JOB_SECONDS = 60;

    /** Ids are unique across types, so that a list of them says what was found. */
    private static final List<String> RESOURCES =
            List.of(
                    """
                    {"resourceType":"Organization","id":"top","name":"North Group"}\
                    """,
                    """
                    {"resourceType":"Organization","id":"ward","name":"Ward 7",
                     "partOf":{"reference":"Organization/top"}}\
                    """,
                    """
                    {"resourceType":"Patient","id":"ann","birthDate":"1970-05-01","gender":"female",
                     "name":[{"family":"M\u00fcller","given":["Ann"]}],
                     "managingOrganization":{"reference":"Organization/ward"},
                     "extension":[{"url":"http://acme.org/eyes","valueCode":"blue"}],
                     "text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">Chronic sinusitis since spring</div>"}}\
                    """,
                    """
                    {"resourceType":"Patient","id":"bob","birthDate":"1990-01-01","gender":"male",
                     "name":[{"family":"Meyer"}],
                     "text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">Acute sinusitis</div>"}}\
                    """,
                    observation("weight-1", "ann", "29463-7", "2021-01-01", "70.5", "kg"),
                    observation("weight-2", "ann", "29463-7", "2022-01-01", "71500", "g"),
                    observation("pulse-1", "ann", "8867-4", "2021-06-01", "66", "/min"),
                    observation("weight-3", "bob", "29463-7", "2021-01-01", "90", "kg"),
                    """
                    {"resourceType":"Encounter","id":"visit","status":"finished",
                     "class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},
                     "subject":{"reference":"Patient/ann"},
                     "serviceProvider":{"reference":"Organization/ward"},
                     "period":{"start":"2021-06-01","end":"2021-06-02"}}\
                    """,
                    """
                    {"resourceType":"Location","id":"berlin","position":{"longitude":13.405,"latitude":52.52}}\
                    """,
                    """
                    {"resourceType":"Location","id":"potsdam","position":{"longitude":13.06,"latitude":52.40}}\
                    """,
                    """
                    {"resourceType":"Location","id":"paris","position":{"longitude":2.3522,"latitude":48.8566}}\
                    """,
                    """
                    {"resourceType":"ValueSet","id":"masses","status":"active","url":"http://acme.org/vs/masses",
                     "compose":{"include":[{"system":"http://loinc.org","concept":[{"code":"29463-7"}]}]}}\
                    """);

    @TempDir private static Path folder;
    private static ServerProcess server;
    private static Http http;
    private static IGenericClient client;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(folder);
        http = new Http(server.base());
        CONTEXT.getRestfulClientFactory().setServerValidationMode(ServerValidationModeEnum.NEVER);
        CONTEXT.getRestfulClientFactory().setSocketTimeout(60_000);
        client = client(EncodingEnum.JSON);
        var transaction = new Bundle().setType(Bundle.BundleType.TRANSACTION);
        for (String json : RESOURCES) {
            var resource = (Resource) CONTEXT.newJsonParser().parseResource(json);
            transaction
                    .addEntry()
                    .setResource(resource)
                    .getRequest()
                    .setMethod(Bundle.HTTPVerb.PUT)
                    .setUrl(resource.fhirType() + "/" + resource.getIdElement().getIdPart());
        }
        client.transaction().withBundle(transaction).execute();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Expected are the ids of all entries but outcomes, sorted. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            nullValues = "-",
            quoteCharacter = '\0',
            value = {
                "Observation?_id=weight-1&_include=Observation:subject ann,weight-1",
                "Observation?_id=weight-1&_include=Observation:subject:Group weight-1",
                "Observation?_id=weight-1&_include=Observation:subject&_include:iterate=Patient:organization"
                    + " ann,ward,weight-1",
                "Observation?_id=weight-1&_include=Observation:subject"
                    + "&_include:iterate=Patient:organization&_include:iterate=Organization:partof"
                    + " ann,top,ward,weight-1",
                "Patient?_id=bob&_revinclude=Observation:subject bob,weight-3",
                "Organization?_id=ward&_revinclude=Patient:organization&_revinclude:iterate=Encounter:subject"
                    + " ann,visit,ward",
                "Patient/ann/Observation?code=http://loinc.org|29463-7 weight-1,weight-2",
                "Patient/ann/*?_type=Encounter,Observation pulse-1,visit,weight-1,weight-2",
                "Patient?_has:Observation:patient:code=8867-4 ann",
                "Organization?_has:Patient:organization:_has:Observation:patient:code=8867-4 ward",
                "Observation?subject:Patient.birthdate=lt1980 pulse-1,weight-1,weight-2",
                "Observation?subject:Patient.organization.partof.name=north"
                        + " pulse-1,weight-1,weight-2",
                "Observation?subject.family=muller&code=8867-4 pulse-1",
                "Observation?code-value-quantity=http://loinc.org|29463-7$gt80 weight-2,weight-3",
                "Observation?code-value-quantity=http://loinc.org|8867-4$gt80 -",
                "Observation?value-quantity=gt71|http://unitsofmeasure.org|kg weight-2,weight-3",
                "Observation?value-quantity=71.5|http://unitsofmeasure.org|kg weight-2",
                "Observation?value-quantity=70500|http://unitsofmeasure.org|g weight-1",
                "Location?near=52.52|13.405|50|km berlin,potsdam",
                "Location?near=52.52|13.405|5|km berlin",
                "Patient?_text=sinusitis%20NOT%20acute ann",
                "Patient?_content=sinusitis ann,bob",
                "Observation?code:in=http://acme.org/vs/masses weight-1,weight-2,weight-3",
                "Observation?code:in=ValueSet/masses&subject=bob weight-3",
                "Observation?code:not-in=http://acme.org/vs/masses pulse-1",
                "Patient?_filter=birthdate%20lt%201980%20and%20not%20(gender%20eq%20male) ann",
                "Patient?_filter=name%20co%20%22eye%22%20or%20name%20eq%20%22ann%22 ann,bob",
            })
    void findsWhatWasAskedFor(String query, String expected) {
        List<String> ids = expected == null ? List.of() : List.of(expected.split(","));
        assertEquals(ids, sorted(search(client, query)));
    }

    @Test
    void answersTheSameInXml() {
        String query =
                "Observation?subject:Patient.birthdate=lt1980&_sort=-date"
                        + "&_include=Observation:subject&_total=accurate";
        Bundle xml = search(client(EncodingEnum.XML), query);
        assertEquals(ids(search(client, query)), ids(xml));
        assertEquals(List.of("weight-2", "pulse-1", "weight-1", "ann"), ids(xml));
        assertEquals(3, xml.getTotal());
    }

    @Test
    void matchesAndIncludesAreToldApart() {
        Bundle found = search(client, "Patient?_id=bob&_revinclude=Observation:subject");
        assertEquals(
                List.of("bob match", "weight-3 include"),
                found.getEntry().stream()
                        .map(
                                entry ->
                                        entry.getResource().getIdElement().getIdPart()
                                                + " "
                                                + entry.getSearch().getMode().toCode())
                        .toList());
    }

    @Test
    void linksLeadForwardAndBack() {
        var pages = new ArrayList<List<String>>();
        Bundle page = search(client, "Observation?_sort=-date,_id&_count=1&_total=accurate");
        assertEquals(4, page.getTotal());
        pages.add(ids(page));
        while (page.getLink(Bundle.LINK_NEXT) != null) {
            page = client.loadPage().next(page).execute();
            pages.add(ids(page));
        }
        assertEquals(
                List.of(
                        List.of("weight-2"),
                        List.of("pulse-1"),
                        List.of("weight-1"),
                        List.of("weight-3")),
                pages);
        var back = new ArrayList<List<String>>();
        back.add(ids(page));
        while (page.getLink(Bundle.LINK_PREV) != null || page.getLink("previous") != null) {
            String link =
                    (page.getLink("previous") == null
                                    ? page.getLink(Bundle.LINK_PREV)
                                    : page.getLink("previous"))
                            .getUrl();
            page = client.loadPage().byUrl(link).andReturnBundle(Bundle.class).execute();
            back.add(ids(page));
        }
        assertEquals(pages.reversed(), back);
    }

    @Test
    void everythingOfAPatientIsInItsCompartmentAndAround() {
        Bundle everything =
                client.operation()
                        .onInstance(new IdType("Patient", "ann"))
                        .named("$everything")
                        .withNoParameters(Parameters.class)
                        .useHttpGet()
                        .returnResourceType(Bundle.class)
                        .execute();
        assertEquals(
                List.of("ann", "pulse-1", "top", "visit", "ward", "weight-1", "weight-2"),
                sorted(everything));
        assertEquals(
                List.of("visit"),
                sorted(
                        client.operation()
                                .onInstance(new IdType("Patient", "ann"))
                                .named("$everything")
                                .withParameter(Parameters.class, "_type", new CodeType("Encounter"))
                                .useHttpGet()
                                .returnResourceType(Bundle.class)
                                .execute()));
    }

    @Test
    void theLastOfEachCodeAreFound() {
        var asked = new Parameters();
        asked.addParameter("patient", "Patient/ann");
        asked.addParameter("code", "29463-7,8867-4");
        asked.addParameter().setName("max").setValue(new IntegerType(1));
        Bundle last =
                client.operation()
                        .onType(Observation.class)
                        .named("$lastn")
                        .withParameters(asked)
                        .useHttpGet()
                        .returnResourceType(Bundle.class)
                        .execute();
        assertEquals(List.of("pulse-1", "weight-2"), sorted(last));
    }

    @Test
    void tagsThatWereAddedAreFound() {
        var meta = new Meta();
        meta.addTag().setSystem("http://acme.org/tags").setCode("seen");
        Meta after =
                client.meta()
                        .add()
                        .onResource(new IdType("Location", "paris"))
                        .meta(meta)
                        .execute();
        assertEquals("seen", after.getTagFirstRep().getCode());
        String query = "Location?_tag=http://acme.org/tags|seen";
        assertEquals(List.of("paris"), sorted(search(client, query)));
        client.meta().delete().onResource(new IdType("Location", "paris")).meta(meta).execute();
        assertEquals(List.of(), sorted(search(client, query)));
    }

    @Tag("search-engine")
    @Test
    void explainsHowASearchWasUnderstood() {
        Bundle found = search(client, "Observation?code=8867-4&_explain=true");
        assertEquals(List.of("pulse-1"), sorted(found));
        String outcome =
                found.getEntry().stream()
                        .map(Bundle.BundleEntryComponent::getResource)
                        .filter(OperationOutcome.class::isInstance)
                        .map(each -> CONTEXT.newJsonParser().encodeResourceToString(each))
                        .findFirst()
                        .orElseThrow();
        assertTrue(outcome.contains("code is 8867-4"), outcome);
        assertTrue(outcome.contains("the backend 'main' runs the whole search"), outcome);
    }

    @Tag("search-engine")
    @Test
    void aCustomParameterFindsWhatWasThereOnceItIsIndexed() throws Exception {
        String unknown = "Patient?eye-color=blue";
        assertThrows(InvalidRequestException.class, () -> search(client, unknown));
        var defined =
                http.post(
                        "/SearchParameter",
                        """
                        {"resourceType":"SearchParameter","url":"http://acme.org/sp/eyes","name":"eyes",
                         "status":"active","description":"eyes","code":"eye-color","base":["Patient"],
                         "type":"token",
                         "expression":"Patient.extension.where(url='http://acme.org/eyes').value"}
                        """);
        assertEquals(201, defined.status(), defined.text());
        awaitIndexed(unknown);
        assertEquals(List.of("ann"), sorted(search(client, unknown)));

        Patient late = new Patient();
        late.addExtension("http://acme.org/eyes", new CodeType("green"));
        String id = client.create().resource(late).execute().getId().getIdPart();
        assertEquals(List.of(id), sorted(search(client, "Patient?eye-color=green")));
        client.delete().resourceById("Patient", id).execute();

        assertEquals(202, http.post("/Patient/$reindex", "").status());
        awaitIndexed(unknown);
        assertEquals(List.of("ann"), sorted(search(client, unknown)));
    }

    /** A strict search is refused with 409 while older resources may be missing. */
    private static void awaitIndexed(String query) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(JOB_SECONDS);
        Http.Answer answer;
        do {
            answer = http.get("/" + query, "Prefer", "handling=strict");
            if (answer.status() == 200) {
                JsonNode bundle = JSON.readTree(answer.bytes());
                assertEquals("searchset", bundle.path("type").asText());
                return;
            }
            assertEquals(409, answer.status(), answer.text());
            Thread.onSpinWait();
        } while (System.nanoTime() < end);
        throw new AssertionError("still being indexed: " + answer.text());
    }

    private static String observation(
            String id, String patient, String code, String date, String value, String unit) {
        return """
        {"resourceType":"Observation","id":"%s","status":"final",
         "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
         "code":{"coding":[{"system":"http://loinc.org","code":"%s"}]},
         "subject":{"reference":"Patient/%s"},"effectiveDateTime":"%s",
         "valueQuantity":{"value":%s,"unit":"%s","system":"http://unitsofmeasure.org","code":"%s"}}
        """
                .formatted(id, code, patient, date, value, unit, unit);
    }

    private static IGenericClient client(EncodingEnum encoding) {
        IGenericClient client = CONTEXT.newRestfulGenericClient(server.base().toString());
        client.setEncoding(encoding);
        return client;
    }

    private static Bundle search(IGenericClient by, String url) {
        return by.search().byUrl(server.base() + "/" + url).returnBundle(Bundle.class).execute();
    }

    private static List<String> ids(Bundle bundle) {
        return bundle.getEntry().stream()
                .map(Bundle.BundleEntryComponent::getResource)
                .filter(resource -> !(resource instanceof OperationOutcome))
                .map(resource -> resource.getIdElement().getIdPart())
                .toList();
    }

    private static List<String> sorted(Bundle bundle) {
        List<String> ids = ids(bundle);
        var sorted = new TreeSet<>(ids);
        assertEquals(ids.size(), sorted.size(), () -> "a resource came twice: " + ids);
        return List.copyOf(sorted);
    }
}
