package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;

class CrudTest {
    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = RunningServer.in(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String patient(String id, String family) {
        return """
        {"resourceType":"Patient","id":"%s","name":[{"family":"%s"}]}\
        """
                .formatted(id, family);
    }

    @Test
    void createAssignsIdVersionAndTimeAndTellsThem() {
        Answer created =
                server.send(
                        "POST",
                        "/Patient",
                        """
                        {"resourceType":"Patient","id":"mine","active":true,"multipleBirthInteger":1}\
                        """);
        assertEquals(201, created.status(), created.text());
        String id = created.json().string("id").orElseThrow();
        assertNotEquals("mine", id);
        assertEquals("W/\"1\"", created.field("ETag"));
        assertEquals(server.base() + "/Patient/" + id + "/_history/1", created.field("Location"));
        assertFalse(created.field("Last-Modified").isEmpty());
        assertFalse(created.field("X-Request-Id").isEmpty());

        Answer read = server.get("/Patient/" + id);
        assertEquals(200, read.status());
        assertArrayEquals(created.bytes(), read.bytes());
        assertEquals("application/fhir+json;charset=utf-8", read.field("Content-Type"));
        assertEquals("W/\"1\"", read.field("ETag"));
    }

    @Test
    void aHeadIsAReadWithoutItsBody() {
        server.send("PUT", "/Patient/head", patient("head", "A"));
        Answer read = server.get("/Patient/head");
        Answer head = server.send("HEAD", "/Patient/head", (byte[]) null);
        assertEquals(200, head.status());
        assertEquals(0, head.bytes().length);
        assertEquals(Integer.toString(read.bytes().length), head.field("Content-Length"));
        assertEquals("W/\"1\"", head.field("ETag"));
    }

    @Test
    void versionsCountOnThroughADelete() {
        assertEquals(201, server.send("PUT", "/Patient/v", patient("v", "A")).status());
        assertEquals(200, server.send("PUT", "/Patient/v", patient("v", "B")).status());
        Answer deleted = server.send("DELETE", "/Patient/v", (byte[]) null);
        assertEquals(204, deleted.status());
        assertEquals("W/\"3\"", deleted.field("ETag"));
        assertEquals(204, server.send("DELETE", "/Patient/v", (byte[]) null).status());
        assertEquals(204, server.send("DELETE", "/Patient/never", (byte[]) null).status());

        Answer gone = server.get("/Patient/v");
        assertEquals(410, gone.status());
        assertEquals("W/\"3\"", gone.field("ETag"));
        assertTrue(gone.diagnostics().getFirst().contains("version 3"), gone.text());
        assertEquals(410, server.get("/Patient/v/_history/3").status());
        assertEquals(200, server.get("/Patient/v/_history/1").status());
        assertEquals(404, server.get("/Patient/v/_history/9").status());
        assertEquals(404, server.get("/Patient/v/_history/x").status());
        assertEquals(404, server.get("/Patient/never").status());

        Answer again = server.send("PUT", "/Patient/v", patient("v", "C"));
        assertEquals(201, again.status());
        assertEquals("W/\"4\"", again.field("ETag"));
    }

    @ParameterizedTest(name = "{0} {1} of version 2: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "If-Match | W/\"2\" | 200",
                "If-Match | \"2\" | 200",
                "If-Match | 2 | 200",
                "If-Match | W/\"1\", W/\"2\" | 200",
                "If-Match | * | 200",
                "If-Match | W/\"1\" | 412",
                "If-Match | W/\"x\" | 412",
                "If-Match | nonsense | 400",
                "If-None-Match | * | 412",
                "If-None-Match | W/\"2\" | 412",
                "If-None-Match | W/\"1\" | 200",
            })
    void anUpdateMayBeConditionalOnTheVersion(String field, String value, int status) {
        server.send("DELETE", "/Patient/m", (byte[]) null);
        String id = "m" + Math.abs((field + value).hashCode());
        server.send("PUT", "/Patient/" + id, patient(id, "A"));
        server.send("PUT", "/Patient/" + id, patient(id, "B"));
        Answer answer = server.send("PUT", "/Patient/" + id, patient(id, "C"), field, value);
        assertEquals(status, answer.status(), answer.text());
    }

    @Test
    void ifMatchOnWhatIsNotThereFailsAndIfNoneMatchOnItHolds() {
        assertEquals(
                412,
                server.send("PUT", "/Patient/n1", patient("n1", "A"), "If-Match", "W/\"1\"")
                        .status());
        assertEquals(
                201,
                server.send("PUT", "/Patient/n1", patient("n1", "A"), "If-None-Match", "*")
                        .status());
        assertEquals(
                412,
                server.send("DELETE", "/Patient/n1", (byte[]) null, "If-Match", "W/\"7\"")
                        .status());
        assertEquals(
                204,
                server.send("DELETE", "/Patient/n1", (byte[]) null, "If-Match", "W/\"1\"")
                        .status());
    }

    @Test
    void aReadMayBeConditional() {
        Answer put = server.send("PUT", "/Patient/c", patient("c", "A"));
        String modified = put.field("Last-Modified");
        Answer same = server.get("/Patient/c", "If-None-Match", "W/\"1\"");
        assertEquals(304, same.status());
        assertEquals(0, same.bytes().length);
        assertEquals("W/\"1\"", same.field("ETag"));
        assertEquals(200, server.get("/Patient/c", "If-None-Match", "W/\"2\"").status());
        assertEquals(304, server.get("/Patient/c", "If-Modified-Since", modified).status());
        assertEquals(
                200,
                server.get("/Patient/c", "If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT")
                        .status());
        assertEquals(400, server.get("/Patient/c", "If-Modified-Since", "soon").status());
    }

    @Test
    void preferSaysWhatAWriteAnswersWith() {
        Answer minimal =
                server.send("PUT", "/Patient/p", patient("p", "A"), "Prefer", "return=minimal");
        assertEquals(201, minimal.status());
        assertEquals(0, minimal.bytes().length);
        assertEquals("W/\"1\"", minimal.field("ETag"));
        Answer outcome =
                server.send(
                        "PUT",
                        "/Patient/p",
                        patient("p", "B"),
                        "Prefer",
                        "return=OperationOutcome");
        assertEquals("OperationOutcome", outcome.json().string("resourceType").orElse(""));
        assertEquals("W/\"2\"", outcome.field("ETag"));
    }

    @ParameterizedTest(name = "{0} {1}: {3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "PUT | /Patient/a | {\"resourceType\":\"Patient\",\"id\":\"b\"} | 400",
                "PUT | /Patient/a | {\"resourceType\":\"Patient\"} | 400",
                "PUT | /Patient/a | {\"resourceType\":\"Group\",\"id\":\"a\"} | 400",
                "PUT | /Patient/a | {} | 400",
                "PUT | /Patient/a | [] | 400",
                "PUT | /Patient/a | {\"resourceType\":\"Patient\",\"id\":\"a\", | 400",
                "PUT | /Patient/a | {\"resourceType\":\"Patient\",\"id\":\"a\",\"id\":\"a\"} | 400",
                "PUT | /Patient/a_b | {\"resourceType\":\"Patient\",\"id\":\"a_b\"} | 400",
                "PUT | /Patient/a | ~ ~ | 400",
                "POST | /Patient | {\"resourceType\":\"Patient\",\"gender\":[\"male\"]} | 422",
                "POST | /Patient | {\"resourceType\":\"Patient\",\"nmae\":[]} | 422",
                "POST | /Patient | {\"resourceType\":\"Patient\",\"meta\":1} | 422",
                "POST | /Nothing | {\"resourceType\":\"Nothing\"} | 404",
                "POST | /Patient/a | {\"resourceType\":\"Patient\"} | 405",
                "PUT | /metadata | {} | 405",
                "DELETE | /_history |  | 405",
                "GET | /Patient/a/b/c/d/e |  | 404",
                "GET | /Patient/a/everything |  | 404",
                "GET | /Patient/$nothing |  | 501",
                "GET | /Patient/a?colour=red |  | 400",
                "GET | /Patient/a//b |  | 400",
                "GET | /Patient/a?_format=turtle |  | 406",
            })
    void whatIsRefusedIsToldAsAnOutcome(String method, String path, String body, int status) {
        Answer answer = server.send(method, path, body);
        assertEquals(status, answer.status(), answer.text());
        assertEquals("OperationOutcome", answer.json().string("resourceType").orElse(""));
        assertFalse(answer.diagnostics().getFirst().isBlank());
        if (status == 405) {
            assertFalse(answer.field("Allow").isEmpty());
        }
    }

    @Test
    void everythingThatIsWrongIsToldWithItsElement() {
        Answer answer =
                server.send(
                        "POST",
                        "/Patient",
                        """
                        {"resourceType":"Patient","birthDate":"yesterday","gender":["male"],"x":1}\
                        """);
        assertEquals(422, answer.status());
        var places =
                answer.json().objects("issue").stream()
                        .flatMap(issue -> issue.array("expression").orElseThrow().values().stream())
                        .map(Object::toString)
                        .toList();
        assertEquals(3, places.size(), answer.text());
        assertTrue(places.toString().contains("Patient.birthDate"), places.toString());
    }
}
