package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.server.ExportTenant.Export;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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

    @Test
    void everythingIsExportedOnceAndInPartsOfBoundedSize() {
        var tenant = new ExportTenant(server, "everything");
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
        var tenant = new ExportTenant(server, "since");
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

    @Test
    void patientLevelTakesCompartmentsOnly() {
        var tenant = new ExportTenant(server, "patients");
        tenant.twoPatients();
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
        var tenant = new ExportTenant(server, "group");
        tenant.twoPatients();
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
        var tenant = new ExportTenant(server, "writers");
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
    void whoJoinedAGroupSinceIsThereWithAll() {
        var tenant = new ExportTenant(server, "joined");
        tenant.twoPatients();
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
}
