package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Bulk Data exports over HTTP; one server, and a tenant for each case. */
class BulkExportTest {
    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new RunningServer(data, Map.of("jobs.file-size", "4KiB"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A tenant of its own with a client. */
    private record Tenant(String name) {

        Answer put(String url, String members) {
            String[] key = url.split("/");
            String body =
                    "{\"resourceType\":\"%s\",\"id\":\"%s\"%s}"
                            .formatted(key[0], key[1], members.isEmpty() ? "" : "," + members);
            Answer answer = server.send("PUT", "/" + url, body, "X-Tenant-ID", name);
            assertTrue(answer.status() == 201 || answer.status() == 200, answer::text);
            return answer;
        }

        void delete(String url) {
            assertTrue(
                    server.send("DELETE", "/" + url, (String) null, "X-Tenant-ID", name).status()
                            < 300);
        }

        Answer kickOff(String url, String prefer) {
            return server.get(url, "Prefer", prefer, "X-Tenant-ID", name);
        }

        Answer post(String url, String parameters) {
            return server.send(
                    "POST",
                    url,
                    "{\"resourceType\":\"Parameters\",\"parameter\":[%s]}".formatted(parameters),
                    "Prefer",
                    "respond-async",
                    "X-Tenant-ID",
                    name);
        }

        Export export(String url) {
            return ended(kickOff(url, "respond-async"));
        }

        Export ended(Answer accepted) {
            assertEquals(202, accepted.status(), accepted::text);
            String status = accepted.field("Content-Location");
            Answer answer = server.get(status, "X-Tenant-ID", name);
            for (int i = 0; answer.status() == 202 && i < 100_000; i++) {
                answer = server.get(status, "X-Tenant-ID", name);
            }
            assertEquals(200, answer.status(), answer::text);
            return new Export(this, status, answer);
        }
    }

    /** An export that is complete. */
    private record Export(Tenant tenant, String status, Answer answer) {

        JsonObject manifest() {
            return answer.json();
        }

        String time() {
            return manifest().string("transactionTime").orElseThrow();
        }

        List<String> lines(String content) {
            var lines = new ArrayList<String>();
            for (JsonObject file : manifest().objects(content)) {
                Answer answer =
                        server.get(file.string("url").orElseThrow(), "X-Tenant-ID", tenant.name());
                assertEquals(200, answer.status(), answer::text);
                assertEquals("application/fhir+ndjson", answer.field("Content-Type"));
                List<String> some = answer.text().lines().toList();
                assertEquals(number(file, "count"), some.size());
                assertEquals(number(file, "fileSize"), answer.bytes().length);
                some.forEach(
                        line ->
                                assertEquals(
                                        file.string("type"),
                                        JsonReader.readObject(RunningServer.bytes(line))
                                                .string("resourceType")));
                lines.addAll(some);
            }
            return lines;
        }

        private static int number(JsonObject object, String name) {
            return ((JsonNumber) object.get(name)).decimal().intValueExact();
        }

        List<JsonObject> resources(String content) {
            return lines(content).stream()
                    .map(RunningServer::bytes)
                    .map(JsonReader::readObject)
                    .toList();
        }

        /** Type, id and version of each resource, sorted; none is there twice. */
        TreeSet<String> keys() {
            var keys = new TreeSet<String>();
            for (JsonObject resource : resources("output")) {
                String key =
                        "%s/%s/%s"
                                .formatted(
                                        resource.string("resourceType").orElseThrow(),
                                        resource.string("id").orElseThrow(),
                                        resource.object("meta")
                                                .orElseThrow()
                                                .string("versionId")
                                                .orElseThrow());
                assertTrue(keys.add(key), key);
            }
            return keys;
        }
    }

    @Test
    void everythingIsExportedOnceAndInPartsOfBoundedSize() {
        var tenant = new Tenant("everything");
        var expected = new TreeSet<String>();
        for (int i = 0; i < 60; i++) {
            tenant.put("Patient/p" + i, "\"name\":[{\"family\":\"Family of many letters\"}]");
            expected.add("Patient/p" + i + "/1");
        }
        tenant.put("Patient/p3", "\"active\":true");
        expected.remove("Patient/p3/1");
        expected.add("Patient/p3/2");
        tenant.put("Organization/o", "\"name\":\"An organization\"");
        expected.add("Organization/o/1");
        tenant.put("Patient/gone", "");
        tenant.delete("Patient/gone");
        Export export = tenant.export("/$export");
        assertEquals(expected, export.keys());
        List<JsonObject> files = export.manifest().objects("output");
        assertTrue(files.size() > 3, export.answer()::text);
        files.forEach(file -> assertTrue(Export.number(file, "fileSize") <= 4096));
        assertEquals("application/json", export.answer().field("Content-Type"));
        assertNotEquals("", export.answer().field("Expires"));
        assertEquals(server.base() + "/$export", export.manifest().string("request").orElseThrow());
        assertEquals(List.of(), export.lines("deleted"));
        assertEquals(List.of(), export.lines("error"));
    }

    @Test
    void sinceGivesWhatWasWrittenLaterAndWhatIsNoMore() {
        var tenant = new Tenant("since");
        tenant.put("Patient/a", "");
        tenant.put("Patient/b", "");
        tenant.put("Patient/c", "");
        tenant.put("Patient/d", "");
        String time = tenant.export("/$export").time();
        tenant.put("Patient/a", "\"active\":true");
        tenant.delete("Patient/b");
        tenant.delete("Patient/c");
        tenant.put("Patient/c", "\"active\":true");
        tenant.put("Patient/e", "");
        tenant.delete("Patient/e");
        Export later = tenant.export("/$export?_since=" + time);
        assertEquals(new TreeSet<>(List.of("Patient/a/2", "Patient/c/3")), later.keys());
        assertEquals(
                List.of(
                        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                                + "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/e\"}},"
                                + "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/b\"}}]}"),
                later.lines("deleted"));
        Export nothing = tenant.export("/$export?_since=" + later.time());
        assertEquals(new TreeSet<>(), nothing.keys());
        assertEquals(List.of(), nothing.lines("deleted"));
        Export earlier = tenant.export("/$export?_type=Patient&_until=" + time);
        assertEquals(new TreeSet<>(List.of("Patient/d/1")), earlier.keys());
    }

    private static void twoPatients(Tenant tenant) {
        for (String id : List.of("a", "b")) {
            String subject = "\"subject\":{\"reference\":\"Patient/%s\"}".formatted(id);
            tenant.put("Patient/" + id, "");
            tenant.put(
                    "Observation/" + id,
                    "\"status\":\"final\",\"code\":{\"text\":\"c\"}," + subject);
            tenant.put(
                    "Encounter/" + id,
                    "\"status\":\"planned\",\"class\":{\"code\":\"AMB\"}," + subject);
        }
        tenant.put("Observation/none", "\"status\":\"final\",\"code\":{\"text\":\"c\"}");
        tenant.put("Organization/o", "");
    }

    @Test
    void patientLevelTakesCompartmentsOnly() {
        var tenant = new Tenant("patients");
        twoPatients(tenant);
        assertEquals(
                new TreeSet<>(
                        List.of(
                                "Encounter/a/1",
                                "Encounter/b/1",
                                "Observation/a/1",
                                "Observation/b/1",
                                "Patient/a/1",
                                "Patient/b/1")),
                tenant.export("/Patient/$export").keys());
        String chosen =
                "{\"name\":\"patient\",\"valueReference\":{\"reference\":\"Patient/b\"}},"
                        + "{\"name\":\"_type\",\"valueString\":\"Patient,Observation\"}";
        assertEquals(
                new TreeSet<>(List.of("Observation/b/1", "Patient/b/1")),
                tenant.ended(tenant.post("/Patient/$export", chosen)).keys());
    }

    @Test
    void groupLevelTakesTheMembersThatThereAreNow() {
        var tenant = new Tenant("group");
        twoPatients(tenant);
        for (String id : List.of("past", "future", "inactive", "c")) {
            tenant.put("Patient/" + id, "");
        }
        String member = "{\"entity\":{\"reference\":\"%s\"}%s}";
        String kind = "\"type\":\"person\",\"actual\":true,\"member\":[%s]";
        tenant.put(
                "Group/inner",
                kind.formatted(
                        member.formatted("Patient/c", "")
                                + ","
                                + member.formatted("Group/outer", "")));
        tenant.put(
                "Group/outer",
                kind.formatted(
                        String.join(
                                ",",
                                member.formatted("Patient/a", ""),
                                member.formatted("Group/inner", ""),
                                member.formatted("Patient/inactive", ",\"inactive\":true"),
                                member.formatted(
                                        "Patient/past", ",\"period\":{\"end\":\"2001-01-01\"}"),
                                member.formatted(
                                        "Patient/future",
                                        ",\"period\":{\"start\":\"2201-01-01\"}"))));
        assertEquals(
                new TreeSet<>(
                        List.of(
                                "Encounter/a/1",
                                "Group/inner/1",
                                "Group/outer/1",
                                "Observation/a/1",
                                "Patient/a/1",
                                "Patient/c/1")),
                tenant.export("/Group/outer/$export").keys());
    }
}
