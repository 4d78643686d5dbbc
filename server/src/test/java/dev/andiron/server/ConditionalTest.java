package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Interactions that are conditional on what a search finds, alone and all at once. */
class ConditionalTest {
    private static final int AT_ONCE = 150;

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

    private static String patient(String value) {
        return """
        {"resourceType":"Patient","identifier":[{"system":"urn:s","value":"%s"}]}\
        """
                .formatted(value);
    }

    private static int count(String query) {
        return server.get(query + "&_summary=count").total();
    }

    /** The server can search for them, but the backend cannot judge them with the commit. */
    @Test
    void conditionsThatTheBackendDoesNotSearchByAreRefusedByName(@TempDir Path folder)
            throws IOException {
        try (var limited = new RunningServer(folder, Map.of("backends.main.plugin", "watched"))) {
            assertEquals(200, limited.get("/Patient?_text=nobody").status());
            String body = patient("words");
            for (Answer refused :
                    List.of(
                            limited.send("POST", "/Patient", body, "If-None-Exist", "_text=nobody"),
                            limited.send("PUT", "/Patient?_text=nobody", body),
                            limited.send("POST", "", transaction(body)))) {
                assertEquals(501, refused.status(), refused::text);
                assertTrue(refused.text().contains("search [FULL_TEXT]"), refused::text);
            }
            assertEquals(0, limited.get("/Patient?_summary=count").total());
        }
    }

    private static String transaction(String patient) {
        return """
        {"resourceType":"Bundle","type":"transaction","entry":[{"resource":%s,"request":\
        {"method":"POST","url":"Patient","ifNoneExist":"_text=nobody"}}]}\
        """
                .formatted(patient);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT"})
    void parallelIdenticalRequestsMakeOneResource(String method) throws Exception {
        String value = "parallel-" + method;
        Callable<Answer> request =
                () ->
                        method.equals("POST")
                                ? server.send(
                                        "POST",
                                        "/Patient",
                                        patient(value),
                                        "If-None-Exist",
                                        "identifier=urn:s|" + value)
                                : server.send(
                                        "PUT",
                                        "/Patient?identifier=urn:s%7C" + value,
                                        patient(value));
        List<Integer> statuses;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> answers =
                    threads.invokeAll(IntStream.range(0, AT_ONCE).mapToObj(_ -> request).toList());
            statuses = new ArrayList<>();
            for (Future<Answer> answer : answers) {
                statuses.add(answer.get().status());
            }
        }
        assertEquals(1, statuses.stream().filter(status -> status == 201).count());
        assertEquals(AT_ONCE - 1, statuses.stream().filter(status -> status == 200).count());
        assertEquals(1, count("/Patient?identifier=urn:s%7C" + value));
    }

    @Test
    void aMatchDecidesAndSeveralAreRefused() {
        String query = "/Patient?identifier=urn:s%7Cmany";
        Answer first = server.send("PUT", query, patient("many"));
        assertEquals(201, first.status(), first.text());
        Answer second = server.send("PUT", query, patient("many"));
        assertEquals(200, second.status());
        assertEquals("W/\"2\"", second.field("ETag"));
        String[] exists = {"If-None-Exist", "identifier=urn:s|many"};
        Answer found = server.send("POST", "/Patient", patient("many"), exists);
        assertEquals(200, found.status());
        assertEquals(second.json().string("id"), found.json().string("id"));

        server.send("POST", "/Patient", patient("many"));
        assertEquals(412, server.send("POST", "/Patient", patient("many"), exists).status());
        assertEquals(412, server.send("PUT", query, patient("many")).status());
        assertEquals(412, server.send("DELETE", query, (byte[]) null).status());
        assertEquals(2, count(query));
    }

    @Test
    void criteriaMustBeUnderstood() {
        assertEquals(
                400,
                server.send("POST", "/Patient", patient("a"), "If-None-Exist", "colour=red")
                        .status());
        assertTrue(server.send("PUT", "/Patient", patient("a")).status() >= 400);
        assertTrue(server.send("DELETE", "/Patient", (byte[]) null).status() >= 400);
    }

    @Test
    void aDeleteFindsWhatItDeletes() {
        server.send("POST", "/Patient", patient("gone"));
        String query = "/Patient?identifier=urn:s%7Cgone";
        assertEquals(204, server.send("DELETE", query, (byte[]) null).status());
        assertEquals(204, server.send("DELETE", query, (byte[]) null).status());
        assertEquals(0, count(query));
    }

    @Test
    void severalAreDeletedWhereThatIsAllowed(@TempDir Path other) throws IOException {
        try (var lax =
                new RunningServer(
                        other,
                        java.util.Map.of(
                                "fhir.delete-several", "true", "fhir.delete-at-most", "2"))) {
            String query = "/Patient?identifier=urn:s%7Cx";
            for (int i = 0; i < 3; i++) {
                lax.send("POST", "/Patient", patient("x"));
            }
            assertEquals(412, lax.send("DELETE", query, (byte[]) null).status());
            String id =
                    lax.get(query)
                            .json()
                            .objects("entry")
                            .getFirst()
                            .object("resource")
                            .orElseThrow()
                            .string("id")
                            .orElseThrow();
            lax.send("DELETE", "/Patient/" + id, (byte[]) null);
            assertEquals(204, lax.send("DELETE", query, (byte[]) null).status());
            assertEquals(0, lax.get(query).total());
        }
    }

    @Test
    void patchesApplyByIdAndByCriteria() {
        Answer made = server.send("POST", "/Patient", patient("patched"));
        String url = "/Patient/" + made.json().string("id").orElseThrow();
        String patch = "[{\"op\":\"add\",\"path\":\"/active\",\"value\":true}]";
        String[] type = {"Content-Type", "application/json-patch+json"};
        Answer patched = server.send("PATCH", url, patch, type);
        assertEquals(200, patched.status(), patched.text());
        assertEquals("W/\"2\"", patched.field("ETag"));
        assertTrue(patched.text().contains("\"active\":true"));
        Answer merged =
                server.send(
                        "PATCH",
                        "/Patient?identifier=urn:s%7Cpatched",
                        "{\"active\":null,\"gender\":\"male\"}",
                        "Content-Type",
                        "application/merge-patch+json");
        assertEquals(200, merged.status(), merged.text());
        assertTrue(!merged.text().contains("active") && merged.text().contains("male"));
        assertEquals(
                412,
                server.send("PATCH", url, patch, type[0], type[1], "If-Match", "W/\"1\"").status());
        assertEquals(404, server.send("PATCH", "/Patient/none", patch, type).status());
        String wrong = "[{\"op\":\"replace\",\"path\":\"/gender\",\"value\":7}]";
        assertEquals(422, server.send("PATCH", url, wrong, type).status());
        assertEquals("W/\"3\"", server.get(url).field("ETag"));
    }

    @Test
    void conditionalReferencesBecomeReferences() {
        Answer patient = server.send("POST", "/Patient", patient("referred"));
        String observation =
                """
                {"resourceType":"Observation","status":"final","code":{"text":"x"},\
                "subject":{"reference":"Patient?identifier=urn:s|%s"}}\
                """;
        Answer made = server.send("POST", "/Observation", observation.formatted("referred"));
        assertEquals(201, made.status(), made.text());
        assertEquals(
                "Patient/" + patient.json().string("id").orElseThrow(),
                made.json().object("subject").orElseThrow().string("reference").orElse(""));
        Answer refused = server.send("POST", "/Observation", observation.formatted("nobody"));
        assertEquals(412, refused.status());
        assertTrue(refused.text().contains("Observation.subject.reference"), refused.text());
    }
}
