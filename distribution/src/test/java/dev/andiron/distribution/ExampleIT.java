package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Somebody outside of this project follows {@code docs/write-a-backend.md}: writes its files, types
 * its commands, and has a backend that passes the kit and serves. The other tests of this package
 * then run over it.
 */
class ExampleIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SOURCE =
            Distribution.source().resolve("examples").resolve("file-backend");

    /** What the commands of the document said. */
    private static final List<String> SAID = new ArrayList<>();

    private static Walkthrough document;
    private static Path project;

    @BeforeAll
    static void followsTheDocument() throws IOException, InterruptedException {
        Outsider.begin();
        document =
                Walkthrough.read(
                        Distribution.source().resolve("docs").resolve("write-a-backend.md"));
        project = Outsider.folder().resolve("my-backend");
        Outsider.delete(project);
        document.write(project);
        for (String commands : document.commands()) {
            SAID.add(Outsider.shell(project, commands));
        }
        Files.copy(
                project.resolve("andiron.yaml"),
                Outsider.folder().resolve("andiron.yaml"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    /** The document's code is the example's code. */
    @Test
    void theDocumentHoldsTheExample() throws IOException {
        List<String> files =
                document.files().keySet().stream()
                        .filter(file -> !file.equals("andiron.yaml"))
                        .sorted()
                        .toList();
        assertEquals(files, Outsider.files(SOURCE));
        for (String file : files) {
            assertEquals(Files.readString(SOURCE.resolve(file)), document.files().get(file), file);
        }
    }

    @Test
    void theKitReportsByCapability() throws IOException {
        Path report = project.resolve("target/andiron-tck");
        String name = "com.example.files.FileBackendTest";
        JsonNode json = JSON.readTree(report.resolve(name + ".json").toFile());
        assertEquals("files", json.path("backend").asText());
        assertEquals(0, json.path("totals").path("failed").asInt());
        assertTrue(json.path("totals").path("passed").asInt() >= 50, json::toPrettyString);
        for (JsonNode capability : json.path("capabilities")) {
            boolean declared =
                    List.of("provider", "store", "versions", "atomic commits")
                            .contains(capability.path("name").asText());
            assertEquals(
                    declared,
                    capability.path("totals").path("passed").asInt() > 0,
                    capability::toPrettyString);
        }
        assertEquals(Files.readString(report.resolve(name + ".txt")), SAID.get(1));
    }

    @Test
    void itKnowsNothingButTheSpi() throws IOException {
        for (String file : Outsider.files(SOURCE)) {
            if (file.startsWith("src/main") && file.endsWith(".java")) {
                Files.readString(SOURCE.resolve(file))
                        .lines()
                        .filter(line -> line.startsWith("import "))
                        .forEach(
                                line ->
                                        assertTrue(
                                                line.matches(
                                                        "import (static"
                                                            + " )?(java|dev\\.andiron\\.spi)\\..*"),
                                                line));
            }
        }
    }

    @Test
    void theServerVerifiesAndListsIt() {
        String verified = SAID.get(2);
        assertTrue(verified.contains("RS01"), verified);
        assertTrue(verified.endsWith("nothing failed\n"), verified);
        String listed = SAID.get(3);
        assertTrue(
                listed.lines()
                        .anyMatch(
                                line ->
                                        line.matches(
                                                "files +backend +loaded +1\\.0\\.0 +Example Ltd"
                                                        + " +0\\.1\\.0 +class loader +.*"
                                                        + "andiron-files-1\\.0\\.0\\.jar")),
                listed);
        assertTrue(SAID.get(4).contains("backends.main.folder"), SAID.get(4));
    }

    @Test
    void pluginsAreListedForPrograms() throws IOException {
        Distribution.Result result =
                Distribution.run(Outsider.home(), Outsider.folder(), "plugins", "--json");
        assertEquals(0, result.code(), result::err);
        boolean found = false;
        for (JsonNode plugin : JSON.readTree(result.out()).path("plugins")) {
            if (plugin.path("name").asText().equals("files")) {
                found = true;
                assertEquals("Example Ltd", plugin.path("vendor").asText());
                assertTrue(plugin.path("capabilities").path("versioning").asBoolean());
                assertFalse(plugin.path("capabilities").path("changeFeed").asBoolean());
            }
        }
        assertTrue(found, result.out());
    }

    @Test
    void aBrokenJarFailsItsVerification(@TempDir Path folder) throws IOException {
        Path jar = project.resolve("target/andiron-files-1.0.0.jar");
        byte[] whole = Files.readAllBytes(jar);
        Path cut =
                Files.write(
                        folder.resolve("cut.jar"),
                        java.util.Arrays.copyOf(whole, whole.length / 2));
        Distribution.Result result = Distribution.run(folder, "plugin", "verify", cut.toString());
        assertEquals(1, result.code(), result::out);
        assertTrue(result.out().contains("jar failed: "), result::out);
        assertTrue(result.out().contains("cannot be read"), result::out);
        assertTrue(result.out().endsWith("FAILED\n"), result::out);
    }

    /** The other example: who calls is asked for, and what happened is written down. */
    @Test
    void anInterceptorIsBuiltAndRuns(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path audit =
                Outsider.copy(
                        Distribution.source().resolve("examples").resolve("audit-interceptor"),
                        Outsider.folder().resolve("audit-interceptor"));
        Outsider.shell(audit, "mvn verify");
        Path plugins = Files.createDirectories(folder.resolve("data").resolve("plugins"));
        Files.copy(
                audit.resolve("target/andiron-audit-1.0.0.jar"),
                plugins.resolve("andiron-audit-1.0.0.jar"));
        Path configuration =
                Files.writeString(
                        folder.resolve("andiron.yaml"),
                        "interceptors:\n  audit: { plugin: audit, tenants: default }\n");
        try (var server = ServerProcess.start(folder, "--config", configuration.toString())) {
            var http = new Http(server.base());
            String body = "{\"resourceType\":\"Patient\",\"id\":\"1\"}";
            assertEquals(401, http.put("/Patient/1", body).status());
            assertEquals(201, http.put("/Patient/1", body, "X-User", "ann").status());
            assertEquals(200, http.get("/metadata?_summary=true").status());
            assertEquals(404, http.get("/Patient/1", "X-Tenant-ID", "other").status());
        }
        List<String> lines =
                Files.readAllLines(folder.resolve("data/audit.log")).stream()
                        .map(line -> line.substring(line.indexOf(' ') + 1))
                        .toList();
        assertEquals(
                List.of(
                        "tenant=default user=- update Patient/1 -> 401",
                        "tenant=default user=ann update Patient/1 -> 201 v1",
                        "tenant=default user=- capabilities metadata -> 200"),
                lines);
    }
}
