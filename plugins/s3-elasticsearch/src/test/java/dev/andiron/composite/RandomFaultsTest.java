package dev.andiron.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.composite.CompositeClient.Answer;
import dev.andiron.elasticsearch.ElasticsearchServer;
import dev.andiron.elasticsearch.FaultyProxy;
import dev.andiron.elasticsearch.FaultyProxy.Fault;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Random writes while bulk requests are broken, halved, refused and repeated at random, and the
 * server is started again; then quiescence. What is acknowledged is found at once or refused for
 * the moment, and in the end the follower equals the primary exactly.
 */
class RandomFaultsTest {
    private static final String CONTENT = "{\"name\":\"content\",\"valueBoolean\":true}";
    private static final List<String> FAMILIES = List.of("Ash", "Beech", "Cedar");
    private static final int STEPS = 25;

    private static final List<Fault> FAULTS =
            Arrays.stream(Fault.values()).filter(each -> each != Fault.TOO_LARGE).toList();

    @TempDir private Path folder;

    @Test
    void sqliteIsFollowedExactly() throws Exception {
        for (long seed = 1; seed <= 4; seed++) {
            try (var proxy = new FaultyProxy(ElasticsearchServer.server().url())) {
                Path data = Files.createDirectory(folder.resolve("sqlite" + seed));
                var settings = CompositeServer.sqliteElasticsearch(data, proxy.url());
                settings.put("backends.index.attempts", "2");
                follow(seed, data, settings, proxy);
            }
        }
    }

    @Test
    void objectsAreFollowedExactly() throws Exception {
        for (long seed = 11; seed <= 12; seed++) {
            try (var proxy = new FaultyProxy(ElasticsearchServer.server().url())) {
                Path data = Files.createDirectory(folder.resolve("s3" + seed));
                var settings = CompositeServer.s3Elasticsearch(data, proxy.url());
                settings.put("backends.main.elasticsearch-attempts", "2");
                follow(seed, data, settings, proxy);
            }
        }
    }

    private static void follow(
            long seed, Path data, Map<String, String> settings, FaultyProxy proxy)
            throws Exception {
        var random = new Random(seed);
        var faults = new Random(seed + 1_000);
        var model = new TreeMap<String, String>();
        for (int run = 0; run < 2; run++) {
            proxy.inject(
                    bulk ->
                            faults.nextInt(3) > 0
                                    ? Fault.NONE
                                    : FAULTS.get(faults.nextInt(FAULTS.size())));
            try (var server = new CompositeServer(data, settings)) {
                for (int step = 0; step < STEPS; step++) {
                    write(server, random, model);
                    if (random.nextInt(4) == 0) {
                        assertFound(server, model, "seed " + seed + ", step " + step);
                    }
                }
            }
        }
        proxy.inject(bulk -> Fault.NONE);
        try (var server = new CompositeServer(data, settings)) {
            assertFound(server, model, "in the end, seed " + seed);
            Answer compared = server.await(server.start("$reconcile", CONTENT));
            assertEquals(List.of(), server.lines(compared.json()), "seed " + seed);
            assertEquals(
                    model.size(),
                    CompositeClient.number(compared.json(), "compared"),
                    "seed " + seed);
        }
    }

    /** One patient, or several in one transaction. */
    private static void write(CompositeServer server, Random random, Map<String, String> model)
            throws InterruptedException {
        String id = "p" + random.nextInt(12);
        String family = FAMILIES.get(random.nextInt(FAMILIES.size()));
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                server.delete(id);
                model.remove(id);
            }
            case 2 -> {
                int count = 2 + random.nextInt(20);
                var entries = new StringBuilder();
                for (int i = 0; i < count; i++) {
                    String each = "b" + random.nextInt(4) + "-" + i;
                    entries.append(entries.isEmpty() ? "" : ",")
                            .append(
                                    """
                                    {"resource":{"resourceType":"Patient","id":"%s","name":[{"family":"%s"}]},
                                     "request":{"method":"PUT","url":"Patient/%s"}}\
                                    """
                                            .formatted(each, family, each));
                    model.put(each, family);
                }
                Answer stored =
                        server.persist(
                                "POST",
                                "",
                                "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                                        + entries
                                        + "]}");
                assertEquals(200, stored.status(), stored.body());
            }
            default -> {
                server.put(id, family);
                model.put(id, family);
            }
        }
    }

    private static void assertFound(CompositeServer server, Map<String, String> model, String when)
            throws InterruptedException {
        for (String family : FAMILIES) {
            List<String> expected =
                    model.keySet().stream().filter(id -> model.get(id).equals(family)).toList();
            assertEquals(expected, server.find("family=" + family), family + " " + when);
        }
    }
}
