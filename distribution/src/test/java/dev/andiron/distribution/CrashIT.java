package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that is killed under load again and again, and what is left afterwards. */
class CrashIT {
    private static final int KILLS = 20;
    private static final int WRITERS = 8;
    private static final int MEMBERS = 5;
    private static final long SEED = 20261121;

    @TempDir private Path folder;

    /**
     * One write that was sent.
     *
     * @param ids what it creates, all or nothing
     * @param acknowledged whether the server said that it is done
     */
    private record Write(List<String> ids, boolean acknowledged) {}

    @Test
    void whatWasAcknowledgedOutlivesTheServer() throws Exception {
        var random = new Random(SEED);
        var all = new ConcurrentLinkedQueue<Write>();
        for (int round = 0; round < KILLS; round++) {
            List<Write> written = killedUnderLoad(round, 40 + random.nextInt(150));
            all.addAll(written);
        }
        try (ServerProcess server = ServerProcess.start(folder)) {
            var http = new Http(server.base());
            try (ExecutorService readers = Executors.newFixedThreadPool(WRITERS)) {
                for (var check :
                        readers.invokeAll(
                                all.stream()
                                        .map(write -> Executors.callable(() -> check(http, write)))
                                        .toList())) {
                    check.get();
                }
            }
        }
        assertTrue(all.stream().filter(Write::acknowledged).count() >= KILLS * 40L);
        integrity();
    }

    /** Writes until so many were acknowledged, then kills the server while the others go on. */
    private List<Write> killedUnderLoad(int round, int acknowledgements) throws Exception {
        var written = new ConcurrentLinkedQueue<Write>();
        var enough = new CountDownLatch(acknowledgements);
        ServerProcess server = ServerProcess.start(folder);
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writer = 0; writer < WRITERS; writer++) {
                String name = "r" + round + "w" + writer;
                writers.execute(() -> write(server.base(), name, written, enough));
            }
            enough.await();
            server.kill();
        }
        return List.copyOf(written);
    }

    private static void write(
            URI base, String name, ConcurrentLinkedQueue<Write> written, CountDownLatch enough) {
        var http = new Http(base);
        for (int number = 0; ; number++) {
            boolean single = number % 2 == 0;
            var ids = new ArrayList<String>();
            for (int member = 0; member < (single ? 1 : MEMBERS); member++) {
                ids.add(name + "n" + number + "m" + member);
            }
            try {
                Http.Answer answer =
                        single
                                ? http.trySend(
                                        "PUT", "/Basic/" + ids.getFirst(), basic(ids.getFirst()))
                                : http.trySend("POST", "", transaction(ids));
                boolean done = answer.status() / 100 == 2;
                written.add(new Write(ids, done));
                if (done) {
                    enough.countDown();
                }
            } catch (IOException e) {
                // The server is gone; whether this one was stored is open, but not by halves.
                written.add(new Write(ids, false));
                return;
            }
        }
    }

    private static void check(Http http, Write write) {
        List<String> there =
                write.ids().stream()
                        .filter(
                                id -> {
                                    Http.Answer answer = http.get("/Basic/" + id);
                                    assertTrue(
                                            answer.status() == 200 || answer.status() == 404,
                                            answer.text());
                                    return answer.status() == 200;
                                })
                        .toList();
        if (write.acknowledged() || !there.isEmpty()) {
            assertEquals(write.ids(), there, "acknowledged: " + write.acknowledged());
        }
    }

    private void integrity() throws SQLException {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("data/andiron.db"));
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA integrity_check")) {
            assertTrue(rows.next());
            assertEquals("ok", rows.getString(1));
        }
    }

    private static byte[] basic(String id) {
        return resource(id).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] transaction(List<String> ids) {
        var entries = new ArrayList<String>();
        for (String id : ids) {
            entries.add(
                    "{\"resource\":%s,\"request\":{\"method\":\"PUT\",\"url\":\"Basic/%s\"}}"
                            .formatted(resource(id), id));
        }
        return "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[%s]}"
                .formatted(String.join(",", entries))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String resource(String id) {
        return "{\"resourceType\":\"Basic\",\"id\":\"%s\",\"code\":{\"text\":\"crash\"}}"
                .formatted(id);
    }
}
