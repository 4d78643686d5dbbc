package dev.andiron.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Who may see whom within the kernel: told by the imports, which is all that code can name. */
class BordersTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/andiron/kernel");
    private static final Pattern IMPORT =
            Pattern.compile("(?m)^import (?:static )?([a-z][a-z0-9_.]*)\\.[A-Z]");

    /** For each package, what it may import besides the JDK and the SPI. */
    private static final Map<String, Set<String>> MAY_SEE =
            Map.of(
                    "interceptor",
                    Set.of(
                            "dev.andiron.kernel",
                            "dev.andiron.kernel.config",
                            "dev.andiron.kernel.plugin"),
                    "verify",
                    Set.of("dev.andiron.kernel.config", "dev.andiron.kernel.plugin"),
                    "config",
                    Set.of("dev.andiron.kernel", "org.snakeyaml.engine.v2"),
                    "plugin",
                    Set.of("dev.andiron.kernel.config"),
                    "backend",
                    Set.of(
                            "dev.andiron.kernel",
                            "dev.andiron.kernel.config",
                            "dev.andiron.kernel.plugin"),
                    "composite",
                    Set.of("dev.andiron.kernel.backend", "dev.andiron.kernel.lent"),
                    "lent",
                    Set.of("dev.andiron.fhir.search", "dev.andiron.fhir.view"),
                    "routing",
                    Set.of(
                            "dev.andiron.fhir.view",
                            "dev.andiron.kernel.backend",
                            "dev.andiron.kernel.lent"));

    @Test
    void packagesImportOnlyWhatTheyMaySee() throws IOException {
        var found = new ArrayList<String>();
        int files = 0;
        for (Map.Entry<String, Set<String>> room : MAY_SEE.entrySet()) {
            for (Path file : sources(SOURCES.resolve(room.getKey()))) {
                files++;
                for (String seen : imports(file)) {
                    if (!seen.equals("dev.andiron.kernel." + room.getKey())
                            && !seen.startsWith("java.")
                            && !seen.startsWith("dev.andiron.spi")
                            && room.getValue().stream()
                                    .noneMatch(allowed -> isWithin(seen, allowed))) {
                        found.add(file.getFileName() + " sees " + seen);
                    }
                }
            }
        }
        assertEquals(List.of(), found);
        assertTrue(files > 40, "the sources were looked at");
    }

    /** The kernel's packages are named one by one, libraries by their root. */
    private static boolean isWithin(String seen, String allowed) {
        return seen.equals(allowed)
                || !allowed.startsWith("dev.andiron.kernel") && seen.startsWith(allowed + ".");
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static List<String> imports(Path file) throws IOException {
        Matcher matcher = IMPORT.matcher(Files.readString(file));
        return matcher.results().map(found -> found.group(1)).toList();
    }
}
