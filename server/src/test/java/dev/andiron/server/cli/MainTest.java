package dev.andiron.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    @Test
    void wrongUsageIsOneSentenceAndAHint() {
        assertEquals(2, run());
        assertEquals("andiron: a command is missing\n'andiron --help' tells how\n", err());

        err.getBuffer().setLength(0);
        assertEquals(2, run("load", "--paralel", "3", "x.json"));
        assertTrue(err().startsWith("andiron: Unknown option"), err());
        assertTrue(err().endsWith("'andiron load --help' tells how\n"), err());
    }

    @Test
    void everyCommandHasHelpWithExitCodes() {
        for (String command : Main.line(new Main()).getSubcommands().keySet()) {
            out.getBuffer().setLength(0);
            assertEquals(0, run(command, "--help"), command);
            assertTrue(out.toString().contains("Exit codes:"), out::toString);
            assertTrue(out.toString().contains("--verbose"), out::toString);
        }
    }

    @Test
    void failuresAreOneLineUnlessVerbose(@TempDir Path folder) {
        String absent = folder.resolve("absent.json").toString();
        assertEquals(1, run("load", absent));
        assertEquals("andiron: there is no file or folder " + absent + "\n", err());

        assertEquals(1, run("load", "--verbose", absent));
        assertTrue(err().contains("\tat dev.andiron.server.cli"), err());
    }

    @Test
    void optionValuesAreChecked(@TempDir Path folder) {
        assertEquals(2, run("load", "--parallel", "0", folder.toString()));
        assertEquals("andiron: --parallel takes 1 to 1000, not 0\n", err());
        assertFalse(err().contains("Exception"));
    }

    private String err() {
        return err.toString().replace("\r\n", "\n");
    }
}
