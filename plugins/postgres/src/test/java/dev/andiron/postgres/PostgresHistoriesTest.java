package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.postgres.Group.Asked;
import dev.andiron.postgres.Group.Question;
import dev.andiron.postgres.Linearizability.Call;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Random concurrent histories of two nodes on one database, in processes that are killed in
 * between. The property: for each group of resources the history of writes from expected versions,
 * bundles, conditional creates, reads and searches, whichever node served them, is linearizable; a
 * call that was not answered may have happened or not. And no two commits ever deadlock.
 */
class PostgresHistoriesTest {
    private static final int CLIENTS = 8;
    private static final int GROUPS = 12;
    private static final int KILLS = 4;
    private static final int CALLS_BETWEEN = 150;
    private static final long SEED = 20261121;

    private final PostgresServer server = PostgresServer.of(18);
    private final Map<String, Queue<Call<Asked>>> histories = new ConcurrentHashMap<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicReferenceArray<NodeProcess> nodes = new AtomicReferenceArray<>(2);
    private volatile boolean over;

    @Test
    void twoNodesActAsOneThoughTheyAreKilled(@TempDir Path folder) throws Exception {
        String schema = PostgresServer.schema(folder);
        nodes.set(0, NodeProcess.start(server.url(), schema));
        nodes.set(1, NodeProcess.start(server.url(), schema));
        long deadlocks = deadlocks();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            var asking = new ArrayList<Future<?>>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    int client = i;
                    asking.add(clients.submit(() -> ask(client)));
                }
                kill(schema, asking);
            } finally {
                over = true;
            }
            for (Future<?> each : asking) {
                each.get();
            }
        } finally {
            nodes.get(0).kill();
            nodes.get(1).kill();
        }
        assertEquals(GROUPS, histories.size());
        for (var history : histories.entrySet()) {
            assertTrue(
                    Linearizability.holds(
                            Group.EMPTY, List.copyOf(history.getValue()), Group::after),
                    () -> "not linearizable: " + history);
        }
        assertEquals(deadlocks, deadlocks(), "commits met in a deadlock");
    }

    private void kill(String schema, List<Future<?>> asking) throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            awaitMore(asking);
            int node = kill % 2;
            nodes.get(node).kill();
            nodes.set(node, NodeProcess.start(server.url(), schema));
        }
        awaitMore(asking);
    }

    private void awaitMore(List<Future<?>> asking) throws Exception {
        int enough = answered.get() + CALLS_BETWEEN;
        while (answered.get() < enough) {
            for (Future<?> each : asking) {
                if (each.isDone()) {
                    each.get();
                }
            }
            Thread.onSpinWait();
        }
    }

    private void ask(int client) {
        var random = new Random(SEED + client);
        var seen = new ConcurrentHashMap<String, Group>();
        for (int i = 0; !over; i++) {
            String group = "g" + random.nextInt(GROUPS);
            Group expected = seen.getOrDefault(group, Group.EMPTY);
            Question question = question(random, expected, "c" + client + "-" + i);
            NodeProcess node = nodes.get(random.nextInt(2));
            long start = System.nanoTime();
            Optional<String> answer = node.ask(group, question);
            long end = answer.isPresent() ? System.nanoTime() : Linearizability.NEVER;
            histories
                    .computeIfAbsent(group, _ -> new ConcurrentLinkedQueue<>())
                    .add(new Call<>(new Asked(question, answer.orElse("")), start, end));
            answer.ifPresent(
                    text -> {
                        answered.incrementAndGet();
                        seen.put(group, learned(expected, question, text));
                    });
        }
    }

    private static Question question(Random random, Group expected, String id) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> new Question.Put(expected.patient());
            case 2, 3 -> new Question.Bundle(expected.patient(), expected.observation());
            case 4 -> new Question.Create(id);
            case 5 -> new Question.ReadPatient();
            case 6 -> new Question.ReadObservation();
            default -> new Question.Search();
        };
    }

    private static Group learned(Group before, Question question, String answer) {
        return switch (question) {
            case Question.ReadPatient _ ->
                    new Group(Long.parseLong(answer), before.observation(), before.created());
            case Question.ReadObservation _ ->
                    new Group(before.patient(), Long.parseLong(answer), before.created());
            case Question.Put _, Question.Bundle _, Question.Create _, Question.Search _ -> before;
        };
    }

    private long deadlocks() throws SQLException {
        try (Connection superuser = server.superuser();
                var statement = superuser.createStatement();
                var row =
                        statement.executeQuery(
                                "SELECT deadlocks FROM pg_stat_database WHERE datname ="
                                        + " 'andiron'")) {
            assertTrue(row.next());
            return row.getLong(1);
        }
    }
}
