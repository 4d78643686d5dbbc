package dev.andiron.kernel.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.verify.Check;
import dev.andiron.kernel.verify.Check.Outcome;
import dev.andiron.kernel.verify.Verification;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What is found in a jar before it is installed. */
class VerificationTest {
    private static final Path KEPT = Path.of("src/test/resources/first-plugin/first-1.0.0.jar");

    @TempDir private Path folder;

    private Verification verify(Path jar, Map<String, String> options) throws IOException {
        return Verification.of(jar, options, Files.createTempDirectory(folder, "trial"));
    }

    private static Check check(Verification found, String id) {
        return found.checks().stream()
                .filter(check -> check.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** It keeps nothing but in memory, which is the one promise that it breaks. */
    @Test
    void promisesAreTriedByTheirIds() throws IOException {
        Verification found = verify(KEPT, Map.of("most-resources", "20"));
        for (String kept : List.of("jar", "loading", "BP05", "RS01", "RS06", "CM06", "TN01")) {
            assertEquals(Outcome.PASSED, check(found, kept).outcome(), kept);
        }
        assertEquals(Outcome.NOT_APPLICABLE, check(found, "VR01").outcome());
        assertEquals(Outcome.WARNING, check(found, "manifest").outcome());
        assertEquals(Outcome.FAILED, check(found, "DU01").outcome());
        assertFalse(found.isGood());
    }

    @Test
    void optionsAreChecked() throws IOException {
        assertEquals(
                "the option 'most-resources' takes a whole number",
                check(verify(KEPT, Map.of("most-resources", "many")), "opening").reason());
        assertEquals(
                "'most' is not an option of this plugin",
                check(verify(KEPT, Map.of("most", "1")), "opening").reason());
    }

    @Test
    void aLieIsTold() throws IOException {
        Path jar = FixtureJar.of("good-loader").pack(folder.resolve("liar.jar"));
        Verification found = verify(jar, Map.of());
        assertEquals("it declares a store and has no facet for it", check(found, "BP05").reason());
        assertFalse(found.isGood());
    }

    @Test
    void whatIsNoPluginIsTold() throws IOException {
        Path text = Files.writeString(folder.resolve("torn.jar"), "no archive");
        assertTrue(check(verify(text, Map.of()), "jar").reason().contains("cannot be read"));
        Path plain = FixtureJar.of("no-provider").pack(folder.resolve("plain.jar"));
        assertEquals(Outcome.FAILED, check(verify(plain, Map.of()), "services").outcome());
        Path newer =
                FixtureJar.of("good-loader").classFileVersion(90).pack(folder.resolve("newer.jar"));
        assertTrue(check(verify(newer, Map.of()), "classes").reason().contains("for Java 46"));
        Path broken = FixtureJar.of("constructor-throws").pack(folder.resolve("broken.jar"));
        assertTrue(check(verify(broken, Map.of()), "loading").reason().contains("no licence"));
    }
}
