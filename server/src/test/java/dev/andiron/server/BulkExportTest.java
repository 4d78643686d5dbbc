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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

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
        for (String empty : List.of("deleted", "error")) {
            assertTrue(export.manifest().array(empty).orElseThrow().isEmpty());
        }
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

    @Test
    void theSnapshotHoldsWhileOthersWrite() {
        var tenant = new Tenant("writers");
        var stopped = new AtomicBoolean();
        for (int i = 0; i < 30; i++) {
            tenant.put("Patient/p" + i, "\"gender\":\"other\"");
        }
        // Both resources of a transaction have the same version, at every moment.
        tenant.bundle(0);
        Thread writer =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    for (int i = 1; !stopped.get(); i++) {
                                        tenant.bundle(i);
                                        tenant.put("Patient/p" + i % 30, "\"active\":true");
                                        tenant.delete("Patient/p" + (i + 7) % 30);
                                    }
                                });
        try {
            for (int i = 0; i < 10; i++) {
                Export export = tenant.export("/$export");
                Instant time = Instant.parse(export.time());
                var versions = new TreeSet<String>();
                for (JsonObject resource : export.resources("output")) {
                    JsonObject meta = resource.object("meta").orElseThrow();
                    Instant written = Instant.parse(meta.string("lastUpdated").orElseThrow());
                    assertTrue(!written.isAfter(time), () -> written + " is after " + time);
                    if (resource.string("resourceType").orElseThrow().equals("Basic")) {
                        versions.add(meta.string("versionId").orElseThrow());
                    }
                }
                assertEquals(1, versions.size(), versions::toString);
            }
        } finally {
            stopped.set(true);
        }
        assertTrue(join(writer));
    }

    private static boolean join(Thread thread) {
        try {
            thread.join();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void filtersChooseByTheLanguageOfSearchesAndElementsByName() {
        var tenant = new Tenant("filters");
        twoPatients(tenant);
        tenant.put("Patient/young", "\"birthDate\":\"2020-01-01\",\"active\":true");
        tenant.put("Patient/old", "\"birthDate\":\"1920-01-01\",\"gender\":\"female\"");
        assertEquals(
                new TreeSet<>(List.of("Patient/old/1", "Patient/young/1")),
                tenant.export(
                                "/$export?_type=Patient&_typeFilter=Patient%3Fbirthdate%3Dlt1950"
                                        + "%26gender%3Dfemale,Patient%3Factive%3Dtrue")
                        .keys());
        assertEquals(
                new TreeSet<>(List.of("Observation/a/1", "Patient/a/1")),
                tenant.export(
                                "/$export?_type=Patient,Observation"
                                        + "&_typeFilter=Observation%3Fsubject%3DPatient/a"
                                        + "&_typeFilter=Patient%3F_has:Encounter:subject:_id%3Da")
                        .keys());
        Export cut = tenant.export("/$export?_type=Patient&_elements=Patient.birthDate");
        for (JsonObject patient : cut.resources("output")) {
            assertEquals(Optional.empty(), patient.string("gender"));
            assertTrue(patient.toString().contains("SUBSETTED"), patient::toString);
        }
        assertEquals(4, cut.keys().size());
    }

    @Test
    void whatCannotBeDoneIsRefusedByNameOrReported() {
        var tenant = new Tenant("refused");
        tenant.put("Patient/a", "");
        Answer sync = server.get("/$export", "X-Tenant-ID", tenant.name());
        assertEquals(400, sync.status());
        String wrong =
                "/$export?_outputFormat=csv&_type=Patient,Foo&_typeFilter=Patient%3Fnope%3D1"
                        + "&_typeFilter=Patient%3F_sort%3Dname&_elements=shoe&what=1"
                        + "&includeAssociatedData=_mine&organizeOutputBy=Patient&patient=Patient/a";
        Answer refused = tenant.kickOff(wrong, "respond-async");
        assertEquals(400, refused.status());
        List<String> wanted =
                List.of(
                        "'csv'",
                        "'Foo'",
                        "nope",
                        "_sort",
                        "shoe",
                        "'what'",
                        "_mine",
                        "organizeOutputBy",
                        "patient:");
        for (String name : wanted) {
            assertTrue(refused.text().contains(name), () -> name + ": " + refused.text());
        }
        Export lenient = tenant.ended(tenant.kickOff(wrong, "respond-async, handling=lenient"));
        assertEquals(new TreeSet<>(List.of("Patient/a/1")), lenient.keys());
        String reported = String.join("", lenient.lines("error"));
        wanted.forEach(name -> assertTrue(reported.contains(name), reported));
        assertEquals(404, tenant.kickOff("/Group/none/$export", "respond-async").status());
        assertEquals(
                400,
                tenant.post(
                                "/Patient/$export",
                                "{\"name\":\"patient\",\"valueReference\":{\"reference\":"
                                        + "\"Patient/none\"}}")
                        .status());
        assertEquals(
                400,
                tenant.kickOff("/Patient/$export?_type=Organization", "respond-async").status());
        for (String format : List.of("ndjson", "application/ndjson", "application/fhir%2Bndjson")) {
            tenant.export("/$export?_type=Patient&_outputFormat=" + format);
        }
    }

    @Test
    void provenanceAndWhatIsReferredToGoAlong() {
        var tenant = new Tenant("associated");
        twoPatients(tenant);
        tenant.put("Practitioner/known", "");
        tenant.put("Practitioner/other", "");
        tenant.put("Patient/a", "\"generalPractitioner\":[{\"reference\":\"Practitioner/known\"}]");
        for (int i = 1; i < 3; i++) {
            tenant.put(
                    "Provenance/" + i,
                    "\"target\":[{\"reference\":\"Observation/a\"}],\"recorded\":\"202%d-01-01T00:00:00Z\","
                                    .formatted(i)
                            + "\"agent\":[{\"who\":{\"display\":\"d\"}}]");
        }
        String url = "/Patient/$export?_type=Observation&includeAssociatedData=";
        var observations = List.of("Observation/a/1", "Observation/b/1");
        var latest = new TreeSet<>(observations);
        latest.add("Provenance/2/1");
        assertEquals(latest, tenant.export(url + "LatestProvenanceResources").keys());
        var all = new TreeSet<>(latest);
        all.add("Provenance/1/1");
        assertEquals(all, tenant.export(url + "RelevantProvenanceResources").keys());
        assertEquals(
                new TreeSet<>(List.of("Patient/a/2", "Patient/b/1", "Practitioner/known/1")),
                tenant.export("/Patient/$export?_type=Patient,Practitioner").keys());
        assertTrue(tenant.export("/Patient/$export").keys().contains("Provenance/1/1"));
    }

    @Test
    void whoJoinedAGroupSinceIsThereWithAll() {
        var tenant = new Tenant("joined");
        twoPatients(tenant);
        String member = "{\"entity\":{\"reference\":\"Patient/%s\"}}";
        String group = "\"type\":\"person\",\"actual\":true,\"member\":[%s]";
        tenant.put("Group/g", group.formatted(member.formatted("a")));
        Export first = tenant.export("/Group/g/$export?_type=Patient,Observation");
        assertEquals(new TreeSet<>(List.of("Observation/a/1", "Patient/a/1")), first.keys());
        tenant.put("Group/g", group.formatted(member.formatted("a") + "," + member.formatted("b")));
        tenant.put("Patient/a", "\"active\":true");
        assertEquals(
                new TreeSet<>(List.of("Observation/b/1", "Patient/a/2", "Patient/b/1")),
                tenant.export("/Group/g/$export?_type=Patient,Observation&_since=" + first.time())
                        .keys());
    }

    @Test
    void filesAreServedInPartsAndToTheirTenantAlone() {
        var tenant = new Tenant("files");
        tenant.put("Patient/a", "");
        Export export = tenant.export("/$export");
        String url = export.manifest().objects("output").getFirst().string("url").orElseThrow();
        Answer whole = server.get(url, "X-Tenant-ID", tenant.name());
        Answer part = server.get(url, "X-Tenant-ID", tenant.name(), "Range", "bytes=2-5");
        assertEquals(206, part.status());
        assertEquals(whole.text().substring(2, 6), part.text());
        assertEquals(
                "gzip",
                server.get(url, "X-Tenant-ID", tenant.name(), "Accept-Encoding", "gzip")
                        .field("Content-Encoding"));
        assertEquals(404, server.get(url, "X-Tenant-ID", "another").status());
        assertEquals(404, server.get(export.status(), "X-Tenant-ID", "another").status());
        Answer list = server.get("/$job-status?kind=bulk-export", "X-Tenant-ID", tenant.name());
        assertTrue(list.text().contains("\"valueCode\":\"completed\""), list::text);
        assertTrue(list.text().contains(export.status()), list::text);
        assertEquals(
                202,
                server.send("DELETE", export.status(), (String) null, "X-Tenant-ID", tenant.name())
                        .status());
        assertEquals(404, server.get(export.status(), "X-Tenant-ID", tenant.name()).status());
        assertEquals(404, server.get(url, "X-Tenant-ID", tenant.name()).status());
    }

    @Test
    void filesCanBeHadPageByPage() {
        var tenant = new Tenant("pages");
        for (int i = 0; i < 120; i++) {
            tenant.put("Basic/b" + i, "\"code\":{\"text\":\"%s\"}".formatted("x".repeat(500)));
        }
        Export first = tenant.export("/$export?allowPartialManifests=true");
        assertEquals(10, first.manifest().objects("output").size());
        int lines = first.keys().size();
        var next = first.manifest().objects("link");
        while (!next.isEmpty()) {
            Answer page =
                    server.get(
                            next.getFirst().string("url").orElseThrow(),
                            "X-Tenant-ID",
                            tenant.name());
            var export = new Export(tenant, first.status(), page);
            assertEquals(first.time(), export.time());
            lines += export.keys().size();
            next = export.manifest().objects("link");
        }
        assertEquals(120, lines);
    }

    @Test
    void theCapabilitiesDeclareIt() {
        String statement = server.get("/metadata").text();
        for (String name : List.of("export", "patient-export", "group-export")) {
            assertTrue(
                    statement.contains(
                            "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/" + name + "\""));
        }
    }
}
