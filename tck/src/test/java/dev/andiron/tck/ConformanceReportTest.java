package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.tck.PromiseResult.Outcome;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class ConformanceReportTest {

    private static ConformanceReport report() {
        var report = new ConformanceReport();
        report.add(result("required_RS01_reads", "store", Outcome.PASSED, ""));
        report.add(
                result("required_RS02_absent", "store", Outcome.FAILED, "expected \"a\"\nnot b"));
        report.add(result("required_SE01_finds", "search", Outcome.NOT_APPLICABLE, "not declared"));
        report.add(result("optional_RB09_quick", "store", Outcome.NOT_KEPT, "slow"));
        return report;
    }

    private static PromiseResult result(
            String test, String capability, Outcome outcome, String reason) {
        return new PromiseResult(test, "what " + test + " says", capability, outcome, reason);
    }

    @Test
    void theTextCountsByCapabilityAndTellsWhatIsNotKept() {
        String text = report().text("AcmeTest", "acme", 7);
        assertEquals(
                List.of(
                        "Compatibility report of AcmeTest",
                        "backend  acme",
                        "seed     7",
                        "result   1 passed, 1 not applicable, 1 not kept, 1 failed",
                        "",
                        "CAPABILITY                  PASSED          FAILED        NOT KEPT  NOT"
                                + " APPLICABLE",
                        "search                           0               0               0        "
                                + "       1",
                        "store                            1               1               1        "
                                + "       0",
                        "",
                        "FAILED",
                        "  RS02  what required_RS02_absent says",
                        "        expected \"a\"",
                        "not b",
                        "",
                        "NOT KEPT",
                        "  RB09  what optional_RB09_quick says",
                        "        slow",
                        "",
                        "NOT APPLICABLE",
                        "  SE01  what required_SE01_finds says",
                        "        not declared"),
                text.lines().toList());
    }

    @Test
    void theJsonSaysTheSame() {
        String json = report().json("AcmeTest", "acme", 7);
        assertTrue(
                json.contains(
                        "\"totals\": {\"passed\": 1, \"not applicable\": 1, \"not kept\": 1,"
                                + " \"failed\": 1}"),
                json);
        assertTrue(
                json.contains(
                        "{\"id\": \"RS02\", \"test\": \"required_RS02_absent\", \"promise\": \"what"
                                + " required_RS02_absent says\", \"outcome\": \"failed\","
                                + " \"reason\": \"expected \\\"a\\\"\\u000anot b\"}"),
                json);
    }

    @Test
    void ofSeveralTestsOfOnePromiseTheWorstCounts() {
        var report = report();
        report.add(result("required_RS02_absent", "store", Outcome.PASSED, ""));
        report.add(result("required_RS01_reads", "store", Outcome.FAILED, "once"));
        assertTrue(report.text("AcmeTest", "acme", 7).contains("2 failed"));
    }

    @Test
    void bothAreWritten(@TempDir Path folder) throws IOException {
        report().write(folder.resolve("deep"), "a.AcmeTest", "acme", 7);
        assertTrue(Files.readString(folder.resolve("deep/a.AcmeTest.txt")).contains("acme"));
        assertTrue(Files.readString(folder.resolve("deep/a.AcmeTest.json")).contains("acme"));
    }
}
