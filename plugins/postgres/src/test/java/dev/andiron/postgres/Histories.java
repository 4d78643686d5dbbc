package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.postgres.Group.Asked;
import dev.andiron.postgres.Group.Question;
import dev.andiron.postgres.Linearizability.Call;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Random concurrent histories of two nodes on one database, which are killed in between. The
 * property: for each group of resources the history of writes from expected versions, bundles,
 * conditional creates, reads and searches, whichever node served them, is linearizable; a call that
 * was not answered may have happened or not.
 */
public final class Histories {
    private static final int CLIENTS = 8;
    private static final int GROUPS = 12;
    private static final int CALLS_BETWEEN = 150;
    private static final long LONGEST_SECONDS = 120;
    private static final long SEED = 20261121;

    private final Start start;
    private final Map<String, Queue<Call<Asked>>> histories = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<Node> nodes = new AtomicReferenceArray<>(2);
    private volatile CountDownLatch answers = new CountDownLatch(0);
    private volatile boolean over;

    /** What answers, until it is killed. Used by many threads. */
    public interface Node {
        /** The answer, or empty if none came or it is not known what happened. */
        Optional<String> ask(String group, Question question);

        /** As the operating system does it: nothing runs after this. */
        void kill();
    }

    /** Starts nodes. */
    @FunctionalInterface
    public interface Start {
        /**
         * Starts one.
         *
         * @param number which of those that are started after each other, from 0
         */
        Node node(int number) throws Exception;
    }

    private Histories(Start start) {
        this.start = start;
    }

    /**
     * Lets clients ask two nodes at random, kills a node now and then, and judges.
     *
     * @throws AssertionError if what was answered could not have happened one after the other
     */
    public static void check(Start start, int kills) throws Exception {
        new Histories(start).check(kills);
    }

    private void check(int kills) throws Exception {
        nodes.set(0, start.node(0));
        try {
            nodes.set(1, start.node(1));
            ask(kills);
        } finally {
            for (int i = 0; i < nodes.length(); i++) {
                if (nodes.get(i) != null) {
                    nodes.get(i).kill();
                }
            }
        }
        assertEquals(GROUPS, histories.size());
        for (var history : histories.entrySet()) {
            assertTrue(
                    Linearizability.holds(
                            Group.EMPTY, List.copyOf(history.getValue()), Group::after),
                    () -> "not linearizable: " + history);
        }
    }

    private void ask(int kills) throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            var asking = new ArrayList<Future<?>>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    int client = i;
                    asking.add(clients.submit(() -> askOn(client)));
                }
                kill(kills, asking);
            } finally {
                over = true;
            }
            for (Future<?> each : asking) {
                each.get();
            }
        }
    }

    private void kill(int kills, List<Future<?>> asking) throws Exception {
        for (int kill = 0; kill < kills; kill++) {
            awaitMore(asking);
            int number = kill % 2;
            nodes.getAndSet(number, null).kill();
            nodes.set(number, start.node(2 + kill));
        }
        awaitMore(asking);
    }

    private void awaitMore(List<Future<?>> asking) throws Exception {
        var enough = new CountDownLatch(CALLS_BETWEEN);
        answers = enough;
        if (!enough.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            over = true;
            for (Future<?> each : asking) {
                each.get();
            }
            throw new AssertionError("the nodes do not answer");
        }
    }

    /** One of those that run; at least one does. */
    private Node node(int preferred) {
        Node node = nodes.get(preferred);
        return node == null ? nodes.get(1 - preferred) : node;
    }

    private void askOn(int client) {
        var random = new Random(SEED + client);
        var seen = new ConcurrentHashMap<String, Group>();
        for (int i = 0; !over; i++) {
            String group = "g" + random.nextInt(GROUPS);
            Group expected = seen.getOrDefault(group, Group.EMPTY);
            Question question = question(random, expected, "c" + client + "-" + i);
            Node node = node(random.nextInt(2));
            long begun = System.nanoTime();
            Optional<String> answer = node.ask(group, question);
            long end = answer.isPresent() ? System.nanoTime() : Linearizability.NEVER;
            histories
                    .computeIfAbsent(group, _ -> new ConcurrentLinkedQueue<>())
                    .add(new Call<>(new Asked(question, answer.orElse("")), begun, end));
            answer.ifPresent(
                    text -> {
                        answers.countDown();
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
}
