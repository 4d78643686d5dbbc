package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.StartupException;
import dev.andiron.kernel.config.ConfigurationException;
import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What interceptors see and may do, and in which order. */
class InterceptorTest {
    private static final String PATIENT = "{\"resourceType\":\"Patient\",\"gender\":\"male\"}";

    @TempDir private static Path folder;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server =
                new RunningServer(
                        folder,
                        Map.of(
                                "interceptors.late.plugin", "noting",
                                "interceptors.late.order", "20",
                                "interceptors.early.plugin", "noting",
                                "interceptors.early.order", "10",
                                "interceptors.early.does", "obey",
                                "interceptors.late.tenants", "default, other",
                                "interceptors.early.tenants", "default"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void forget() {
        NotingProvider.NOTES.clear();
    }

    private static List<String> notes() {
        return List.copyOf(NotingProvider.NOTES);
    }

    private static Answer create(String... fields) {
        return server.send("POST", "/Patient", PATIENT, fields);
    }

    @Test
    void theyRunInOrderBeforeAndInReverseAfter() {
        assertEquals(201, create().status());
        assertEquals(
                List.of(
                        "early before create Patient",
                        "late before create Patient",
                        "late after create Patient 201 v1",
                        "early after create Patient 201 v1"),
                notes());
    }

    @Test
    void theyRunForTheirTenants() {
        assertEquals(201, create("X-Tenant-ID", "other").status());
        assertEquals(
                List.of("late before create Patient", "late after create Patient 201 v1"), notes());
        forget();
        assertEquals(201, create("X-Tenant-ID", "third").status());
        assertEquals(List.of(), notes());
    }

    @Test
    void whatOneRejectsDoesNotTakePlaceAndTheNextIsNotAsked() {
        Answer answer = create("X-Do", "reject");
        assertEquals(403, answer.status());
        assertEquals(List.of("not today"), answer.diagnostics());
        assertEquals("forbidden", answer.json().objects("issue").getFirst().string("code").get());
        assertEquals(
                List.of("early before create Patient", "early after create Patient 403"), notes());
    }

    @Test
    void whatOneAddsIsStored() {
        assertTrue(create("X-Do", "enrich").text().contains("\"female\""));
    }

    @Test
    void entriesOfBundlesAreInteractionsOfTheirOwn() {
        for (String type : List.of("batch", "transaction")) {
            forget();
            Answer enriched = server.send("POST", "", bundle(type), "X-Do", "enrich");
            assertEquals(200, enriched.status(), enriched::text);
            List<String> seen = notes();
            assertTrue(seen.contains("early before bundle "), seen::toString);
            assertTrue(seen.contains("early before create Patient"), seen::toString);
            assertTrue(seen.contains("early after create Patient 201 v1"), seen::toString);
            assertEquals(
                    1,
                    seen.stream().filter(note -> note.startsWith("early before search")).count());
            assertEquals(
                    1, seen.stream().filter(note -> note.startsWith("early after search")).count());
            String found = server.get("/Patient?identifier=" + type).text();
            assertTrue(found.contains("\"female\""), found);
        }
    }

    @Test
    void oneRejectedEntryFailsATransactionAndOnlyItselfInABatch() {
        assertEquals(
                403, server.send("POST", "", bundle("transaction"), "X-Do", "reject").status());
        assertTrue(notes().contains("early after create Patient 403"), () -> notes().toString());
        Answer batch = server.send("POST", "", bundle("batch"), "X-Do", "reject");
        assertEquals(200, batch.status());
        assertTrue(batch.text().contains("\"403"), batch::text);
    }

    private static String bundle(String type) {
        return """
        {"resourceType":"Bundle","type":"%1$s","entry":[
          {"resource":{"resourceType":"Patient","gender":"male","identifier":[{"value":"%1$s"}]},
           "request":{"method":"POST","url":"Patient"}},
          {"request":{"method":"GET","url":"Observation?code=x"}}]}
        """
                .formatted(type);
    }

    @Test
    void aDefectLetsNothingThrough() {
        int before = server.get("/Patient?_summary=count").total();
        for (String defect : List.of("fail", "nothing")) {
            Answer answer = create("X-Do", defect);
            assertEquals(500, answer.status());
            assertTrue(answer.text().contains("log says why"), answer::text);
        }
        assertEquals(before, server.get("/Patient?_summary=count").total());
    }

    @Test
    void aDefectAfterwardsChangesNothing() {
        assertEquals(201, create("X-Do", "fail after").status());
        assertEquals(4, notes().size(), () -> notes().toString());
    }

    @Test
    void oneThatDoesNotOpenStopsTheStart(@TempDir Path other) {
        var refused =
                assertThrows(
                        StartupException.class,
                        () ->
                                new RunningServer(
                                        other,
                                        Map.of(
                                                "interceptors.guard.plugin", "noting",
                                                "interceptors.guard.does", "refuse")));
        assertEquals(
                "the interceptor 'guard' (plugin 'noting') cannot be opened: it refuses to be"
                        + " opened",
                refused.getMessage());
    }

    @Test
    void theConfigurationIsChecked(@TempDir Path other) {
        var refused =
                assertThrows(
                        ConfigurationException.class,
                        () ->
                                new RunningServer(
                                        other,
                                        Map.of(
                                                "interceptors.guard.plugin", "notin",
                                                "interceptors.other.plugin", "noting",
                                                "interceptors.other.dose", "x")));
        assertTrue(
                refused.getMessage().contains("no plugin 'notin' is installed; there is noting"),
                refused::getMessage);
        assertTrue(refused.getMessage().contains("'interceptors.other.does'"), refused::getMessage);
    }
}
