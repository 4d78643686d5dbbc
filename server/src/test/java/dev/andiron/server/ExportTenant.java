package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.server.RunningServer.Answer;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A tenant of its own with a client. */
record ExportTenant(RunningServer server, String name) {

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

    /** Writes two resources in one transaction. */
    void bundle(int number) {
        var entries = new ArrayList<String>();
        for (String id : List.of("one", "two")) {
            entries.add(
                    ("{\"resource\":{\"resourceType\":\"Basic\",\"id\":\"%s\",\"code\":"
                                    + "{\"text\":\"%d\"}},\"request\":{\"method\":\"PUT\","
                                    + "\"url\":\"Basic/%s\"}}")
                            .formatted(id, number, id));
        }
        String body =
                "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[%s]}"
                        .formatted(String.join(",", entries));
        assertEquals(200, server.send("POST", "", body, "X-Tenant-ID", name).status());
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

    /** Two patients with an Observation and an Encounter each, and what belongs to nobody. */
    void twoPatients() {
        for (String id : List.of("a", "b")) {
            String subject = "\"subject\":{\"reference\":\"Patient/%s\"}".formatted(id);
            put("Patient/" + id, "");
            put("Observation/" + id, "\"status\":\"final\",\"code\":{\"text\":\"c\"}," + subject);
            put(
                    "Encounter/" + id,
                    "\"status\":\"planned\",\"class\":{\"code\":\"AMB\"}," + subject);
        }
        put("Observation/none", "\"status\":\"final\",\"code\":{\"text\":\"c\"}");
        put("Organization/o", "");
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

    /** An export that is complete. */
    record Export(ExportTenant tenant, String status, Answer answer) {

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
                        tenant.server()
                                .get(
                                        file.string("url").orElseThrow(),
                                        "X-Tenant-ID",
                                        tenant.name());
                assertEquals(200, answer.status(), answer::text);
                assertEquals("application/fhir+ndjson", answer.field("Content-Type"));
                List<String> some = answer.text().lines().toList();
                assertEquals(number(file, "count"), some.size());
                assertEquals(number(file, "fileSize"), answer.bytes().length);
                if (file.has("type")) {
                    some.forEach(
                            line ->
                                    assertEquals(
                                            file.string("type"),
                                            JsonReader.readObject(RunningServer.bytes(line))
                                                    .string("resourceType")));
                }
                lines.addAll(some);
            }
            return lines;
        }

        static int number(JsonObject object, String name) {
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
}
