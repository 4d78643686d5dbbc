package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** What searches answer besides their matches; one server for all cases. */
class ResultsTest {
    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = RunningServer.in(data);
        put("Organization/top", "\"name\":\"Top\"");
        put(
                "Organization/clinic",
                "\"name\":\"Clinic\",\"partOf\":{\"reference\":\"Organization/top\"}");
        put("Practitioner/doc", "\"active\":true");
        put("Location/ward", "\"name\":\"Ward\"");
        put("Medication/drug", "\"status\":\"active\"");
        for (int i = 1; i <= 3; i++) {
            put(
                    "Patient/p" + i,
                    """
                    "active":true,"managingOrganization":{"reference":"Organization/clinic"},\
                    "generalPractitioner":[{"reference":"Practitioner/doc"}]%s\
                    """
                            .formatted(
                                    i == 1
                                            ? ",\"link\":[{\"type\":\"seealso\",\"other\":{\"reference\":\"Patient/p2\"}}]"
                                            : i == 2
                                                    ? ",\"link\":[{\"type\":\"seealso\",\"other\":{\"reference\":\"Patient/p1\"}}]"
                                                    : ""));
            put(
                    "Encounter/e" + i,
                    """
                    "status":"finished","class":{"code":"AMB"},"period":{"start":"202%d-01-01","end":"202%d-01-02"},\
                    "subject":{"reference":"Patient/p%d"},\
                    "location":[{"location":{"reference":"Location/ward"}}]\
                    """
                            .formatted(i, i, i));
            for (int j = 0; j < 4; j++) {
                put(
                        "Observation/o%d%d".formatted(i, j),
                        """
                        "status":"final","code":{"coding":[{"system":"http://loinc.org","code":"c%d"}]},\
                        "subject":{"reference":"Patient/p%d"},"encounter":{"reference":"Encounter/e%d"},\
                        "performer":[{"reference":"Practitioner/doc"}],"effectiveDateTime":"202%d-0%d-01"\
                        """
                                .formatted(j % 2, i, i, i, j + 1));
            }
        }
        put(
                "MedicationRequest/m1",
                """
                "status":"active","intent":"order","medicationReference":{"reference":"Medication/drug"},\
                "subject":{"reference":"Patient/p1"},"authoredOn":"2021-06-01"\
                """);
        put(
                "Group/g",
                "\"type\":\"person\",\"actual\":true,\"member\":[{\"entity\":{\"reference\":\"Patient/p3\"}}]");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void put(String key, String rest) {
        String[] parts = key.split("/");
        Answer answer =
                server.send(
                        "PUT",
                        "/" + key,
                        "{\"resourceType\":\"%s\",\"id\":\"%s\",%s}"
                                .formatted(parts[0], parts[1], rest));
        assertEquals(201, answer.status(), answer.text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            textBlock =
                    """
                    Patient?_id=p1&_include=Patient:organization | Organization/clinic
                    Patient?_id=p1&_include=Patient:organization&_include:iterate=Organization:partof | Organization/clinic Organization/top
                    Patient?_id=p1&_include=Patient:organization&_include=Patient:general-practitioner | Organization/clinic Practitioner/doc
                    Patient?_id=p1&_include=* | Organization/clinic Patient/p2 Practitioner/doc
                    Patient?_id=p1&_include=Patient:* | Organization/clinic Patient/p2 Practitioner/doc
                    Patient?_id=p1&_include=Patient:general-practitioner:Organization | none
                    Patient?_id=p1&_include:iterate=Patient:link | Patient/p2
                    Patient?_id=p1,p2&_include:iterate=Patient:link | none
                    Patient?_id=p1&_include:iterate=* | Organization/clinic Organization/top Patient/p2 Practitioner/doc
                    Observation?_id=o10&_include=Observation:subject:Patient | Patient/p1
                    Observation?_id=o10&_include=Observation:subject:Group | none
                    Patient?_id=p1&_revinclude=Encounter:subject | Encounter/e1
                    Patient?_id=p1&_revinclude=Encounter:subject&_revinclude=MedicationRequest:subject | Encounter/e1 MedicationRequest/m1
                    Patient?_id=p1&_revinclude=Encounter:subject&_include:iterate=Encounter:location | Encounter/e1 Location/ward
                    Patient?_id=p1&_revinclude=Encounter:* | Encounter/e1
                    Patient?_id=p3&_revinclude=* | Encounter/e3 Group/g Observation/o30 Observation/o31 Observation/o32 Observation/o33
                    Organization?_id=top&_revinclude:iterate=Organization:partof&_revinclude:iterate=Patient:organization | Organization/clinic Patient/p1 Patient/p2 Patient/p3
                    Encounter?_id=e1&_revinclude=Observation:encounter&_include=Encounter:subject | Observation/o10 Observation/o11 Observation/o12 Observation/o13 Patient/p1
                    ?_type=Patient,Encounter&_id=p1,e2&_include=Encounter:subject | Patient/p2
                    """)
    void includesComeOnceAndNeverInsteadOfAMatch(String query, String expected) {
        Answer page = server.get(query.startsWith("?") ? query : "/" + query);
        assertEquals(200, page.status(), page.text());
        List<String> wanted = expected == null ? List.of() : List.of(expected.split(" "));
        assertEquals(wanted, Pages.included(page), page.text());
        assertEquals(Pages.included(page).size(), Pages.keys(page, "include").size());
        String self = Pages.link(page, "self").orElseThrow();
        assertTrue(self.contains("include"), self);
        assertEquals(page.text(), server.get(self).text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Patient?_include=Patient:nothing | has no reference parameter 'nothing'
                    Patient?_include=Patient:birthdate | has no reference parameter 'birthdate'
                    Patient?_include=Nothing:subject | no resource type 'Nothing'
                    Patient?_include=Patient | not of the form
                    Patient?_include=Patient:link:Encounter | does not lead to a Encounter
                    Patient?_include=Observation:subject | no Observation is searched
                    Patient?_revinclude=Encounter:location | leads to none of the types
                    Patient?_include:recurse=Patient:link | ':iterate' is
                    Patient?_include=*&_summary=text | cannot be combined
                    Patient?_maxresults=0 | whole number from 1
                    Patient?_explain=maybe | neither true nor false
                    Patient?_elements=nmae | 'nmae' is no element
                    Patient/p1?_elements=nmae | no element 'nmae'
                    Patient?_pretty=yes | _pretty takes
                    Patient/p1?_pretty=yes | _pretty takes
                    Patient?_summary=yes | yes
                    """)
    void whatCannotBeMeantIsRefused(String query, String reason) {
        Answer answer = server.get("/" + query);
        assertEquals(400, answer.status(), answer.text());
        assertTrue(answer.text().contains(reason), answer.text());
    }

    @Test
    void lenientlyAnIncludeIsPassedOverAndReported() {
        Answer page =
                server.get(
                        "/Patient?_id=p1&_include=Patient:nothing&_elements=nmae,active",
                        "Prefer",
                        "handling=lenient");
        assertEquals(200, page.status(), page.text());
        assertEquals(2, Pages.notes(page).size(), page.text());
        assertFalse(Pages.link(page, "self").orElseThrow().contains("_include"));
    }

    @Test
    void pagesGoForwardAndBack() {
        List<Answer> forward =
                Pages.follow(server, server.base() + "/Observation?_sort=-date&_count=5", "next");
        assertEquals(3, forward.size());
        assertTrue(Pages.link(forward.getFirst(), "previous").isEmpty());
        String last = Pages.link(forward.getLast(), "self").orElseThrow();
        List<Answer> back = Pages.follow(server, last, "previous");
        assertEquals(
                forward.reversed().stream().map(page -> Pages.keys(page, "match")).toList(),
                back.stream().map(page -> Pages.keys(page, "match")).toList());
        assertEquals(Pages.link(forward.get(1), "next"), Pages.link(back.get(1), "next"));
        String first = Pages.link(forward.getLast(), "first").orElseThrow();
        assertEquals(
                Pages.keys(forward.getFirst(), "match"), Pages.keys(server.get(first), "match"));
    }

    @Test
    void historyGoesBackToo() {
        List<Answer> forward =
                Pages.follow(server, server.base() + "/Observation/_history?_count=4", "next");
        assertEquals(3, forward.size());
        List<Answer> back =
                Pages.follow(
                        server, Pages.link(forward.getLast(), "self").orElseThrow(), "previous");
        assertEquals(
                forward.reversed().stream().map(page -> page.json().objects("entry")).toList(),
                back.stream().map(page -> page.json().objects("entry")).toList());
    }

    @Test
    void aMaximumEndsTheResultAndSaysSo() {
        List<Answer> pages =
                Pages.follow(
                        server,
                        server.base() + "/Observation?_maxresults=7&_count=5&_total=accurate",
                        "next");
        assertEquals(2, pages.size());
        assertEquals(2, Pages.keys(pages.getLast(), "match").size());
        assertEquals(12, pages.getFirst().total());
        assertTrue(Pages.notes(pages.getLast()).toString().contains("_maxresults=7"));
        assertTrue(Pages.notes(pages.getFirst()).isEmpty());
    }

    @Test
    void aCountHasNoEntriesAndNoPages() {
        for (String query : List.of("_count=0", "_summary=count")) {
            Answer page = server.get("/Observation?code=c0&" + query);
            assertEquals(6, page.total(), page.text());
            assertFalse(page.json().has("entry"), page.text());
            assertEquals(1, page.json().objects("link").size(), page.text());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Patient/p1/Observation | 4
                    Patient/p1/Observation?code=c1 | 2
                    Patient/p1/Observation?code=c1&_count=1&_total=accurate | 2
                    Patient/p1/* | 8
                    Patient/p1/*?_type=Encounter,Observation | 5
                    Patient/p1/Patient | 2
                    Patient/none/Observation | 0
                    Encounter/e2/Observation | 4
                    Encounter/e2/* | 5
                    Practitioner/doc/Patient | 3
                    """)
    void compartmentsAreSearched(String path, int total) {
        Answer page = server.get("/" + path);
        assertEquals(200, page.status(), page.text());
        assertEquals(total, page.total(), page.text());
        assertTrue(Pages.link(page, "self").orElseThrow().contains(path.replaceAll("\\?.*", "")));
    }

    @Test
    void compartmentsAreSearchedByFormAndPaged() {
        Answer page =
                server.send(
                        "POST",
                        "/Patient/p1/Observation/_search",
                        "code=c1&_count=1",
                        "Content-Type",
                        "application/x-www-form-urlencoded");
        assertEquals(200, page.status(), page.text());
        String next = Pages.link(page, "next").orElseThrow();
        assertEquals(1, Pages.keys(server.get(next), "match").size());
        assertEquals(400, server.get(next.replace("/p1/", "/p2/")).status());
        assertEquals(404, server.get("/Organization/clinic/Observation").status());
        assertEquals(404, server.get("/Patient/p1/Medication").status());
        assertEquals(400, server.get("/Patient/p1/*?_type=Medication").status());
        assertEquals(404, server.get("/Patient/p1/nothing").status());
    }

    @Test
    void containedResourcesComeAloneOrInTheirContainer() {
        put(
                "MedicationRequest/inside",
                """
                "contained":[{"resourceType":"Medication","id":"in","code":{"coding":[{"code":"pill"}]}},\
                {"resourceType":"Medication","id":"other","code":{"coding":[{"code":"drop"}]}}],\
                "status":"active","intent":"order","medicationReference":{"reference":"#in"},\
                "subject":{"reference":"Patient/p3"}\
                """);
        try {
            Answer container = server.get("/Medication?code=pill&_contained=true");
            assertEquals(List.of("MedicationRequest/inside"), Pages.keys(container, "match"));
            Answer alone =
                    server.get("/Medication?code=pill&_contained=both&_containedType=contained");
            assertEquals(List.of("Medication/in"), Pages.keys(alone, "match"), alone.text());
            assertEquals(
                    server.base() + "/MedicationRequest/inside#in",
                    alone.json().objects("entry").getFirst().string("fullUrl").orElse(""));
            Answer both =
                    server.get("/Medication?_contained=both&_containedType=contained&_sort=_id");
            assertEquals(
                    List.of("Medication/drug", "Medication/in", "Medication/other"),
                    Pages.keys(both, "match").stream().sorted().toList());
        } finally {
            server.send("DELETE", "/MedicationRequest/inside", (byte[]) null);
        }
    }

    @Test
    void aSearchExplainsItself() {
        Answer page =
                server.get("/Observation?subject:Patient.active=true&date=ge2021&_explain=true");
        assertEquals(200, page.status(), page.text());
        assertEquals(12, Pages.keys(page, "match").size());
        String notes = String.join("\n", Pages.notes(page));
        for (String part :
                List.of(
                        "parameter date=ge2021: date is within",
                        "subject leads to a Patient of which (active is",
                        "the backend 'main' runs the whole search",
                        "plan: ")) {
            assertTrue(notes.contains(part), notes);
        }
        for (Answer explained :
                List.of(
                        server.get("/Observation/$explain?date=ge2021&_sort=-date"),
                        server.send(
                                "POST",
                                "/Observation/$explain",
                                """
                                {"resourceType":"Parameters","parameter":[\
                                {"name":"date","valueString":"ge2021"},{"name":"_sort","valueString":"-date"}]}\
                                """))) {
            assertEquals(200, explained.status(), explained.text());
            List<String> names =
                    explained.json().objects("parameter").stream()
                            .map(parameter -> parameter.string("name").orElse(""))
                            .toList();
            assertTrue(
                    names.containsAll(List.of("parameter", "criterion", "sort", "route", "plan")),
                    explained.text());
        }
        assertEquals(400, server.get("/Observation/$explain?nothing=1").status());
    }

    @Test
    void capabilitiesListIncludesAndOperations() {
        JsonObject rest = server.get("/metadata").json().objects("rest").getFirst();
        JsonObject patient = null;
        for (JsonObject type : rest.objects("resource")) {
            if (type.string("type").orElse("").equals("Patient")) {
                patient = type;
            }
            assertFalse(type.string("type").orElse("").equals("Parameters"));
        }
        String text = String.valueOf(patient);
        assertTrue(text.contains("\"Patient:organization\""), text);
        assertTrue(text.contains("\"Observation:subject\""), text);
        assertTrue(text.contains("OperationDefinition/Patient-everything"), text);
        var names = new TreeSet<String>();
        rest.objects("operation").forEach(each -> names.add(each.string("name").orElse("")));
        assertTrue(names.containsAll(List.of("meta", "explain")), names.toString());
        assertFalse(names.contains("everything"), names.toString());
        for (String name : List.of("meta", "explain")) {
            assertEquals(200, server.get("/$" + name).status(), name);
        }
        assertEquals(
                404,
                server.send("POST", "/Parameters", "{\"resourceType\":\"Parameters\"}").status());
    }
}
