package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Search parameters that tenants define, and the indexing of what is stored already. */
class CustomSearchTest {
    private static final String EYES = "http://example.org/eyes";

    @TempDir private Path data;
    private RunningServer server;

    @BeforeEach
    void start() throws IOException {
        server = RunningServer.in(data);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Goes on over the same data. */
    private void restart(Map<String, String> overrides) throws IOException {
        server.close();
        server = new RunningServer(data, overrides);
    }

    private static String patient(String id, String color) {
        return """
        {"resourceType":"Patient","id":"%s","extension":[{"url":"%s","valueCode":"%s"}]}\
        """
                .formatted(id, EYES, color);
    }

    private static String parameter(String id, String code, String more) {
        return """
        {"resourceType":"SearchParameter","id":"%s","url":"http://example.org/sp/%s",\
        "name":"eyes","status":"active","description":"eyes","code":"%s","base":["Patient"],\
        "type":"token","expression":"Patient.extension.where(url='%s').value"%s}\
        """
                .formatted(id, id, code, EYES, more);
    }

    private Answer put(String type, String id, String body, String... fields) {
        return server.send("PUT", "/" + type + "/" + id, body, fields);
    }

    private static boolean isIncomplete(Answer answer) {
        return answer.text().contains("\"code\":\"incomplete\"");
    }

    /** The answer once everything is indexed. */
    private Answer whenComplete(String search) {
        Answer answer = server.get(search);
        for (int i = 0; isIncomplete(answer) && i < 100_000; i++) {
            Thread.onSpinWait();
            answer = server.get(search);
        }
        assertFalse(isIncomplete(answer), answer::text);
        return answer;
    }

    @Test
    void countsAtOnceForWhatIsWrittenAndSoonForWhatIsThere() {
        put("Patient", "old", patient("old", "blue"));
        assertEquals(400, server.get("/Patient?eye-color=blue").status());
        Answer made = put("SearchParameter", "eyes", parameter("eyes", "eye-color", ""));
        assertEquals(201, made.status(), made::text);
        put("Patient", "new", patient("new", "blue"));
        put("Patient", "other", patient("other", "green"));
        Answer found = server.get("/Patient?eye-color=blue");
        assertTrue(found.text().contains("/Patient/new"), found::text);
        assertEquals(2, whenComplete("/Patient?eye-color=blue&_total=accurate").total());
        assertEquals(1, server.get("/Patient?eye-color:not=blue&_total=accurate").total());
        assertTrue(server.get("/metadata").text().contains("\"eye-color\""));
        assertFalse(
                server.get("/metadata", "X-Tenant-ID", "other").text().contains("\"eye-color\""));
        assertEquals(400, server.get("/Patient?eye-color=blue", "X-Tenant-ID", "other").status());
    }

    /** A job that nobody runs keeps the parameter incomplete. */
    @Test
    void onlySearchesThatAskForTheParameterItselfAreWarned() throws IOException {
        put(
                "SearchParameter",
                "other",
                parameter("other", "eyes", "").replace("Patient", "Person"));
        whenComplete("/Person?eyes=blue");
        restart(Map.of("jobs.workers", "0"));
        assertEquals(201, put("SearchParameter", "eyes", parameter("eyes", "eyes", "")).status());
        for (String search :
                List.of(
                        "/Patient?eyes=blue",
                        "/Patient?_sort=-eyes",
                        "/Patient?_filter=eyes%20eq%20blue",
                        "/Observation?patient.eyes=blue",
                        "/Organization?_has:Patient:organization:eyes=blue")) {
            Answer answer = server.get(search);
            assertTrue(isIncomplete(answer), search + answer.text());
        }
        for (String search :
                List.of(
                        "/Person?eyes=blue",
                        "/Patient?name=eyes",
                        "/Patient?_has:Person:patient:eyes=blue",
                        "/Person?_filter=eyes%20eq%20blue&_sort=eyes")) {
            Answer answer = server.get(search);
            assertEquals(200, answer.status(), answer::text);
            assertFalse(isIncomplete(answer), search + answer.text());
        }
        String person = "{\"resourceType\":\"Person\"}";
        assertEquals(
                201, server.send("POST", "/Person", person, "If-None-Exist", "eyes=red").status());
        String patient = "{\"resourceType\":\"Patient\"}";
        assertEquals(
                409,
                server.send("POST", "/Patient", patient, "If-None-Exist", "eyes=red").status());
    }

    @Test
    void changesAndDeletesCountAtOnceToo() {
        put("SearchParameter", "eyes", parameter("eyes", "eye-color", ""));
        put("Patient", "1", patient("1", "blue"));
        put("SearchParameter", "eyes", parameter("eyes", "eyes", ""));
        assertEquals(400, server.get("/Patient?eye-color=blue").status());
        assertEquals(1, whenComplete("/Patient?eyes=blue&_total=accurate").total());
        String retired = parameter("eyes", "eyes", "").replace("\"active\"", "\"retired\"");
        assertEquals(200, put("SearchParameter", "eyes", retired).status());
        assertEquals(400, server.get("/Patient?eyes=blue").status());
        put("SearchParameter", "eyes", parameter("eyes", "eyes", ""));
        assertEquals(1, whenComplete("/Patient?eyes=blue&_total=accurate").total());
        assertEquals(204, server.send("DELETE", "/SearchParameter/eyes", (String) null).status());
        assertEquals(400, server.get("/Patient?eyes=blue").status());
        assertFalse(server.get("/metadata").text().contains("\"eyes\""));
    }

    @Test
    void searchesSayWhatIsNotIndexedYetAndAFailureOrARestartDoesNotHideIt() throws IOException {
        restart(Map.of("jobs.workers", "0"));
        put("Patient", "old", patient("old", "blue"));
        put("SearchParameter", "eyes", parameter("eyes", "eye-color", ""));
        Answer early = server.get("/Patient?eye-color=blue");
        assertEquals(200, early.status());
        assertTrue(isIncomplete(early), early::text);
        assertTrue(early.text().contains("\"severity\":\"warning\""), early::text);
        assertTrue(isIncomplete(server.get("/Patient?_sort=-eye-color")));
        assertFalse(isIncomplete(server.get("/Patient?gender=male")));
        Answer strict = server.get("/Patient?eye-color=blue", "Prefer", "handling=strict");
        assertEquals(409, strict.status(), strict::text);
        Answer conditional =
                server.send(
                        "POST",
                        "/Patient",
                        "{\"resourceType\":\"Patient\"}",
                        "If-None-Exist",
                        "eye-color=blue");
        assertEquals(409, conditional.status(), conditional::text);
        restart(Map.of());
        assertEquals(1, whenComplete("/Patient?eye-color=blue&_total=accurate").total());
        assertEquals(
                200, server.get("/Patient?eye-color=blue", "Prefer", "handling=strict").status());
    }

    @Test
    void whatCannotBeUsedIsRefusedWithItsElement() {
        String fine = parameter("p", "eye-color", "");
        refused(
                "SearchParameter.code",
                fine.replace("\"code\":\"eye-color\"", "\"code\":\"name\""));
        refused("SearchParameter.code", fine.replace("\"code\":\"eye-color\"", "\"code\":\"_x\""));
        refused("SearchParameter.base[0]", fine.replace("[\"Patient\"]", "[\"Patent\"]"));
        refused("SearchParameter.expression", fine.replace("extension.where", "extensions.where"));
        refused("SearchParameter.expression", fine.replace("Patient.extension", "Patient..ext"));
        refused("SearchParameter.expression", fine.replace("Patient.extension", "Group.extension"));
        refused("SearchParameter.type", fine.replace("\"token\"", "\"special\""));
        refused(
                "SearchParameter.target",
                fine.replace("\"base\"", "\"target\":[\"Group\"],\"base\""));
        refused(
                "SearchParameter.url",
                fine.replace(
                        "http://example.org/sp/p",
                        "http://hl7.org/fhir/SearchParameter/Patient-active"));
        refused(
                "SearchParameter.expression",
                fine.replace("\"token\"", "\"date\"")
                        .replace(
                                "Patient.extension.where(url='" + EYES + "').value",
                                "Patient.name"));
        refused("SearchParameter.component", fine.replace("\"token\"", "\"composite\""));
        refused(
                "SearchParameter.component[1].definition",
                fine.replace(
                        "\"token\"",
                        """
                        "composite","component":[
                        {"definition":"http://hl7.org/fhir/SearchParameter/individual-gender",
                        "expression":"gender"},
                        {"definition":"http://example.org/none","expression":"name"}]\
                        """));
        put("SearchParameter", "first", parameter("first", "eye-color", ""));
        refused("SearchParameter.code", fine);
        refused("SearchParameter.url", parameter("p", "eyes", "").replace("/sp/p", "/sp/first"));
        assertEquals(404, server.get("/SearchParameter/p").status());
        assertEquals(
                201,
                put("SearchParameter", "p", fine.replace("\"active\"", "\"unknown\"")).status());
    }

    private void refused(String element, String body) {
        Answer answer = put("SearchParameter", "p", body);
        assertEquals(422, answer.status(), answer::text);
        List<String> elements =
                answer.json().objects("issue").stream()
                        .flatMap(issue -> issue.array("expression").stream())
                        .map(Object::toString)
                        .toList();
        assertTrue(
                elements.toString().contains('"' + element + '"'), () -> element + answer.text());
    }

    @Test
    void partsOfACompositeStay() {
        put("SearchParameter", "eyes", parameter("eyes", "eye-color", ""));
        String composite =
                """
                {"resourceType":"SearchParameter","id":"both","url":"http://example.org/sp/both",
                "name":"both","status":"draft","description":"both","code":"eyes-gender",
                "base":["Patient"],"type":"composite","expression":"Patient","component":[
                {"definition":"http://example.org/sp/eyes",
                "expression":"extension.where(url='http://example.org/eyes').value"},
                {"definition":"http://hl7.org/fhir/SearchParameter/individual-gender",
                "expression":"gender"}]}\
                """;
        Answer made = put("SearchParameter", "both", composite);
        assertEquals(201, made.status(), made::text);
        put("Patient", "1", patient("1", "blue").replace("\"id\"", "\"gender\":\"male\",\"id\""));
        assertEquals(1, whenComplete("/Patient?eyes-gender=blue$male&_total=accurate").total());
        assertEquals(0, whenComplete("/Patient?eyes-gender=blue$female&_total=accurate").total());
        Answer kept = server.send("DELETE", "/SearchParameter/eyes", (String) null);
        assertEquals(409, kept.status(), kept::text);
        assertEquals(200, server.get("/SearchParameter/eyes").status());
    }

    @Test
    void reindexingIsAJob() {
        put("Patient", "1", patient("1", "blue"));
        put("SearchParameter", "eyes", parameter("eyes", "eye-color", ""));
        for (String where : List.of("", "/Patient", "/SearchParameter/eyes")) {
            Answer accepted = server.send("POST", where + "/$reindex", (String) null);
            assertEquals(202, accepted.status(), accepted::text);
            Answer status = whenDone(accepted.field("Content-Location"));
            assertEquals(200, status.status(), status::text);
            assertTrue(
                    status.diagnostics()
                            .getFirst()
                            .matches("[0-9]+ resources were indexed again\\."),
                    status::text);
            assertFalse(status.field("Expires").isEmpty());
        }
        assertEquals(
                404, server.send("POST", "/SearchParameter/x/$reindex", (String) null).status());
        assertEquals(404, server.send("POST", "/Patient/1/$reindex", (String) null).status());
        assertEquals(400, server.send("POST", "/$reindex?x=y", (String) null).status());
        assertEquals(405, server.get("/$reindex").status());
    }

    private Answer whenDone(String url) {
        Answer status = server.get(url);
        for (int i = 0; status.status() == 202 && i < 100_000; i++) {
            assertFalse(status.field("X-Progress").isEmpty());
            assertEquals("1", status.field("Retry-After"));
            status = server.get(url);
        }
        return status;
    }

    @Test
    void jobsAreCancelledRemovedAndOnesOwn() throws IOException {
        restart(Map.of("jobs.workers", "0", "jobs.per-tenant", "2"));
        String url =
                server.send("POST", "/Patient/$reindex", (String) null).field("Content-Location");
        assertEquals(202, server.get(url).status());
        assertEquals("accepted", server.get(url).field("X-Progress"));
        assertEquals(404, server.get(url, "X-Tenant-ID", "other").status());
        assertEquals(202, server.send("POST", "/$reindex", (String) null).status());
        Answer many = server.send("POST", "/$reindex", (String) null);
        assertEquals(429, many.status(), many::text);
        assertEquals(202, server.send("DELETE", url, (String) null).status());
        assertEquals(404, server.get(url).status());
        assertEquals(404, server.send("DELETE", url, (String) null).status());
        assertEquals(404, server.get("/$job-status/none").status());
        assertEquals(405, server.send("POST", url, "{}").status());
        assertTrue(
                server.get(server.root() + "/metrics")
                        .text()
                        .contains("andiron_jobs_kept{kind=\"reindex\",state=\"accepted\"}"));
    }
}
