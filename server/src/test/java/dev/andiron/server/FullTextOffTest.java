package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Full text that the operator switched off is refused by name, whoever could have searched it. */
class FullTextOffTest {
    @TempDir Path data;

    @Test
    void isRefusedAndNotClaimed() throws IOException {
        try (var server = new RunningServer(data, Map.of("fhir.full-text", "false"))) {
            String patient = "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Word\"}]}";
            assertEquals(201, server.send("POST", "/Patient", patient).status());
            for (String search :
                    List.of(
                            "/Patient?_content=word",
                            "/Patient?_text=word",
                            "/Patient?_filter=_content%20co%20word",
                            "/Observation?subject:Patient._content=word")) {
                Answer refused = server.get(search);
                assertEquals(501, refused.status(), search);
                assertEquals(
                        List.of(
                                "_text and _content are switched off in this server"
                                        + " (fhir.full-text)"),
                        refused.diagnostics());
            }
            assertEquals(1, server.get("/Patient?family=word&_total=accurate").total());
            JsonObject rest = server.get("/metadata").json().objects("rest").getFirst();
            assertTrue(
                    rest.string("documentation")
                            .orElse("")
                            .endsWith("_text and _content are not supported."));
            var all = new ArrayList<>(rest.objects("resource"));
            all.add(rest);
            for (JsonObject type : all) {
                for (JsonObject parameter : type.objects("searchParam")) {
                    assertFalse(
                            Set.of("_text", "_content")
                                    .contains(parameter.string("name").orElse("")));
                }
            }
        }
    }
}
