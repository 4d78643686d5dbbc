package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The commands of the distribution, as a user types them. */
class CommandLineIT {
    @TempDir private Path folder;

    @Test
    void tellsItsVersionAndHelp() {
        Distribution.Result version = Distribution.run(folder, "--version");
        assertEquals(0, version.code(), version.err());
        assertTrue(version.out().startsWith("andiron 0."), version.out());

        Distribution.Result help = Distribution.run(folder, "--help");
        assertEquals(0, help.code());
        for (String command : List.of("serve", "load", "view", "plugins", "config", "demo")) {
            assertTrue(help.out().contains("  " + command), help.out());
        }
    }

    @Test
    void preparesLaterStarts() throws IOException, InterruptedException {
        // A copy, since other tests compare the folder with the archives.
        Path home = folder.resolve("andiron");
        try (Stream<Path> files = Files.walk(Distribution.home())) {
            for (Path file : files.toList()) {
                Path copy = home.resolve(Distribution.home().relativize(file).toString());
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        assertEquals(0, code(home, "", "prepare"));
        assertTrue(Files.size(home.resolve("cache/andiron.aot")) > 1_000_000, "an empty cache");
        // This ends the start if the cache does not fit, which would go unnoticed otherwise.
        assertEquals(0, code(home, "-XX:AOTMode=on", "--version"));
    }

    private int code(Path home, String options, String command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = Distribution.command(folder, command);
        builder.command().set(0, home.resolve("bin").resolve("andiron").toString());
        builder.environment().put("ANDIRON_JAVA_OPTS", options);
        return builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start()
                .waitFor();
    }

    @Test
    void listsThePluginWithWhatItCanDo() {
        Distribution.Result plugins = Distribution.run(folder, "plugins");
        assertEquals(0, plugins.code(), plugins.err());
        assertTrue(plugins.out().startsWith("NAME "), plugins.out());
        assertTrue(
                plugins.out()
                        .lines()
                        .anyMatch(line -> line.matches("sqlite +backend +loaded .*module layer.*")),
                plugins.out());
        assertTrue(
                plugins.out().lines().anyMatch(line -> line.matches("change feed .*yes.*")),
                plugins.out());
    }

    @Test
    void aBrokenPluginStopsOnlyItself() throws IOException {
        Path more = Files.createDirectories(folder.resolve("data/plugins"));
        Files.writeString(more.resolve("torn.jar"), "no archive");
        Distribution.Result plugins = Distribution.run(folder, "plugins");
        assertEquals(0, plugins.code(), plugins.err());
        assertTrue(plugins.out().contains("FAILED"), plugins.out());
        assertTrue(plugins.out().contains("torn.jar"), plugins.out());
        try (ServerProcess server = ServerProcess.start(folder)) {
            var ready = new Http(server.root()).get("health/ready");
            assertEquals(200, ready.status());
            assertTrue(ready.text().contains("torn.jar"), ready.text());
            assertTrue(server.log().contains("torn.jar"), server.log());
        }
    }

    @Test
    void tellsAllProblemsOfAConfigurationAtOnce() throws IOException {
        Path file = folder.resolve("wrong.yaml");
        Files.writeString(file, "server:\n  prot: 8080\nstorage: other\n");
        Distribution.Result serve =
                Distribution.run(folder, "serve", "--config", file.toString(), "--port", "x");
        assertEquals(2, serve.code());
        serve = Distribution.run(folder, "serve", "--config", file.toString());
        assertEquals(2, serve.code());
        assertTrue(serve.err().contains("wrong.yaml:2"), serve.err());
        assertTrue(serve.err().contains("server.port"), serve.err());
        assertTrue(serve.err().contains("wrong.yaml:3"), serve.err());
        assertFalse(serve.err().contains("\tat "), serve.err());
    }

    @Test
    void writesTheTableOfAView() throws IOException {
        Path view = folder.resolve("view.json");
        Files.writeString(
                view,
                """
                {"resourceType":"ViewDefinition","status":"active","resource":"Patient",
                 "select":[{"column":[{"name":"id","path":"id"},{"name":"born","path":"birthDate"}]}]}
                """);
        try (ServerProcess server = ServerProcess.start(folder)) {
            String base = server.root() + "fhir";
            new Http(URI.create(base + "/"))
                    .send(
                            "PUT",
                            "Patient/a",
                            "{\"resourceType\":\"Patient\",\"id\":\"a\",\"birthDate\":\"1970-01-02\"}");
            Distribution.Result printed =
                    Distribution.run(folder, "view", "--server", base, view.toString());
            assertEquals(0, printed.code(), printed.err());
            assertEquals("id,born\r\na,1970-01-02\r\n", printed.out());
            Path file = folder.resolve("table.ndjson");
            Distribution.Result written =
                    Distribution.run(
                            folder,
                            "view",
                            "--server",
                            base,
                            "-o",
                            file.toString(),
                            view.toString());
            assertEquals(0, written.code(), written.err());
            assertEquals("{\"id\":\"a\",\"born\":\"1970-01-02\"}\n", Files.readString(file));
            Path parquet = folder.resolve("table.parquet");
            Distribution.Result columns =
                    Distribution.run(
                            folder,
                            "view",
                            "--server",
                            base,
                            "-o",
                            parquet.toString(),
                            view.toString());
            assertEquals(0, columns.code(), columns.err());
            String bytes = Files.readString(parquet, StandardCharsets.ISO_8859_1);
            assertTrue(bytes.startsWith("PAR1") && bytes.endsWith("PAR1"), bytes);
            Distribution.Result bare =
                    Distribution.run(
                            folder,
                            "view",
                            "--server",
                            base,
                            "--no-header",
                            "--formula-guard",
                            view.toString());
            assertEquals("a,1970-01-02\r\n", bare.out(), bare.err());
            Distribution.Result wrong =
                    Distribution.run(folder, "view", "--server", base, "ViewDefinition/none");
            assertEquals(1, wrong.code());
            assertTrue(wrong.err().contains("404"), wrong.err());
        }
    }

    /** The status is sent by then; what is left is to cut the connection. */
    @Test
    void aTableThatEndsEarlyIsNoFile() throws IOException {
        Path view = folder.resolve("view.json");
        Files.writeString(
                view,
                """
                {"resourceType":"ViewDefinition","status":"active","resource":"Patient",
                 "select":[{"column":[{"name":"born","path":"birthDate",
                                       "tag":[{"name":"ansi/type","value":"DATE"}]}]}]}
                """);
        Path file = folder.resolve("table.parquet");
        try (ServerProcess server = ServerProcess.start(folder)) {
            String base = server.root() + "fhir";
            new Http(URI.create(base + "/"))
                    .send(
                            "PUT",
                            "Patient/a",
                            "{\"resourceType\":\"Patient\",\"id\":\"a\",\"birthDate\":\"1970\"}");
            Distribution.Result cut =
                    Distribution.run(
                            folder,
                            "view",
                            "--server",
                            base,
                            "-o",
                            file.toString(),
                            view.toString());
            assertEquals(1, cut.code(), cut.err());
            assertFalse(cut.err().contains("\tat "), cut.err());
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(
                    List.of(), left.filter(path -> path.toString().contains("parquet")).toList());
        }
    }

    @Test
    void showsTheConfigurationInEffect() {
        Distribution.Result config = Distribution.run(folder, "config");
        assertEquals(0, config.code(), config.err());
        assertTrue(config.out().contains("server.port: 8080\n"), config.out());
        assertTrue(config.out().contains("backends.main.plugin: sqlite"), config.out());
    }

    @Test
    void thePageAboutConfigurationIsWhatTheCommandPrints() throws IOException {
        Distribution.Result reference = Distribution.run(folder, "config", "reference");
        assertEquals(0, reference.code(), reference.err());
        assertEquals(
                Files.readString(Distribution.source().resolve("docs/configuration.md")),
                reference.out(),
                "run: bin/andiron config reference > docs/configuration.md");
    }

    @Test
    void aFileThatIsNoDatabaseIsToldInOneLine() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/andiron.db"), "this is no database ".repeat(500));
        Distribution.Result serve = Distribution.run(folder, "serve", "--port", "0");
        assertEquals(3, serve.code(), serve.err());
        List<String> messages =
                serve.err().lines().filter(line -> line.startsWith("andiron: ")).toList();
        assertEquals(1, messages.size(), serve.err());
        assertTrue(messages.getFirst().contains("not a SQLite database"), serve.err());
        assertFalse(serve.err().contains("\tat "), serve.err());
    }

    @Test
    void servesFromTheCurrentFolderAndEndsWhenTold() {
        try (ServerProcess server = ServerProcess.start(folder)) {
            assertTrue(server.log().contains("plugin sqlite"), server.log());
            assertTrue(server.log().contains("Try next:"), server.log());
            assertEquals(200, new Http(server.root()).get("health/live").status());
            // 143 is what a Java process returns after SIGTERM.
            assertEquals(143, server.stop());
        }
        assertTrue(Files.exists(folder.resolve("data/andiron.db")));
    }

    @Test
    void theDemonstrationLoadsShowsAndCleansUp() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        ProcessBuilder builder = Distribution.command(folder, "demo").redirectErrorStream(true);
        builder.environment().put("ANDIRON_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        Process demo = builder.start();
        var lines = new ArrayList<String>();
        try (BufferedReader out = demo.inputReader()) {
            String line = out.readLine();
            while (line != null && !line.startsWith("Ctrl+C stops it")) {
                lines.add(line);
                line = out.readLine();
            }
            String text = String.join("\n", lines);
            assertTrue(text.contains(", 0 failed"), text);
            assertTrue(text.contains("everybody, by family name (5)"), text);
            demo.destroy();
            assertTrue(demo.waitFor(60, TimeUnit.SECONDS));
        } finally {
            demo.destroyForcibly();
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(
                    List.of(),
                    left.filter(path -> path.getFileName().toString().startsWith("andiron-demo"))
                            .toList());
        }
        assertFalse(Files.exists(folder.resolve("data")));
    }
}
