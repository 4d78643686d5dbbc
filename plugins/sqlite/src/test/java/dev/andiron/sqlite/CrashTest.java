package dev.andiron.sqlite;

import static dev.andiron.sqlite.TestBackend.TENANT;
import static dev.andiron.sqlite.TestBackend.put;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.tck.fixture.ForkedJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/** A process that writes is killed; what it acknowledged is there, and the file is sound. */
class CrashTest {
    private static final int ROUNDS = 2;
    private static final int ACKNOWLEDGED = 150;
    private static final int RESOURCES = 3;
    private static final int CALLERS = 4;

    @TempDir Path folder;

    /** The process: writes without end, and prints the name of each commit that returned. */
    public static void main(String[] args) {
        var backend = TestBackend.open(Path.of(args[0]));
        var store = backend.resources().orElseThrow();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < CALLERS; caller++) {
                String prefix = args[1] + "-" + caller + "-";
                threads.submit(
                        () -> {
                            for (int i = 0; ; i++) {
                                store.commit(TENANT, commit(prefix + i));
                                System.out.println(prefix + i);
                            }
                        });
            }
        }
    }

    private static Commit commit(String name) {
        var mutations = new ArrayList<Mutation>();
        for (int i = 0; i < RESOURCES; i++) {
            mutations.add(
                    put(
                            "Patient",
                            name + "-" + i,
                            1,
                            new SearchValue.Token("identifier", "s", name, ""),
                            new SearchValue.Text("name", name, name)));
        }
        return new Commit(List.of(), mutations);
    }

    @Test
    void acknowledgedCommitsAreThereWholeAndTheFileIsSound() throws Exception {
        var acknowledged = new ArrayList<String>();
        for (int round = 0; round < ROUNDS; round++) {
            acknowledged.addAll(writeAndKill("r" + round));
            try (var backend = TestBackend.open(folder)) {
                var store = backend.resources().orElseThrow();
                for (String name : acknowledged) {
                    for (int i = 0; i < RESOURCES; i++) {
                        var key = new ResourceKey("Patient", name + "-" + i);
                        assertTrue(store.head(TENANT, key).isPresent(), key::toString);
                    }
                }
                long resources = number(backend, "SELECT count(*) FROM resources");
                assertEquals(0, resources % RESOURCES, "a commit is there in part");
                assertEquals(resources, number(backend, "SELECT count(*) FROM versions"));
                assertEquals(resources, number(backend, "SELECT count(*) FROM token_index"));
                assertEquals(
                        "ok",
                        backend.database()
                                .reads()
                                .read(
                                        session ->
                                                session.first(
                                                                row -> row.getString(1),
                                                                "PRAGMA integrity_check")
                                                        .orElseThrow()));
            }
        }
    }

    private static long number(SqliteBackend backend, String sql) {
        return backend.database().reads().read(session -> session.number(sql)).orElseThrow();
    }

    private List<String> writeAndKill(String round) throws IOException, InterruptedException {
        var command = new ArrayList<>(ForkedJvm.command(CrashTest.class));
        command.addAll(List.of(CrashTest.class.getName(), folder.toString(), round));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        var acknowledged = new ArrayList<String>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            while (acknowledged.size() < ACKNOWLEDGED) {
                String line = lines.readLine();
                assertTrue(line != null, "the process ended by itself");
                acknowledged.add(line);
            }
            process.destroyForcibly();
        }
        process.waitFor();
        return acknowledged;
    }
}
