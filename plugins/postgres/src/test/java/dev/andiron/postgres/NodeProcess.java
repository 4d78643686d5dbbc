package dev.andiron.postgres;

import dev.andiron.postgres.Group.Question;
import dev.andiron.spi.Backend;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.ForkedJvm;
import dev.andiron.tck.fixture.Opening;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * A node in a process of its own, which answers questions: a line each on its input, any number at
 * once, a line each on its output.
 */
final class NodeProcess implements Histories.Node {
    private static final String READY = "ready";

    /** The answer when it is not known whether something happened. */
    private static final String UNKNOWN = "unknown";

    private final Process process;
    private final Writer questions;
    private final AtomicLong number = new AtomicLong();
    private final Map<String, CompletableFuture<Optional<String>>> open = new ConcurrentHashMap<>();

    private NodeProcess(Process process) {
        this.process = process;
        questions = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts a node and waits until it has opened its backend. */
    static NodeProcess start(String url, String schema) {
        var command = new ArrayList<>(ForkedJvm.command(NodeProcess.class));
        command.addAll(List.of(NodeProcess.class.getName(), url, schema));
        try {
            var node =
                    new NodeProcess(
                            new ProcessBuilder(command)
                                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                                    .start());
            BufferedReader answers = node.process.inputReader(StandardCharsets.UTF_8);
            if (!READY.equals(answers.readLine())) {
                throw new IllegalStateException("the node did not start");
            }
            Thread.ofPlatform().daemon().start(() -> node.listen(answers));
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen(BufferedReader answers) {
        try {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                String[] words = line.split(" ", 2);
                open.remove(words[0]).complete(Optional.of(words[1]));
            }
        } catch (IOException e) {
            // Killed.
        }
        forget();
    }

    private void forget() {
        open.values().forEach(each -> each.complete(Optional.empty()));
    }

    @Override
    public Optional<String> ask(String group, Question question) {
        String id = Long.toString(number.incrementAndGet());
        var answer = new CompletableFuture<Optional<String>>();
        open.put(id, answer);
        try {
            synchronized (questions) {
                questions.write(id + " " + group + " " + line(question) + "\n");
                questions.flush();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        if (!process.isAlive()) {
            forget();
        }
        return answer.join().filter(text -> !text.equals(UNKNOWN));
    }

    @Override
    public void kill() {
        process.destroyForcibly().onExit().join();
        forget();
    }

    private static String line(Question question) {
        return switch (question) {
            case Question.Put put -> "put " + put.expected();
            case Question.Bundle bundle ->
                    "bundle " + bundle.patient() + " " + bundle.observation();
            case Question.Create create -> "create " + create.id();
            case Question.ReadPatient _ -> "patient";
            case Question.ReadObservation _ -> "observation";
            case Question.Search _ -> "search";
        };
    }

    /**
     * Answers until its input ends.
     *
     * @param arguments the URL and the schema
     */
    public static void main(String[] arguments) throws IOException {
        var opening =
                new Opening(
                        new PostgresProvider(),
                        _ -> Map.of("url", arguments[0], "schema", arguments[1], "pool-size", 6L));
        try (Backend backend = opening.open(Path.of(""));
                var lines =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Tenant tenant = Tenant.of(backend, "history");
            say(READY);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                Thread.ofVirtual().start(() -> say(words[0] + " " + answer(tenant, words)));
            }
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static String answer(Tenant tenant, String[] words) {
        ResourceKey patient = Resources.patient(words[1]);
        ResourceKey observation = Resources.observation(words[1]);
        try {
            return switch (words[2]) {
                case "put" -> write(tenant, List.of(), put(patient, words[3]));
                case "bundle" ->
                        write(
                                tenant,
                                List.of(),
                                put(patient, words[3]),
                                put(observation, words[4]));
                case "create" ->
                        write(
                                tenant,
                                List.of(new Precondition.NoMatch("Basic", identified(words[1]))),
                                Resources.put(
                                        new ResourceKey("Basic", words[3]),
                                        1,
                                        new SearchValue.Token(
                                                "identifier", "urn:s", words[1], "")));
                case "patient" -> Long.toString(tenant.currentVersion(patient));
                case "observation" -> Long.toString(tenant.currentVersion(observation));
                case "search" ->
                        Walk.keys(tenant, Query.of("Basic", identified(words[1]), 10)).stream()
                                .map(ResourceKey::id)
                                .collect(Collectors.joining(","));
                default -> throw new IllegalArgumentException(words[2]);
            };
        } catch (StorageException.Unavailable e) {
            return UNKNOWN;
        }
    }

    private static Mutation put(ResourceKey key, String expected) {
        return Resources.put(key, Long.parseLong(expected) + 1);
    }

    private static Criterion identified(String value) {
        return new Criterion.Value(
                "identifier", new ValueTest.Token(Optional.of("urn:s"), Optional.of(value)));
    }

    private static String write(
            Tenant tenant, List<Precondition> preconditions, Mutation... mutations) {
        try {
            tenant.commit(preconditions, mutations);
            return Group.DONE;
        } catch (StorageException.VersionConflict | StorageException.PreconditionFailed e) {
            return Group.REFUSED;
        }
    }
}
