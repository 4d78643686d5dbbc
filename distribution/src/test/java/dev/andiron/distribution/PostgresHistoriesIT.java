package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.andiron.postgres.Group;
import dev.andiron.postgres.Group.Question;
import dev.andiron.postgres.Histories;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Two servers over one PostgreSQL that are killed, and what is true of all that they answer. */
class PostgresHistoriesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KILLS = 2;

    /** More than a job indexes at once, several times. */
    private static final int PATIENTS = 600;

    private static final int BUNDLE = 200;

    private static final String IN_ITS_MIDDLE = "p300";
    private static final String BLUE = "/Patient?eye-color=blue&_summary=count";

    /** A job begins when all requests that ran before it have ended. */
    private static final String SHORT_REQUESTS = "request-time: 6s";

    @TempDir private static Path folder;
    private static PostgresDatabase database;

    @BeforeAll
    static void start() throws IOException, SQLException {
        database = new PostgresDatabase(folder);
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
    }

    private static ServerProcess server(String name, String limits) throws IOException {
        Path home = Files.createDirectory(folder.resolve(name));
        Path file = home.resolve("andiron.yaml");
        Files.writeString(
                file,
                """
                storage: main
                server: { request-log: false }
                limits: { %s }
                jobs: { workers: 1, lease: 1s }
                %s\
                """
                        .formatted(limits, database.configuration()));
        return ServerProcess.start(home, "--config", file.toString());
    }

    /**
     * Versioned updates, transactions of two of them, conditional creates, reads and searches, each
     * sent to either server: for each group of resources it is as if they had happened one after
     * the other.
     */
    @Test
    void serversActAsOneThoughTheyAreKilled() throws Exception {
        Histories.check(number -> new Node(server("node" + number, "request-time: 1m")), KILLS);
    }

    /** A server that is asked over HTTP. */
    private static final class Node implements Histories.Node {
        private static final AtomicLong WRITES = new AtomicLong();

        private final ServerProcess process;
        private final Http http;

        Node(ServerProcess process) {
            this.process = process;
            http = new Http(process.base());
        }

        @Override
        public void kill() {
            process.kill();
        }

        @Override
        public Optional<String> ask(String group, Question question) {
            try {
                return switch (question) {
                    case Question.Put put -> written(put(group, put.expected()));
                    case Question.Bundle bundle -> written(send("POST", "", both(group, bundle)));
                    case Question.Create create -> created(create(group, create.id()));
                    case Question.ReadPatient _ -> version(send("GET", "/Patient/" + group, null));
                    case Question.ReadObservation _ ->
                            version(send("GET", "/Observation/" + group, null));
                    case Question.Search _ -> found(group);
                };
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        private Http.Answer send(String method, String path, String body, String... fields)
                throws IOException {
            return http.trySend(
                    method,
                    path,
                    body == null ? null : body.getBytes(StandardCharsets.UTF_8),
                    fields);
        }

        private Http.Answer put(String group, long expected) throws IOException {
            String path = "/Patient/" + group;
            return expected == 0
                    ? send("PUT", path, patient(group), "If-None-Match", "*")
                    : send("PUT", path, patient(group), "If-Match", "W/\"" + expected + "\"");
        }

        private static String patient(String group) {
            return "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"text\":\"%d\"}]}"
                    .formatted(group, WRITES.incrementAndGet());
        }

        private static String both(String group, Question.Bundle expected) {
            String observation =
                    """
                    {"resourceType":"Observation","id":"%s","status":"final","code":{"text":"%d"}}\
                    """
                            .formatted(group, WRITES.incrementAndGet());
            return """
            {"resourceType":"Bundle","type":"transaction","entry":[
             {"resource":%s,"request":{"method":"PUT","url":"Patient/%s",%s}},
             {"resource":%s,"request":{"method":"PUT","url":"Observation/%s",%s}}]}\
            """
                    .formatted(
                            patient(group),
                            group,
                            condition(expected.patient()),
                            observation,
                            group,
                            condition(expected.observation()));
        }

        private static String condition(long expected) {
            return expected == 0
                    ? "\"ifNoneMatch\":\"*\""
                    : "\"ifMatch\":\"W/\\\"%d\\\"\"".formatted(expected);
        }

        private Http.Answer create(String group, String id) throws IOException {
            String body =
                    """
                    {"resourceType":"Basic","identifier":[{"system":"urn:h","value":"%s"}],\
                    "code":{"text":"%s"}}\
                    """
                            .formatted(group, id);
            return send("POST", "/Basic", body, "If-None-Exist", "identifier=urn:h|" + group);
        }

        private static Optional<String> written(Http.Answer answer) {
            return switch (answer.status()) {
                case 200, 201 -> Optional.of(Group.DONE);
                case 412 -> Optional.of(Group.REFUSED);
                default -> unknown(answer);
            };
        }

        private static Optional<String> created(Http.Answer answer) {
            return switch (answer.status()) {
                case 201 -> Optional.of(Group.DONE);
                case 200 -> Optional.of(Group.REFUSED);
                default -> unknown(answer);
            };
        }

        private static Optional<String> version(Http.Answer answer) {
            return switch (answer.status()) {
                case 200 -> Optional.of(answer.field("ETag").orElseThrow().replaceAll("\\D", ""));
                case 404 -> Optional.of("0");
                default -> unknown(answer);
            };
        }

        private Optional<String> found(String group) throws IOException {
            Http.Answer answer = send("GET", "/Basic?identifier=urn:h%7C" + group, null);
            if (answer.status() != 200) {
                return unknown(answer);
            }
            var codes = new ArrayList<String>();
            for (JsonNode entry : JSON.readTree(answer.bytes()).path("entry")) {
                codes.add(entry.path("resource").path("code").path("text").asText());
            }
            return Optional.of(String.join(",", codes));
        }

        /** That it may not have happened is all that a server may say besides. */
        private static Optional<String> unknown(Http.Answer answer) {
            assertEquals(503, answer.status(), answer.text());
            return Optional.empty();
        }
    }

    /**
     * The job is held in its middle by a lock on what it indexes next, its server killed there, and
     * another one goes on.
     */
    @Test
    void aReindexGoesOnAtAnotherServer() throws Exception {
        ServerProcess doomed = server("doomed", SHORT_REQUESTS);
        try {
            var http = new Http(doomed.base());
            for (int from = 0; from < PATIENTS; from += BUNDLE) {
                Http.Answer stored = http.post("", patients(from));
                assertEquals(200, stored.status(), stored.text());
            }
            try (Connection superuser = database.superuser();
                    Statement lock = superuser.createStatement()) {
                superuser.setAutoCommit(false);
                lock.execute(
                        "SELECT 1 FROM andiron.resources WHERE logical_id = '"
                                + IN_ITS_MIDDLE
                                + "' FOR UPDATE");
                Http.Answer put = http.put("/SearchParameter/eyes", PARAMETER);
                assertEquals(201, put.status(), put.text());
                awaitLockWaiter();
                Http.Answer partly = http.get(BLUE);
                assertTrue(partly.text().contains("\"incomplete\""), partly.text());
                doomed.kill();
                superuser.rollback();
            }
        } finally {
            doomed.close();
        }
        try (ServerProcess other = server("other", SHORT_REQUESTS)) {
            var http = new Http(other.base());
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            Http.Answer answer = http.get(BLUE);
            while (answer.text().contains("\"incomplete\"")) {
                assertTrue(System.nanoTime() < end, answer.text());
                answer = http.get(BLUE);
            }
            JsonNode total = JSON.readTree(answer.bytes()).path("total");
            assertEquals(PATIENTS, total.asInt(), answer.text());
        }
    }

    /** Waits until a commit waits for the lock, which it does for as long as lock-timeout says. */
    private static void awaitLockWaiter() throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (Connection superuser = database.superuser();
                Statement statement = superuser.createStatement()) {
            while (true) {
                try (var row =
                        statement.executeQuery(
                                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type ="
                                        + " 'Lock' AND query LIKE '%apply_changes%'")) {
                    assertTrue(row.next());
                    if (row.getInt(1) > 0) {
                        return;
                    }
                }
                assertTrue(System.nanoTime() < end, "the job does not come to what is locked");
            }
        }
    }

    private static String patients(int from) {
        return IntStream.range(from, from + BUNDLE)
                .mapToObj(i -> ENTRY.formatted(i, i))
                .collect(
                        Collectors.joining(
                                ",",
                                "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[",
                                "]}"));
    }

    private static final String ENTRY =
            """
            {"request":{"method":"PUT","url":"Patient/p%d"},"resource":{"resourceType":"Patient",\
            "id":"p%d","extension":[{"url":"http://example.org/eyes","valueCode":"blue"}]}}\
            """;

    private static final String PARAMETER =
            """
            {"resourceType":"SearchParameter","id":"eyes","url":"http://example.org/sp/eyes",
            "name":"eyes","status":"active","description":"eyes","code":"eye-color",
            "base":["Patient"],"type":"token",
            "expression":"Patient.extension.where(url='http://example.org/eyes').value"}\
            """;
}
