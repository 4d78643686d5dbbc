package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.server.ExportTenant.Export;
import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What the parameters of Bulk Data exports choose, and the files that come of it. */
class BulkExportFormTest {
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
    void filtersChooseByTheLanguageOfSearchesAndElementsByName() {
        var tenant = new ExportTenant(server, "filters");
        tenant.twoPatients();
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
        var tenant = new ExportTenant(server, "refused");
        tenant.put("Patient/a", "");
        Answer sync = server.get("/$export", "X-Tenant-ID", tenant.name());
        assertEquals(400, sync.status());
        String wrong =
                "/$export?_outputFormat=csv&_type=Patient,Foo&_typeFilter=Patient%3Fnope%3D1"
                    + "&_typeFilter=Patient%3F_sort%3Dname&_elements=shoe&what=1"
                    + "&includeAssociatedData=_mine&organizeOutputBy=Nobody&view=x&patient=Patient/a";
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
                        "'Nobody'",
                        "view:",
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
        var tenant = new ExportTenant(server, "associated");
        tenant.twoPatients();
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
    void filesAreServedInPartsAndToTheirTenantAlone() {
        var tenant = new ExportTenant(server, "files");
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
        var tenant = new ExportTenant(server, "pages");
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
    void whatWasExportedIsCounted() {
        double resources = metric("andiron_export_resources_total");
        double bytes = metric("andiron_export_bytes_total");
        var tenant = new ExportTenant(server, "counted");
        tenant.put("Patient/a", "");
        tenant.put("Patient/b", "");
        JsonObject file = tenant.export("/$export").manifest().objects("output").getFirst();
        assertEquals(resources + 2, metric("andiron_export_resources_total"));
        assertEquals(bytes + Export.number(file, "fileSize"), metric("andiron_export_bytes_total"));
        assertTrue(metric("andiron_jobs_kept{kind=\"bulk-export\",state=\"completed\"}") >= 0);
        assertTrue(metric("andiron_jobs_kept{kind=\"import\",state=\"failed\"}") >= 0);
    }

    private static double metric(String name) {
        return server.get(server.root() + "/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name));
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
