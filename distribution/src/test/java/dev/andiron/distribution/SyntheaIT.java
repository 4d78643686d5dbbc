package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Real-looking records through the whole server, by the command that users have. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SyntheaIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private static Path folder;
    private static ServerProcess server;
    private static Http http;

    /** Resources by type that every load creates anew, and those that only the first one does. */
    private static final Map<String, Integer> always = new TreeMap<>();

    private static final Map<String, Integer> once = new TreeMap<>();

    @BeforeAll
    static void start() throws IOException {
        server = ServerProcess.start(folder);
        http = new Http(server.base());
        try (Stream<Path> files = Files.list(Distribution.synthea())) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json.gz")).toList()) {
                count(file);
            }
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    @Order(1)
    void everyBundleLoads() {
        Distribution.Result load = load();
        assertEquals(0, load.code(), load.err() + load.out());
        assertEquals(sum(once, always), stored());
        assertTrue(load.out().contains(", 0 failed"), load.out());
    }

    @Test
    @Order(2)
    void referencesResolve() {
        Set<String> known = new HashSet<>();
        Map<String, String> wanted = new HashMap<>();
        for (String type : stored().keySet()) {
            String next = "/" + type + "?_count=1000";
            while (next != null) {
                JsonNode page = read(next);
                for (JsonNode entry : page.path("entry")) {
                    JsonNode resource = entry.path("resource");
                    String name = type + "/" + resource.path("id").asText();
                    assertTrue(known.add(name), name);
                    references(resource, name, wanted);
                }
                next = null;
                for (JsonNode link : page.path("link")) {
                    if (link.path("relation").asText().equals("next")) {
                        next = link.path("url").asText();
                    }
                }
            }
        }
        var dangling = new ArrayList<String>();
        wanted.forEach(
                (target, from) -> {
                    if (!known.contains(target)) {
                        dangling.add(from + " -> " + target);
                    }
                });
        assertEquals(List.of(), dangling);
        assertTrue(wanted.size() > 100, wanted.size() + " references");
    }

    @Test
    @Order(3)
    void aSecondLoadRepeatsWhatIsUnconditional() {
        Distribution.Result load = load();
        assertEquals(0, load.code(), load.err() + load.out());
        assertEquals(sum(once, always, always), stored());
    }

    private static Distribution.Result load() {
        return Distribution.run(
                folder,
                "load",
                "--server",
                server.base().toString(),
                Distribution.synthea().toString());
    }

    private static void count(Path file) throws IOException {
        JsonNode bundle;
        try (InputStream text = new GZIPInputStream(Files.newInputStream(file))) {
            bundle = JSON.readTree(text);
        }
        for (JsonNode entry : bundle.path("entry")) {
            String type = entry.path("resource").path("resourceType").asText();
            boolean conditional = entry.path("request").has("ifNoneExist");
            (conditional ? once : always).merge(type, 1, Integer::sum);
        }
    }

    @SafeVarargs
    private static Map<String, Integer> sum(Map<String, Integer>... counts) {
        var sum = new TreeMap<String, Integer>();
        for (Map<String, Integer> some : counts) {
            some.forEach((type, count) -> sum.merge(type, count, Integer::sum));
        }
        return sum;
    }

    private static Map<String, Integer> stored() {
        var stored = new TreeMap<String, Integer>();
        for (String type : sum(once, always).keySet()) {
            stored.put(type, read("/" + type + "?_summary=count").path("total").asInt(-1));
        }
        return stored;
    }

    private static void references(JsonNode node, String from, Map<String, String> wanted) {
        JsonNode reference = node.get("reference");
        if (reference != null && reference.isTextual() && !reference.asText().startsWith("#")) {
            wanted.put(reference.asText(), from);
        }
        node.forEach(child -> references(child, from, wanted));
    }

    private static JsonNode read(String path) {
        Http.Answer answer = http.get(path);
        assertEquals(200, answer.status(), answer.text());
        try {
            return JSON.readTree(answer.bytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
