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
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The operations of the standard; one server for all cases. */
class OperationsTest {
    private static final String TAG =
            "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"meta\",\"valueMeta\":"
                    + "{\"tag\":[{\"system\":\"http://t\",\"code\":\"%s\"}]}}]}";

    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = RunningServer.in(data);
        put("Organization", "clinic", "\"partOf\":{\"reference\":\"Organization/top\"}");
        put("Organization", "top", "\"name\":\"Top\"");
        put("Practitioner", "doc", "\"active\":true");
        put("Medication", "drug", "\"status\":\"active\"");
        put("Location", "ward", "\"name\":\"Ward\"");
        for (String id : List.of("a", "b")) {
            put("Patient", id, "\"managingOrganization\":{\"reference\":\"Organization/clinic\"}");
            put(
                    "Encounter",
                    "e" + id,
                    """
                    "status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/%s"},\
                    "period":{"start":"2020-05-01","end":"2020-05-03"},\
                    "location":[{"location":{"reference":"Location/ward"}}]\
                    """
                            .formatted(id));
            for (int i = 1; i <= 6; i++) {
                put(
                        "Observation",
                        id + i,
                        """
                        "status":"final","category":[{"coding":[{"code":"%s"}]}],\
                        "code":{"coding":[{"system":"http://loinc.org","code":"c%d"}]},\
                        "subject":{"reference":"Patient/%s"},"focus":[{"reference":"Patient/b"}],\
                        "encounter":{"reference":"Encounter/e%s"},\
                        "performer":[{"reference":"Practitioner/doc"}],\
                        "effectiveDateTime":"202%d-01-01"\
                        """
                                .formatted(i < 5 ? "vital" : "lab", i % 3, id, id, i));
            }
        }
        put(
                "MedicationRequest",
                "m",
                """
                "status":"active","intent":"order","subject":{"reference":"Patient/a"},\
                "medicationReference":{"reference":"Medication/drug"},"authoredOn":"2023-01-01"\
                """);
        put(
                "Coverage",
                "c",
                "\"status\":\"active\",\"beneficiary\":{\"reference\":\"Patient/a\"},"
                        + "\"payor\":[{\"reference\":\"Organization/clinic\"}]");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void put(String type, String id, String rest) {
        Answer answer =
                server.send(
                        "PUT",
                        "/%s/%s".formatted(type, id),
                        "{\"resourceType\":\"%s\",\"id\":\"%s\",%s}".formatted(type, id, rest));
        assertTrue(answer.status() < 300, answer.text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            textBlock =
                    """
                    Patient/a/$everything | Coverage/c Encounter/ea MedicationRequest/m Observation/a1 Observation/a2 Observation/a3 Observation/a4 Observation/a5 Observation/a6 Patient/a | Location/ward Medication/drug Organization/clinic Organization/top Practitioner/doc
                    Patient/a/$everything?_type=Observation,Practitioner | Observation/a1 Observation/a2 Observation/a3 Observation/a4 Observation/a5 Observation/a6 | Practitioner/doc
                    Patient/a/$everything?start=2023-01-01 | Coverage/c MedicationRequest/m Observation/a3 Observation/a4 Observation/a5 Observation/a6 Patient/a | Medication/drug Organization/clinic Organization/top Practitioner/doc
                    Patient/a/$everything?start=2020-05-02&end=2020-12-31 | Coverage/c Encounter/ea Patient/a | Location/ward Organization/clinic Organization/top
                    Patient/a/$everything?_since=2100-01-01 | none | none
                    Encounter/eb/$everything | Encounter/eb Observation/b1 Observation/b2 Observation/b3 Observation/b4 Observation/b5 Observation/b6 | Location/ward Organization/clinic Organization/top Patient/b Practitioner/doc
                    Patient/$everything?_type=Patient,Encounter | Encounter/ea Encounter/eb Patient/a Patient/b | none
                    """)
    void everythingIsTheCompartmentAndWhatItRefersTo(String path, String matches, String included) {
        Answer page = server.get("/" + path);
        assertEquals(200, page.status(), page.text());
        assertEquals(
                matches == null ? List.of() : List.of(matches.split(" ")),
                List.copyOf(new TreeSet<>(Pages.keys(page, "match"))));
        assertEquals(
                included == null ? List.of() : List.of(included.split(" ")), Pages.included(page));
    }

    @Test
    void everythingIsPagedByGetAndPostAlike() {
        Answer posted =
                server.send(
                        "POST",
                        "/Patient/a/$everything",
                        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"_count\",\"valueInteger\":4}]}");
        assertEquals(200, posted.status(), posted.text());
        String self = Pages.link(posted, "self").orElseThrow();
        List<Answer> pages = Pages.follow(server, self, "next");
        assertEquals(3, pages.size());
        assertEquals(posted.text(), pages.getFirst().text());
        var all = new ArrayList<String>();
        pages.forEach(page -> all.addAll(Pages.keys(page, "match")));
        assertEquals(10, all.size(), all.toString());
        assertEquals(10, new TreeSet<>(all).size());
        String last = Pages.link(pages.getLast(), "self").orElseThrow();
        assertEquals(3, Pages.follow(server, last, "previous").size());
        assertEquals(400, server.get(last.replace("/Patient/a/", "/Patient/b/")).status());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    patient=a&category=vital,lab | a6 a5 a4
                    patient=Patient/a&max=2&category=vital,lab | a6 a3 a5 a2 a4 a1
                    subject=Patient/a&category=vital | a4 a3 a2
                    patient=a&code=http://loinc.org%7Cc1&max=5 | a4 a1
                    patient=a&combo-code=c1&max=5 | a4 a1
                    patient=a&code:not=c1 | a6 a5
                    patient=a&date=lt2024&category=vital | a3 a2 a1
                    patient=none&category=vital | none
                    """)
    void lastnGivesTheNewestOfEachCode(String query, String expected) {
        Answer answer = server.get("/Observation/$lastn?" + query);
        assertEquals(200, answer.status(), answer.text());
        String found = String.join(" ", Pages.keys(answer, "match")).replace("Observation/", "");
        assertEquals(expected.equals("none") ? "" : expected, found);
    }

    @Test
    void tagsAreAddedAndTakenAwayAsVersions() {
        put("Basic", "tagged", "\"code\":{\"text\":\"x\"},\"meta\":{\"profile\":[\"http://p\"]}");
        Answer added = server.send("POST", "/Basic/tagged/$meta-add", TAG.formatted("one"));
        assertEquals(200, added.status(), added.text());
        assertEquals("W/\"2\"", added.field("ETag"));
        Answer same = server.send("POST", "/Basic/tagged/$meta-add", TAG.formatted("one"));
        assertEquals("W/\"2\"", same.field("ETag"), "what changes nothing makes no version");
        server.send("POST", "/Basic/tagged/$meta-add", TAG.formatted("two"));
        assertEquals(2, tags(server.get("/Basic/tagged/$meta")).size());
        assertEquals(1, server.get("/Basic?_tag=http://t%7Ctwo").total());
        Answer deleted = server.send("POST", "/Basic/tagged/$meta-delete", TAG.formatted("one"));
        assertEquals(List.of("two"), tags(deleted));
        assertEquals(0, server.get("/Basic?_tag=http://t%7Cone").total());
        assertEquals(List.of("one"), tags(server.get("/Basic/tagged/_history/2/$meta")));
        assertEquals(List.of("two"), tags(server.get("/Basic/$meta")));
        assertEquals(List.of("two"), tags(server.get("/$meta")));
        assertTrue(server.get("/Basic/tagged/$meta").text().contains("http://p"));
        Answer conflict =
                server.send(
                        "POST",
                        "/Basic/tagged/$meta-add",
                        TAG.formatted("three"),
                        "If-Match",
                        "W/\"1\"");
        assertEquals(412, conflict.status(), conflict.text());
    }

    private static List<String> tags(Answer answer) {
        JsonObject output = answer.json().objects("parameter").getFirst();
        assertEquals("return", output.string("name").orElse(""));
        return output.object("valueMeta").orElseThrow().objects("tag").stream()
                .map(tag -> tag.string("code").orElse(""))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            textBlock =
                    """
                    GET | /Patient/$nothing | none | 501 | $bulk-submit, $bulk-submit-status, $everything, $explain, $export, $import, $lastn, $meta
                    GET | /Observation/$everything | none | 404 | it is on Patient at the level of type
                    GET | /$lastn | none | 404 | it is on Observation
                    GET | /Encounter/$everything | none | 404 | $everything is not here
                    GET | /Patient/none/$everything | none | 404 | not known
                    GET | /Patient/a/$everything?colour=1 | none | 400 | known are
                    GET | /Patient/a/$everything?_count=0 | none | 400 | _count
                    GET | /Patient/a/$everything?start=soon | none | 400 | start takes a date
                    GET | /Patient/a/$everything?_type=Nothing | none | 400 | Nothing
                    GET | /Patient/a/$everything?_type=Medication | none | 400 | compartment
                    GET | /Observation/$lastn?code=c1 | none | 400 | patient
                    GET | /Observation/$lastn?patient=a | none | 400 | 'category', or one about codes: 'code', 'code-value-concept'
                    GET | /Observation/$lastn?patient=a&date=2024&value-concept=x | none | 400 | 'category'
                    GET | /Observation/$lastn?patient=a&max=0 | none | 400 | max
                    GET | /Observation/$lastn?patient=a&_sort=date | none | 400 | _sort
                    GET | /Patient/a/$meta-add | none | 405 | POST
                    PUT | /Patient/a/$meta | {"resourceType":"Parameters"} | 405 | GET
                    POST | /Patient/a/$meta-add | {"resourceType":"Parameters"} | 400 | valueMeta
                    POST | /Patient/a/$meta-add | {"resourceType":"Patient"} | 400 | Parameters is expected
                    POST | /Patient/a/$meta-add | {"resourceType":"Parameters","parameter":[{"valueString":"x"}]} | 400 | has no name
                    POST | /Patient/none/$meta-add | {"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"code":"x"}]}}]} | 404 | not known
                    GET | /Parameters/1 | none | 404 | not stored
                    """)
    void whatIsRefusedNamesItsReason(
            String method, String path, String body, int status, String reason) {
        Answer answer = server.send(method, path, body);
        assertEquals(status, answer.status(), answer.text());
        assertTrue(answer.text().contains(reason), answer.text());
    }

    @Test
    void operationsStandInBundlesWhereTheyMay() {
        String entry =
                "{\"resourceType\":\"Bundle\",\"type\":\"%s\",\"entry\":[{%s\"request\":{\"method\":\"%s\",\"url\":\"%s\"}}]}";
        for (String type : List.of("batch", "transaction")) {
            Answer read =
                    server.send(
                            "POST", "", entry.formatted(type, "", "GET", "Patient/a/$everything"));
            assertEquals(200, read.status(), read.text());
            assertTrue(read.text().contains("\"Coverage\""), read.text());
        }
        put("Basic", "bundled", "\"code\":{\"text\":\"x\"}");
        String resource = "\"resource\":" + TAG.formatted("bundled") + ",";
        String url = "Basic/bundled/$meta-add";
        Answer refused =
                server.send("POST", "", entry.formatted("transaction", resource, "POST", url));
        assertEquals(400, refused.status(), refused.text());
        assertEquals(List.of(), tags(server.get("/Basic/bundled/$meta")));
        server.send("POST", "", entry.formatted("batch", resource, "POST", url));
        assertEquals(List.of("bundled"), tags(server.get("/Basic/bundled/$meta")));
        server.send("POST", "/Basic/bundled/$meta-delete", TAG.formatted("bundled"));
    }

    @Test
    void tenantsAreApart() {
        assertEquals(404, server.get("/Patient/a/$everything", "X-Tenant-ID", "other").status());
        Answer none = server.get("/Patient/$everything", "X-Tenant-ID", "other");
        assertFalse(none.json().has("entry"), none.text());
    }
}
