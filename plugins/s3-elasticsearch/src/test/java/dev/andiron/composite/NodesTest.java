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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Two servers on one PostgreSQL and one Elasticsearch, which both of them feed. */
class NodesTest {
    private static final String CONTENT = "{\"name\":\"content\",\"valueBoolean\":true}";
    private static final long SEED = 77;

    private static final List<Fault> FAULTS =
            List.of(
                    Fault.UNAVAILABLE,
                    Fault.BROKEN_BEFORE,
                    Fault.BROKEN_HALFWAY,
                    Fault.BROKEN_AFTER);

    @TempDir private Path data;

    @Test
    void eachFindsAtOnceWhatTheOtherHasAcknowledged() throws Exception {
        try (var proxy = new FaultyProxy(ElasticsearchServer.server().url());
                var one = open("one", proxy);
                var two = open("two", proxy)) {
            var random = new Random(SEED);
            var faults = new Random(SEED + 1);
            proxy.inject(
                    bulk ->
                            faults.nextInt(4) == 0
                                    ? FAULTS.get(faults.nextInt(FAULTS.size()))
                                    : Fault.NONE);
            var model = new TreeMap<String, String>();
            for (int step = 0; step < 25; step++) {
                String id = "p" + random.nextInt(8);
                String family = "Family" + random.nextInt(2);
                CompositeServer writer = random.nextBoolean() ? one : two;
                if (random.nextInt(5) == 0) {
                    writer.delete(id);
                    model.remove(id);
                } else {
                    writer.put(id, family);
                    model.put(id, family);
                }
                assertEquals(
                        model.keySet().stream()
                                .filter(each -> model.get(each).equals(family))
                                .toList(),
                        (writer == one ? two : one).find("family=" + family),
                        "seed " + SEED + ", step " + step);
            }
            proxy.inject(bulk -> Fault.NONE);
            assertSame(one, model.size());
            assertSame(two, model.size());
        }
    }

    @Test
    void ofManyConditionalCreatesOnBothOneIsDone() throws Exception {
        try (var proxy = new FaultyProxy(ElasticsearchServer.server().url());
                var one = open("one", proxy);
                var two = open("two", proxy);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var creates = new ArrayList<Callable<Integer>>();
            for (int i = 0; i < 16; i++) {
                CompositeServer server = i % 2 == 0 ? one : two;
                creates.add(
                        () ->
                                server.send(
                                                "PUT",
                                                "/Patient?identifier=urn:s%7C1",
                                                """
                                                {"resourceType":"Patient",
                                                 "identifier":[{"system":"urn:s","value":"1"}]}
                                                """)
                                        .status());
            }
            var answers = new ArrayList<Integer>();
            for (Future<Integer> each : threads.invokeAll(creates)) {
                answers.add(each.get());
            }
            assertEquals(1, Collections.frequency(answers, 201), answers.toString());
            assertEquals(1, one.find("identifier=urn:s%7C1").size());
            assertEquals(one.find("identifier=urn:s%7C1"), two.find("identifier=urn:s%7C1"));
            assertSame(one, 1);
        }
    }

    private CompositeServer open(String node, FaultyProxy proxy) throws Exception {
        var settings = CompositeServer.postgresElasticsearch(data, proxy.url());
        settings.put("backends.index.attempts", "2");
        return new CompositeServer(Files.createDirectory(data.resolve(node)), settings);
    }

    private static void assertSame(CompositeServer server, int count) throws Exception {
        Answer compared = server.await(server.start("$reconcile", CONTENT));
        assertEquals(List.of(), server.lines(compared.json()));
        assertEquals(count, CompositeClient.number(compared.json(), "compared"));
    }
}
