package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server that keeps everything in a bucket. Each test has a tenant of its own. */
class S3IT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TENANT = "X-Tenant-ID";

    @TempDir private static Path folder;
    private static ObjectStore store;
    private static ServerProcess server;
    private static Http http;

    @BeforeAll
    static void startAll() throws Exception {
        store = new ObjectStore(folder);
        Files.writeString(
                folder.resolve("andiron.yaml"), "storage: main\n" + store.configuration());
        start("first");
    }

    /** Starts a server that knows nothing but the bucket. */
    private static void start(String name) throws IOException {
        Path home = Files.createDirectory(folder.resolve(name));
        server = ServerProcess.start(home, "--config", folder.resolve("andiron.yaml").toString());
        http = new Http(server.base());
    }

    @AfterAll
    static void stop() {
        server.close();
        store.close();
    }

    @Test
    void aResourceLivesThroughItsVersionsAndTheServersEnd() throws IOException {
        String tenant = "versions";
        String body = "{\"resourceType\":\"Patient\",\"id\":\"v\",\"active\":%b}";
        Http.Answer first = http.put("/Patient/v", body.formatted(true), TENANT, tenant);
        assertEquals(201, first.status(), first.text());
        Http.Answer second =
                http.put(
                        "/Patient/v", body.formatted(false), TENANT, tenant, "If-Match", "W/\"1\"");
        assertEquals(200, second.status(), second.text());
        assertEquals(
                412,
                http.put("/Patient/v", body.formatted(true), TENANT, tenant, "If-Match", "W/\"1\"")
                        .status());
        assertEquals(204, http.delete("/Patient/v", TENANT, tenant).status());
        versions(tenant, first, second);
        // Without a word of warning, and with a data folder that is empty.
        server.kill();
        start("second");
        versions(tenant, first, second);
        Http.Answer again = http.put("/Patient/v", body.formatted(true), TENANT, tenant);
        assertEquals("W/\"4\"", again.field("ETag").orElse(again.text()));
    }

    private static void versions(String tenant, Http.Answer first, Http.Answer second) {
        assertEquals(410, http.get("/Patient/v", TENANT, tenant).status());
        Http.Answer old = http.get("/Patient/v/_history/1", TENANT, tenant);
        assertArrayEquals(first.bytes(), old.bytes(), old.text());
        Http.Answer newer = http.get("/Patient/v/_history/2", TENANT, tenant);
        assertArrayEquals(second.bytes(), newer.bytes(), newer.text());
        for (String history : List.of("/Patient/v/_history", "/Patient/_history", "/_history")) {
            assertEquals(
                    List.of("DELETE", "PUT", "PUT"),
                    texts(http.get(history, TENANT, tenant), "request", "method"));
        }
        assertEquals(404, http.get("/Patient/v/_history/1", TENANT, "others").status());
    }

    @Test
    void searchesScan() {
        String tenant = "search";
        for (int i = 0; i < 5; i++) {
            String body =
                    """
                    {"resourceType":"Patient","id":"s%d","birthDate":"197%d-01-01",\
                    "name":[{"family":"Scanned"}],"identifier":[{"system":"urn:s","value":"%d"}]}\
                    """
                            .formatted(i, i, i);
            assertEquals(201, http.put("/Patient/s" + i, body, TENANT, tenant).status());
        }
        assertEquals(List.of("s3"), found("/Patient?identifier=urn:s%7C3", tenant));
        assertEquals(
                List.of("s4", "s3"), found("/Patient?birthdate=ge1973&_sort=-birthdate", tenant));
        Http.Answer page = http.get("/Patient?family=scan&_count=3", TENANT, tenant);
        List<String> seen = new ArrayList<>(texts(page, "resource", "id"));
        assertEquals(3, seen.size());
        String next = "";
        for (JsonNode link : json(page).path("link")) {
            next = link.path("relation").asText().equals("next") ? link.path("url").asText() : next;
        }
        seen.addAll(found(next, tenant));
        assertEquals(List.of("s0", "s1", "s2", "s3", "s4"), seen.stream().sorted().toList());
        assertEquals(List.of(), found("/Patient?family=scan", "others"));
        String rest = json(http.get("/metadata", TENANT, tenant)).path("rest").toString();
        assertTrue(rest.contains("by reading all resources of the types"), rest);
    }

    @Test
    void conditionsPreventDuplicates() {
        String tenant = "once";
        String body =
                "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:c\",\"value\":\"1\"}]}";
        String condition = "identifier=urn:c|1";
        Http.Answer first = http.post("/Patient", body, TENANT, tenant, "If-None-Exist", condition);
        assertEquals(201, first.status(), first.text());
        Http.Answer second =
                http.post("/Patient", body, TENANT, tenant, "If-None-Exist", condition);
        assertEquals(200, second.status(), second.text());
        assertEquals(first.field("ETag"), second.field("ETag"));
        assertEquals(1, found("/Patient", tenant).size());
    }

    @Test
    void transactionsAreAllOrNothing() {
        String tenant = "transactions";
        String bundle =
                """
                {"resourceType":"Bundle","type":"transaction","entry":[
                 {"fullUrl":"urn:uuid:0f7c1a52-4e4f-4f7e-9d20-111111111111",
                  "resource":{"resourceType":"Patient","identifier":[{"value":"t"}]},
                  "request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=t"}},
                 {"resource":{"resourceType":"Basic","code":{"text":"x"},
                   "subject":{"reference":"%s"}},
                  "request":{"method":"POST","url":"Basic"}}]}\
                """;
        Http.Answer refused =
                http.post("", bundle.formatted("Patient?identifier=none"), TENANT, tenant);
        assertEquals(412, refused.status(), refused.text());
        assertEquals(List.of(), found("/Patient", tenant));
        String inner = bundle.formatted("urn:uuid:0f7c1a52-4e4f-4f7e-9d20-111111111111");
        for (int i = 0; i < 2; i++) {
            Http.Answer done = http.post("", inner, TENANT, tenant);
            assertEquals(200, done.status(), done.text());
        }
        String id = found("/Patient", tenant).getFirst();
        assertEquals(1, found("/Patient", tenant).size());
        assertEquals(2, found("/Basic?subject=Patient/" + id, tenant).size());
    }

    @Test
    void viewsRunInTheServer() {
        String tenant = "views";
        for (String id : List.of("1", "2")) {
            String body =
                    "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"family\":\"F%s\"}]}"
                            .formatted(id, id);
            assertEquals(201, http.put("/Patient/" + id, body, TENANT, tenant).status());
        }
        Http.Answer run =
                http.post(
                        "/ViewDefinition/$viewdefinition-run?_format=csv",
                        """
                        {"resourceType":"ViewDefinition","status":"active","resource":"Patient",
                         "select":[{"column":[{"path":"getResourceKey()","name":"key"}]},
                          {"forEach":"name","column":[{"path":"family","name":"family"}]}]}\
                        """,
                        TENANT,
                        tenant,
                        "Accept",
                        "text/csv");
        assertEquals("in-process", run.field("X-View-Runner").orElse(run.text()));
        assertEquals(
                List.of("Patient/1,F1", "Patient/2,F2", "key,family"),
                run.text().lines().sorted().toList());
    }

    /** The files are fetched from the bucket, by URLs that are signed anew with each poll. */
    @Test
    void exportsAreFetchedBySignedUrls() throws InterruptedException {
        String tenant = "exports";
        List<String> ids = List.of("e1", "e2", "e3");
        for (String id : ids) {
            String body = "{\"resourceType\":\"Patient\",\"id\":\"%s\"}".formatted(id);
            assertEquals(201, http.put("/Patient/" + id, body, TENANT, tenant).status());
        }
        Http.Answer accepted = http.get("/$export", TENANT, tenant, "Prefer", "respond-async");
        assertEquals(202, accepted.status(), accepted.text());
        String status = accepted.field("Content-Location").orElse(accepted.text());
        String first = exported(status, tenant);
        assertTrue(first.startsWith(store.url().toString()), first);
        assertTrue(first.contains("X-Amz-Signature="), first);
        Http.Answer file = http.get(first);
        assertEquals(200, file.status(), file.text());
        assertEquals(
                ids,
                file.text().lines().map(line -> json(line).path("id").asText()).sorted().toList());
        String next = exported(status, tenant);
        while (next.equals(first)) {
            // Signatures have the time in seconds.
            next = exported(status, tenant);
        }
        assertEquals(path(first), path(next));
        assertArrayEquals(file.bytes(), http.get(next).bytes());
        assertEquals(202, http.delete(status, TENANT, tenant).status());
        assertEquals(404, http.get(next).status());
    }

    private static String path(String url) {
        return url.substring(0, url.indexOf('?'));
    }

    /** Polls until the export is there; gives the URL of its only file. */
    private static String exported(String status, String tenant) throws InterruptedException {
        Http.Answer polled = http.get(status, TENANT, tenant);
        while (polled.status() == 202 || polled.status() == 429) {
            Thread.sleep(50);
            polled = http.get(status, TENANT, tenant);
        }
        assertEquals(200, polled.status(), polled.text());
        JsonNode output = json(polled).path("output");
        assertEquals(1, output.size(), polled.text());
        return output.path(0).path("url").asText();
    }

    private static List<String> found(String search, String tenant) {
        return texts(http.get(search, TENANT, tenant), "resource", "id");
    }

    /** A text of each entry of a bundle. */
    private static List<String> texts(Http.Answer bundle, String part, String member) {
        assertEquals(200, bundle.status(), bundle.text());
        var texts = new ArrayList<String>();
        for (JsonNode entry : json(bundle).path("entry")) {
            texts.add(entry.path(part).path(member).asText());
        }
        return texts;
    }

    private static JsonNode json(Http.Answer answer) {
        return json(answer.text());
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }
}
