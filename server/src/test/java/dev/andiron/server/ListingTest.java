package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Searches and histories: their bundles and the links between their pages. */
class ListingTest {
    @TempDir Path data;
    private RunningServer server;

    @BeforeEach
    void start() throws IOException {
        server = RunningServer.in(data);
        for (int i = 0; i < 7; i++) {
            put(i, "male");
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void put(int number, String gender) {
        Answer answer =
                server.send(
                        "PUT",
                        "/Patient/p" + number,
                        """
                        {"resourceType":"Patient","id":"p%d","gender":"%s",\
                        "text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">x</div>"},\
                        "name":[{"family":"F%d"}],"birthDate":"200%d-01-01","photo":[{"title":"me"}]}\
                        """
                                .formatted(number, gender, number, number % 10));
        assertTrue(answer.status() < 300, answer.text());
    }

    private static Optional<String> link(Answer page, String relation) {
        return page.json().objects("link").stream()
                .filter(link -> link.string("relation").orElse("").equals(relation))
                .findFirst()
                .flatMap(link -> link.string("url"));
    }

    private static List<JsonObject> resources(Answer page) {
        return page.json().objects("entry").stream()
                .flatMap(entry -> entry.object("resource").stream())
                .toList();
    }

    private static List<String> ids(Answer page) {
        return resources(page).stream().map(each -> each.string("id").orElse("")).toList();
    }

    /** Follows the links, doing something before each page but the first. */
    private List<String> walk(String path, Runnable between) {
        var found = new ArrayList<String>();
        Optional<String> next = Optional.of(server.base() + path);
        while (next.isPresent()) {
            Answer page = server.get(next.get());
            assertEquals(200, page.status(), page.text());
            found.addAll(ids(page));
            next = link(page, "next");
            between.run();
        }
        return found;
    }

    @Test
    void pagesOfASearchNeitherRepeatNorSkipWhileOthersWrite() {
        var count = new int[] {100};
        List<String> found = walk("/Patient?gender=male&_count=2", () -> put(count[0]++, "female"));
        assertEquals(7, found.size(), found.toString());
        assertEquals(7, found.stream().distinct().count());
        List<String> sorted =
                walk("/Patient?gender=male&_count=3&_sort=-birthdate", () -> put(50, "other"));
        assertEquals(List.of("p6", "p5", "p4", "p3", "p2", "p1", "p0"), sorted);
    }

    @Test
    void aBundleHasLinksModesAndTheResourcesAsTheyAreStored() {
        Answer page = server.get("/Patient?_id=p1");
        JsonObject bundle = page.json();
        assertEquals("searchset", bundle.string("type").orElse(""));
        JsonObject entry = bundle.objects("entry").getFirst();
        assertEquals(server.base() + "/Patient/p1", entry.string("fullUrl").orElse(""));
        assertEquals("match", entry.object("search").orElseThrow().string("mode").orElse(""));
        assertEquals(server.get("/Patient/p1").json(), entry.object("resource").orElseThrow());
        assertEquals(server.base() + "/Patient?_id=p1", link(page, "self").orElse(""));
        assertEquals(1, page.total());
    }

    @Test
    void theNextPageIsWrittenAsTheFirst() {
        for (String path : List.of("/Patient", "/Patient/_history")) {
            Answer page =
                    server.get(path + "?_count=2&_format=application/fhir%2Bjson&_pretty=true");
            String next = link(page, "next").orElseThrow();
            assertTrue(next.endsWith("&_format=application/fhir%2Bjson&_pretty=true"), next);
            Answer second = server.get(next);
            assertEquals(200, second.status(), second.text());
            assertTrue(second.text().contains("\n"), second.text());
        }
    }

    @Test
    void linksAreSealedForTheirTenantAndQueryAndOutliveARestart() throws IOException {
        String next = link(server.get("/Patient?gender=male&_count=2"), "next").orElseThrow();
        assertEquals(400, server.get(next, "X-Tenant-ID", "other").status());
        assertEquals(400, server.get(next.replace("gender=male", "gender=female")).status());
        assertEquals(400, server.get(next.substring(0, next.length() - 3) + "AAA").status());
        String relative = next.substring(server.base().length());
        server.close();
        server = RunningServer.in(data);
        assertEquals(2, ids(server.get(relative)).size());
    }

    @Test
    void aFormSearchesLikeAQuery() {
        Answer page =
                server.send(
                        "POST",
                        "/Patient/_search?gender=male",
                        "birthdate=ge2005-01-01&_count=1",
                        "Content-Type",
                        "application/x-www-form-urlencoded");
        assertEquals(200, page.status(), page.text());
        assertEquals(1, ids(page).size());
        assertEquals(1, ids(server.get(link(page, "next").orElseThrow())).size());
        assertEquals(415, server.send("POST", "/Patient/_search", "{}").status());
    }

    @Test
    void unknownParametersAreRefusedOrReported() {
        Answer strict = server.get("/Patient?colour=red&_id=p1");
        assertEquals(400, strict.status());
        assertTrue(strict.text().contains("colour"), strict.text());
        Answer lenient = server.get("/Patient?colour=red&_id=p1", "Prefer", "handling=lenient");
        assertEquals(200, lenient.status(), lenient.text());
        assertFalse(link(lenient, "self").orElseThrow().contains("colour"));
        JsonObject last = lenient.json().objects("entry").getLast();
        assertEquals("outcome", last.object("search").orElseThrow().string("mode").orElse(""));
    }

    @Test
    void theSystemIsSearchedAcrossTypes() {
        server.send(
                "PUT",
                "/Group/g",
                "{\"resourceType\":\"Group\",\"id\":\"g\",\"type\":\"person\",\"actual\":true}");
        Answer both = server.get("?_type=Patient,Group&_id=p1,g");
        assertEquals(200, both.status(), both.text());
        assertEquals(2, ids(both).size());
    }

    @Test
    void countsAndSummariesLeaveOutWhatTheySay() {
        Answer count = server.get("/Patient?_summary=count");
        assertEquals(7, count.total());
        assertFalse(count.json().has("entry"));
        JsonObject elements =
                resources(server.get("/Patient?_id=p1&_elements=birthDate")).getFirst();
        assertFalse(elements.has("name"), elements.toString());
        assertTrue(elements.has("birthDate"));
        assertTrue(elements.toString().contains("SUBSETTED"));
        JsonObject summary = server.get("/Patient/p1?_summary=true").json();
        assertFalse(summary.has("photo"));
        assertTrue(summary.has("name"));
        assertFalse(server.get("/Patient/p1?_summary=data").json().has("text"));
        assertEquals(400, server.get("/Patient/p1?_summary=some").status());
    }

    @Test
    void xmlGoesInAndOut() {
        Answer put =
                server.send(
                        "PUT",
                        "/Patient/x",
                        "<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"x\"/>"
                                + "<active value=\"true\"/></Patient>",
                        "Content-Type",
                        "application/fhir+xml",
                        "Accept",
                        "application/fhir+xml");
        assertEquals(201, put.status(), put.text());
        assertTrue(put.text().contains("<active value=\"true\"/>"), put.text());
        assertTrue(server.get("/Patient/x").text().contains("\"active\":true"));
        assertTrue(server.get("/Patient?_id=x&_format=xml").text().startsWith("<Bundle"));
        Answer refused = server.get("/Patient/none", "Accept", "application/fhir+xml");
        assertEquals(404, refused.status());
        assertTrue(refused.text().contains("<OperationOutcome"), refused.text());
    }

    @Test
    void historyListsWhatHappenedAtEachLevel() {
        put(1, "female");
        server.send("DELETE", "/Patient/p1", (byte[]) null);
        Answer history = server.get("/Patient/p1/_history");
        assertEquals(200, history.status(), history.text());
        assertEquals("history", history.json().string("type").orElse(""));
        List<String> methods =
                history.json().objects("entry").stream()
                        .map(e -> e.object("request").orElseThrow().string("method").orElse(""))
                        .toList();
        assertEquals(List.of("DELETE", "PUT", "PUT"), methods);
        JsonObject last = history.json().objects("entry").getFirst();
        assertFalse(last.has("resource"));
        assertEquals("W/\"3\"", last.object("response").orElseThrow().string("etag").orElse(""));
        assertEquals(404, server.get("/Patient/none/_history").status());

        String since =
                server.get("/Patient/p6")
                        .json()
                        .object("meta")
                        .orElseThrow()
                        .string("lastUpdated")
                        .orElseThrow();
        assertTrue(
                server.get("/Patient/_history?_since=" + since).json().objects("entry").size()
                        >= 3);
        assertEquals(400, server.get("/_history?_since=yesterday").status());
        assertEquals(400, server.get("/_history?_count=0").status());

        var between = new int[] {200};
        List<String> all = walk("/_history?_count=2", () -> put(between[0]++, "other"));
        assertEquals(8, all.size(), all.toString());
    }
}
