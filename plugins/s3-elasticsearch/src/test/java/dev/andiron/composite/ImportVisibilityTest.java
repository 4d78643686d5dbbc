package dev.andiron.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.composite.CompositeClient.Answer;
import dev.andiron.elasticsearch.ElasticsearchServer;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An import over a composite tells what is stored and what searches find, apart. */
class ImportVisibilityTest {
    private static final int RESOURCES = 50;

    @TempDir private Path data;

    private Map<String, String> with(Map<String, String> backends) {
        var settings = new HashMap<>(backends);
        settings.put("import.directories", data.toString());
        settings.put("import.batch", "7");
        return settings;
    }

    private String start(CompositeServer server, String prefix) throws Exception {
        Path file = data.resolve(prefix + ".ndjson");
        Files.writeString(
                file,
                IntStream.range(0, RESOURCES)
                        .mapToObj(
                                i ->
                                        "{\"resourceType\":\"Patient\",\"id\":\"%s%d\",\"name\":[{\"family\":\"%s\"}]}\n"
                                                .formatted(prefix, i, prefix))
                        .collect(Collectors.joining()));
        return server.start(
                "$import",
                "{\"name\":\"inputFormat\",\"valueCode\":\"application/fhir+ndjson\"},{\"name\":\"input\",\"part\":["
                        + "{\"name\":\"url\",\"valueUri\":\"%s\"}]}".formatted(file.toUri()));
    }

    private static long number(JsonObject manifest, String name) {
        return ((JsonNumber) manifest.get(name)).decimal().longValueExact();
    }

    private static void awaitSearchable(CompositeServer server, String status) throws Exception {
        while (number(server.await(status).json(), "searchable") < RESOURCES) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatTheIndexHasNotAppliedIsStoredButNotSearchable() throws Exception {
        var settings = with(CompositeServer.sqliteAndMemory(data));
        try (var server = new CompositeServer(data, settings)) {
            MemoryIndexProvider.of(data).failOn(_ -> true);
            String status = start(server, "a");
            Answer done = server.await(status);
            assertEquals(RESOURCES, number(done.json(), "stored"), done::body);
            assertEquals(0, number(done.json(), "searchable"), done::body);
            assertEquals(0, number(server.await(status).json(), "searchable"));
            MemoryIndexProvider.of(data).failOn(_ -> false);
            awaitSearchable(server, status);
            assertEquals(RESOURCES, server.find("family=a").size());
        }
    }

    @Test
    void elasticsearchCatchesUp() throws Exception {
        var settings =
                CompositeServer.sqliteElasticsearch(data, ElasticsearchServer.server().url());
        try (var server = new CompositeServer(data, with(settings))) {
            String status = start(server, "b");
            Answer done = server.await(status);
            assertEquals(RESOURCES, number(done.json(), "stored"), done::body);
            awaitSearchable(server, status);
            assertEquals(RESOURCES, server.find("family=b").size());
            Answer again = server.await(start(server, "b"));
            assertEquals(RESOURCES, number(again.json(), "searchable"), again::body);
        }
    }
}
