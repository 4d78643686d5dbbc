package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code examples/file-backend} promises: it is built outside of this build, passes the kit,
 * and serves when its jar is dropped in. The other tests of this package then run over it.
 */
class ExampleIT {
    private static final Pattern TESTS =
            Pattern.compile("Tests run: (\\d+), Failures: 0, Errors: 0, Skipped: (\\d+)\\R");

    private static String output;

    @BeforeAll
    static void buildsAndInstallsIt() throws IOException, InterruptedException {
        Path project =
                Outsider.copy(
                        Distribution.source().resolve("examples/file-backend"),
                        Outsider.folder().resolve("file-backend"));
        output = Outsider.build(project);
        Path home = Outsider.copy(Distribution.home(), Outsider.home());
        Files.copy(
                project.resolve("target/andiron-files-1.0.0.jar"),
                home.resolve("plugins/andiron-files-1.0.0.jar"));
        Files.writeString(
                Outsider.folder().resolve("andiron.yaml"),
                """
                storage: main
                backends:
                  main: { plugin: files, folder: records }
                """);
    }

    @Test
    void theKitJudgedIt() {
        Matcher total = TESTS.matcher(output);
        assertTrue(total.find(), output);
        int run = Integer.parseInt(total.group(1));
        int passed = run - Integer.parseInt(total.group(2));
        assertTrue(passed >= 60, output);
    }

    @Test
    void itKnowsNothingButTheSpi() throws IOException {
        Path sources = Distribution.source().resolve("examples/file-backend/src/main");
        try (var files = Files.walk(sources)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.readString(file)
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
    void theDistributionFindsIt() {
        Distribution.Result result =
                Distribution.run(Outsider.home(), Outsider.folder(), "plugins");
        assertEquals(0, result.code(), result::err);
        assertTrue(result.out().contains("files"), result::out);
        assertTrue(result.out().contains("andiron-files-1.0.0.jar"), result::out);
    }
}
