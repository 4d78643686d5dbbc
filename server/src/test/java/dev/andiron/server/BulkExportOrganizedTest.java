package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.view.TableColumn;
import dev.andiron.fhir.view.parquet.ParquetFile;
import dev.andiron.server.ExportTenant.Export;
import dev.andiron.server.RunningServer.Answer;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Bulk Data exports in blocks about resources, and as tables of views. */
class BulkExportOrganizedTest {
    private static final String IDS =
            """
            "name":"ids","status":"active","resource":"Patient","select":[{"column":[
             {"name":"id","path":"getResourceKey()"},{"name":"gender","path":"gender"}]}]\
            """;

    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new RunningServer(data, Map.of("jobs.file-size", "1KiB"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The keys in each block, by what the block is about; each file begins with a header. */
    private static Map<String, List<String>> blocks(Export export) {
        var blocks = new TreeMap<String, List<String>>();
        boolean goesOn = false;
        String last = "";
        String expected = "";
        for (JsonObject file : export.manifest().objects("output")) {
            String url = file.string("url").orElseThrow();
            assertTrue(!goesOn || url.equals(expected), url);
            assertEquals(Optional.empty(), file.string("type"));
            boolean isFirst = true;
            for (String line :
                    server.get(url, "X-Tenant-ID", export.tenant().name())
                            .text()
                            .lines()
                            .toList()) {
                JsonObject read = JsonReader.readObject(RunningServer.bytes(line));
                String type = read.string("resourceType").orElseThrow();
                if (type.equals("Parameters")) {
                    JsonObject header = read.objects("parameter").getFirst();
                    assertEquals(Optional.of("header"), header.string("name"));
                    String about =
                            header.object("valueReference")
                                    .flatMap(reference -> reference.string("reference"))
                                    .orElseThrow();
                    boolean isRest = isFirst && goesOn;
                    assertEquals(isRest, about.equals(last), about);
                    assertEquals(isRest, blocks.containsKey(about), about);
                    blocks.computeIfAbsent(about, _ -> new ArrayList<>());
                    last = about;
                } else {
                    assertTrue(!isFirst, "a file without a header");
                    blocks.get(last).add(type + "/" + read.string("id").orElseThrow());
                }
                isFirst = false;
            }
            goesOn = file.string("continuesInFile").isPresent();
            expected = file.string("continuesInFile").orElse("");
        }
        assertTrue(!goesOn, "the last block goes on nowhere");
        return blocks;
    }

    @Test
    void blocksHoldAPatientAndItsCompartment() {
        var tenant = new ExportTenant(server, "patients");
        tenant.twoPatients();
        tenant.put(
                "Provenance/about-a",
                "\"target\":[{\"reference\":\"Encounter/a\"}],\"recorded\":\"2024-01-01T00:00:00Z\","
                    + "\"agent\":[{\"who\":{\"display\":\"d\"}}]");
        tenant.put(
                "Observation/of-both",
                "\"status\":\"final\",\"code\":{\"text\":\"c\"},"
                        + "\"subject\":{\"reference\":\"Patient/a\"},"
                        + "\"performer\":[{\"reference\":\"Patient/b\"}]");
        Export export = tenant.export("/$export?organizeOutputBy=Patient");
        assertEquals(
                Map.of(
                        "Patient/a",
                        List.of(
                                "Patient/a",
                                "Encounter/a",
                                "Observation/a",
                                "Observation/of-both",
                                "Provenance/about-a"),
                        "Patient/b",
                        List.of(
                                "Patient/b",
                                "Encounter/b",
                                "Observation/b",
                                "Observation/of-both")),
                blocks(export));
        assertEquals(Optional.of("Patient"), export.manifest().string("outputOrganizedBy"));
        String told = String.join("", export.lines("error"));
        assertTrue(told.contains("Observation: 1 of these belong to no Patient"), told);
        assertTrue(told.contains("Organization: 1 of these belong to no Patient"), told);
        assertEquals(
                Map.of("Patient/b", List.of("Patient/b", "Observation/b", "Observation/of-both")),
                blocks(
                        tenant.ended(
                                tenant.post(
                                        "/Patient/$export",
                                        "{\"name\":\"patient\",\"valueReference\":{\"reference\":"
                                            + "\"Patient/b\"}},{\"name\":\"_type\",\"valueString\":"
                                            + "\"Patient,Observation\"},{\"name\":"
                                            + "\"organizeOutputBy\",\"valueCode\":\"Patient\"}"))));
    }

    @Test
    void blocksOfOtherTypesHoldWhatRefersToThem() {
        var tenant = new ExportTenant(server, "others");
        tenant.twoPatients();
        for (String id : List.of("g", "h")) {
            tenant.put(
                    "Group/" + id,
                    "\"type\":\"person\",\"actual\":true,\"member\":[{\"entity\":{\"reference\":"
                            + "\"Patient/a\"}}]");
        }
        tenant.put("Basic/x", "\"code\":{\"text\":\"c\"},\"subject\":{\"reference\":\"Group/g\"}");
        Export export = tenant.export("/$export?organizeOutputBy=Group");
        assertEquals(
                Map.of("Group/g", List.of("Group/g", "Basic/x"), "Group/h", List.of("Group/h")),
                blocks(export));
        assertEquals(
                Map.of(
                        "Encounter/a",
                        List.of("Encounter/a"),
                        "Encounter/b",
                        List.of("Encounter/b")),
                blocks(tenant.export("/$export?_type=Encounter&organizeOutputBy=Encounter")));
    }

    /** Files are small here: small blocks are not split, and what is split is said so. */
    @Test
    void blocksStayTogetherAsFarAsTheyFit() {
        var tenant = new ExportTenant(server, "split");
        var expected = new TreeMap<String, TreeSet<String>>();
        for (int i = 10; i < 30; i++) {
            tenant.put("Patient/p" + i, "\"active\":true");
            var keys = new TreeSet<>(List.of("Patient/p" + i));
            for (int j = 10; j < (i == 17 ? 40 : 10); j++) {
                tenant.put(
                        "Observation/o" + j,
                        "\"status\":\"final\",\"code\":{\"text\":\"c\"},\"subject\":"
                                + "{\"reference\":\"Patient/p17\"}");
                keys.add("Observation/o" + j);
            }
            expected.put("Patient/p" + i, keys);
        }
        Export export =
                tenant.export("/$export?organizeOutputBy=Patient&_type=Patient,Observation");
        var found = new TreeMap<String, TreeSet<String>>();
        blocks(export).forEach((about, keys) -> found.put(about, new TreeSet<>(keys)));
        assertEquals(expected, found);
        List<JsonObject> files = export.manifest().objects("output");
        assertTrue(files.stream().anyMatch(file -> file.has("continuesInFile")));
        files.forEach(file -> assertTrue(Export.number(file, "fileSize") <= 1024 + 256));
    }

    @Test
    void viewsComeAsParquetOfTheMoment() {
        var tenant = new ExportTenant(server, "tables");
        tenant.put("ViewDefinition/ids", IDS);
        var expected = new TreeSet<String>();
        for (int i = 0; i < 50; i++) {
            tenant.put("Patient/p" + i, i % 5 == 0 ? "\"gender\":\"male\"" : "");
            expected.add("p" + i + (i % 5 == 0 ? " male" : ""));
        }
        Export export = tenant.export("/$export?_outputFormat=parquet&view=ViewDefinition/ids");
        assertEquals(expected, rows(export));
        JsonObject manifest = export.manifest();
        assertEquals(
                Optional.of("application/vnd.apache.parquet"), manifest.string("outputFormat"));
        JsonObject file = manifest.objects("output").getFirst();
        assertEquals(Optional.of("Patient"), file.string("type"));
        assertEquals(Optional.of("ids"), file.object("extension").flatMap(it -> it.string("view")));
        assertTrue(manifest.get("requiresAccessToken") == JsonBoolean.FALSE);
        assertEquals(
                new TreeSet<>(List.of("p0 male", "p10 male", "p15 male", "p20 male")),
                rows(
                        tenant.export(
                                "/Patient/$export?_outputFormat=application/vnd.apache.parquet"
                                        + "&view=ViewDefinition/ids"
                                        + "&_typeFilter=Patient%3F_id%3Dp0,p10,p15,p20,nobody")));
    }

    private static TreeSet<String> rows(Export export) {
        List<TableColumn> columns =
                List.of(
                        new TableColumn("id", ValueType.STRING, false),
                        new TableColumn("gender", ValueType.STRING, false));
        var rows = new TreeSet<String>();
        for (JsonObject file : export.manifest().objects("output")) {
            Answer table =
                    server.get(
                            file.string("url").orElseThrow(),
                            "X-Tenant-ID",
                            export.tenant().name());
            assertEquals("application/vnd.apache.parquet", table.field("Content-Type"));
            assertEquals(Export.number(file, "fileSize"), table.bytes().length);
            List<Row> some = ParquetFile.read(table.bytes(), columns).rows();
            assertEquals(Export.number(file, "count"), some.size());
            for (Row row : some) {
                String gender =
                        row.values().get(1) instanceof Value.Text text ? " " + text.value() : "";
                String id = ((Value.Text) row.values().get(0)).value();
                assertTrue(rows.add(id.substring(id.indexOf('/') + 1) + gender), id);
            }
        }
        return rows;
    }

    @Test
    void whatAViewCannotMakeIsToldAndTheRestIsThere() {
        var tenant = new ExportTenant(server, "broken");
        tenant.put(
                "ViewDefinition/ids",
                IDS.replace("\"path\":\"gender\"", "\"path\":\"name.family\""));
        tenant.put("Patient/one", "\"name\":[{\"family\":\"a\"}]");
        tenant.put("Patient/two", "\"name\":[{\"family\":\"a\"},{\"family\":\"b\"}]");
        Export export = tenant.export("/$export?_outputFormat=parquet&view=ViewDefinition/ids");
        assertEquals(new TreeSet<>(List.of("one a")), rows(export));
        assertEquals(1, export.lines("error").size());
        String told = export.lines("error").getFirst();
        assertTrue(told.contains("Patient/two"), told);
    }

    @Test
    void whatDoesNotGoWithTablesIsRefusedByName() {
        var tenant = new ExportTenant(server, "refused");
        tenant.put("ViewDefinition/ids", IDS);
        String url = "/$export?_outputFormat=parquet";
        Map.of(
                        url,
                        "'view'",
                        url + "&view=ViewDefinition/none",
                        "There is no ViewDefinition 'ViewDefinition/none'",
                        url + "&view=ViewDefinition/ids&view=ViewDefinition/ids",
                        "'ids'",
                        url + "&view=ViewDefinition/ids&_elements=id",
                        "_elements",
                        url + "&view=ViewDefinition/ids&organizeOutputBy=Patient",
                        "organizeOutputBy",
                        url + "&view=ViewDefinition/ids&_type=Observation",
                        "_type")
                .forEach(
                        (asked, named) -> {
                            Answer refused = tenant.kickOff(asked, "respond-async");
                            assertTrue(refused.status() / 100 == 4, refused::text);
                            assertTrue(refused.text().contains(named), refused::text);
                        });
    }
}
