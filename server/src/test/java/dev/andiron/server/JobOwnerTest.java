package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Jobs belong to who asked for them, as far as an interceptor knows who that is. */
class JobOwnerTest {
    @TempDir private static Path folder;
    private static HttpServer files;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        files = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        files.start(); // has nothing
        server =
                new RunningServer(
                        folder,
                        Map.of(
                                "interceptors.login.plugin", "noting",
                                "interceptors.login.does", "obey",
                                "jobs.per-tenant", "1000",
                                "import.urls", files()));
        server.send("PUT", "/Patient/p", "{\"resourceType\":\"Patient\",\"id\":\"p\"}");
    }

    @AfterAll
    static void stop() {
        server.close();
        files.stop(0);
    }

    private static String files() {
        return "http://127.0.0.1:" + files.getAddress().getPort() + "/";
    }

    /** Somebody, or anybody if the name is empty. */
    private record Caller(String name) {
        Answer ask(String method, String path, String body, String... more) {
            var fields = new ArrayList<>(List.of(more));
            if (!name.isEmpty()) {
                fields.addAll(List.of("X-User", name));
            }
            return server.send(method, path, body, fields.toArray(String[]::new));
        }

        Answer get(String path) {
            return ask("GET", path, null);
        }

        String start(String method, String path, String body, String... more) {
            var fields = new ArrayList<>(List.of("Prefer", "respond-async"));
            fields.addAll(List.of(more));
            Answer accepted = ask(method, path, body, fields.toArray(String[]::new));
            assertEquals(202, accepted.status(), accepted::text);
            return accepted.field("Content-Location");
        }

        /** The status of a job that has ended. */
        Answer ended(String status) {
            Answer answer = get(status);
            while (answer.status() == 202) {
                answer = get(status);
            }
            return answer;
        }

        boolean lists(String status) {
            return get("/$job-status?_count=500").text().contains(status);
        }
    }

    private static final Caller ANN = new Caller("ann");
    private static final Caller BOB = new Caller("bob");
    private static final Caller NOBODY = new Caller("");

    private static String view() {
        return """
        {"resourceType":"Parameters","parameter":[{"name":"view","part":[{"name":"viewResource",
         "resource":{"resourceType":"ViewDefinition","name":"ids","resource":"Patient",
          "status":"active","select":[{"column":[{"name":"id","path":"id"}]}]}}]}]}
        """;
    }

    /** One job of each kind that a client may ask for here. */
    private static List<String> jobs(Caller of) {
        String submission =
                """
                {"resourceType":"Parameters","parameter":[
                 {"name":"submitter","valueIdentifier":{"value":"s"}},
                 {"name":"submissionId","valueString":"1"}%s]}
                """;
        assertEquals(
                200,
                of.ask(
                                "POST",
                                "/$bulk-submit",
                                submission.formatted(
                                        ",{\"name\":\"manifestUrl\",\"valueUrl\":\""
                                                + files()
                                                + of.name()
                                                + "\"}"))
                        .status());
        return List.of(
                of.start("GET", "/$export", null),
                of.start("POST", "/$viewdefinition-export", view()),
                of.start("POST", "/$reindex", null),
                of.start(
                        "POST",
                        "/$import",
                        "{\"resourceType\":\"Patient\",\"id\":\"i\"}",
                        "Content-Type",
                        "application/fhir+ndjson"),
                of.ask("POST", "/$bulk-submit-status", submission.formatted(""))
                        .field("Content-Location"));
    }

    @Test
    void aJobOfAnyKindIsThereForItsOwnerAlone() {
        List<String> anns = jobs(ANN);
        List<String> bobs = jobs(BOB);
        List<String> open = jobs(NOBODY);
        for (int i = 0; i < anns.size(); i++) {
            String status = anns.get(i);
            assertNotEquals(status, bobs.get(i));
            assertNotEquals(404, ANN.get(status).status(), status);
            assertTrue(ANN.lists(status), status);
            for (Caller other : List.of(BOB, NOBODY)) {
                assertEquals(404, other.get(status).status(), status);
                assertEquals(404, other.get(status + "/result").status(), status);
                assertEquals(404, other.ask("DELETE", status, null).status(), status);
                assertTrue(!other.lists(status), status);
            }
            String ofAll = open.get(i);
            for (Caller each : List.of(ANN, BOB, NOBODY)) {
                assertNotEquals(404, each.get(ofAll).status(), ofAll);
                assertTrue(each.lists(ofAll), ofAll);
            }
            assertEquals(202, ANN.ask("DELETE", status, null).status(), status);
            assertEquals(404, ANN.get(status).status(), status);
        }
    }

    @Test
    void filesAreForTheOwnerOfTheirJob() {
        JsonObject manifest = ANN.ended(ANN.start("GET", "/$export", null)).json();
        assertEquals(JsonBoolean.TRUE, manifest.get("requiresAccessToken"));
        String url = manifest.objects("output").getFirst().string("url").orElseThrow();
        assertEquals(200, ANN.get(url).status());
        assertEquals(404, BOB.get(url).status());
        assertEquals(404, NOBODY.get(url).status());
        JsonObject open = NOBODY.ended(NOBODY.start("GET", "/$export", null)).json();
        assertEquals(JsonBoolean.FALSE, open.get("requiresAccessToken"));
        String ofAll = open.objects("output").getFirst().string("url").orElseThrow();
        assertEquals(200, BOB.get(ofAll).status());
    }

    @Test
    void pagesOfTheListAreFullWhateverLiesBetween() {
        var mine = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            mine.add(new Caller("pages").start("GET", "/$export", null));
            new Caller("others").start("GET", "/$export", null);
            new Caller("others").start("GET", "/$export", null);
        }
        var seen = new ArrayList<String>();
        var next = Optional.of("/$job-status?kind=bulk-export&_count=2");
        while (next.isPresent() && seen.size() < mine.size()) {
            JsonObject page = new Caller("pages").get(next.get()).json();
            for (JsonObject parameter : page.objects("parameter")) {
                parameter.objects("part").stream()
                        .filter(part -> part.string("name").orElse("").equals("location"))
                        .forEach(part -> seen.add(part.string("valueUri").orElseThrow()));
            }
            next =
                    page.objects("parameter").stream()
                            .flatMap(parameter -> parameter.string("valueUri").stream())
                            .findFirst();
        }
        assertEquals(new TreeSet<>(mine), new TreeSet<>(seen.subList(0, mine.size())));
    }

    @Test
    void whoeverAsksAgainAndAgainIsToldToWait(@TempDir Path other) throws IOException {
        try (var idle = new RunningServer(other, Map.of("jobs.workers", "0", "jobs.polls", "20"))) {
            String status =
                    idle.get("/$export", "Prefer", "respond-async").field("Content-Location");
            Answer answer = idle.get(status);
            int polls = 1;
            for (; answer.status() == 202; polls++) {
                answer = idle.get(status);
            }
            assertTrue(polls > 20, () -> "refused too early");
            assertEquals(429, answer.status(), answer::text);
            assertEquals("1", answer.field("Retry-After"));
            assertEquals("accepted", answer.field("X-Progress"));
            assertTrue(answer.text().contains("throttled"), answer::text);
            assertEquals(202, idle.send("DELETE", status, (String) null).status());
        }
    }
}
