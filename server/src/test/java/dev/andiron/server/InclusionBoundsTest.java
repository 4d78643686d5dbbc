package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How much is included with a page, as the configuration says, and that it is told. */
class InclusionBoundsTest {
    private static final int ORGANIZATIONS = 6;

    @TempDir private Path data;

    /** Organizations of which each is part of the one before. */
    private static void write(RunningServer server) {
        for (int i = 0; i < ORGANIZATIONS; i++) {
            String body =
                    """
                    {"resourceType":"Organization","id":"o%d","name":"%s"%s}\
                    """
                            .formatted(
                                    i,
                                    "n".repeat(500),
                                    i == 0
                                            ? ""
                                            : ",\"partOf\":{\"reference\":\"Organization/o%d\"}"
                                                    .formatted(i - 1));
            assertEquals(201, server.send("PUT", "/Organization/o" + i, body).status());
        }
    }

    private Answer answer(Map<String, String> bounds, String search) throws IOException {
        try (var server = new RunningServer(data, bounds)) {
            if (server.get("/Organization/o0").status() == 404) {
                write(server);
            }
            return server.get(search);
        }
    }

    @Test
    void whatIsLeftOutIsTold() throws IOException {
        String down = "/Organization?_id=o5&_include:iterate=Organization:partof";
        Answer whole = answer(Map.of(), down);
        assertEquals(ORGANIZATIONS - 1, Pages.included(whole).size(), whole::text);
        assertEquals(List.of(), Pages.notes(whole));
        Answer shallow = answer(Map.of("limits.include-depth", "2"), down);
        assertEquals(List.of("Organization/o3", "Organization/o4"), Pages.included(shallow));
        assertEquals(
                List.of("Includes were followed over 2 references; what lies behind is left out."),
                Pages.notes(shallow));
        Answer few = answer(Map.of("limits.includes", "3"), down);
        assertEquals(3, Pages.included(few).size(), few::text);
        assertTrue(Pages.notes(few).getFirst().contains("at most 3 included"), few::text);
        Answer small = answer(Map.of("limits.include-size", "1KiB"), down);
        assertEquals(2, Pages.included(small).size(), small::text);
        assertTrue(Pages.notes(small).getFirst().contains("1024 bytes together"), small::text);
        String up = "/Organization?_id=o0&_revinclude:iterate=Organization:partof";
        Answer behind = answer(Map.of("limits.includes", "4"), up);
        assertEquals(4, Pages.included(behind).size(), behind::text);
        assertTrue(Pages.notes(behind).getFirst().contains("at most 4 included"), behind::text);
    }
}
