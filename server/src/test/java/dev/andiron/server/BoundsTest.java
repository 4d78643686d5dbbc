package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Requests that take long: how many may, for how long, and what a stopping server does. */
class BoundsTest {
    private static final String PATIENT = "{\"resourceType\":\"Patient\"}";

    @TempDir Path data;

    /** A create whose body is not complete yet, so that it runs until it is. */
    private static final class SlowCreate implements AutoCloseable {
        private final Socket socket;

        SlowCreate(RunningServer server) throws IOException {
            socket = new Socket("127.0.0.1", server.port());
            write(
                    "POST /fhir/Patient HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            + "Content-Type: application/fhir+json\r\nContent-Length: "
                            + PATIENT.length()
                            + "\r\n\r\n"
                            + PATIENT.substring(0, 5));
            while (!metric(server).contains("andiron_requests_running 1")) {
                Thread.onSpinWait();
            }
        }

        private static String metric(RunningServer server) {
            return server.get(server.root() + "/metrics").text();
        }

        private void write(String text) throws IOException {
            socket.getOutputStream().write(RunningServer.bytes(text));
            socket.getOutputStream().flush();
        }

        String finish() throws IOException {
            write(PATIENT.substring(5));
            return answer();
        }

        String answer() throws IOException {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void moreRequestsThanMayRunAtOnceAreToldToComeBack() throws IOException {
        var bounds = Map.of("limits.requests", "1", "limits.queue-time", "10ms");
        try (var server = new RunningServer(data, bounds);
                var slow = new SlowCreate(server)) {
            Answer refused = server.get("/Patient/a");
            assertEquals(503, refused.status());
            assertEquals("1", refused.field("Retry-After"));
            assertEquals("OperationOutcome", refused.json().string("resourceType").orElse(""));
            assertEquals(200, server.get(server.root() + "/health/ready").status());
            assertTrue(slow.finish().startsWith("HTTP/1.1 201"));
            assertEquals(404, server.get("/Patient/a").status());
        }
    }

    @Test
    void aRequestThatTakesTooLongIsEnded() throws IOException {
        try (var server = new RunningServer(data, Map.of("limits.request-time", "200ms"));
                var slow = new SlowCreate(server)) {
            String answer = slow.answer();
            assertTrue(answer.startsWith("HTTP/1.1 504"), answer);
            assertTrue(answer.contains("OperationOutcome"), answer);
        }
    }

    @Test
    void aStoppingServerFinishesWhatRunsAndTakesNothingNew() throws Exception {
        var server = RunningServer.in(data);
        try (var slow = new SlowCreate(server)) {
            Thread stopping = Thread.startVirtualThread(server::stop);
            while (server.get(server.root() + "/health/ready").status() != 503) {
                Thread.onSpinWait();
            }
            assertEquals(503, server.get("/Patient/a").status());
            assertTrue(slow.finish().startsWith("HTTP/1.1 201"));
            stopping.join();
            assertFalse(stopping.isAlive());
        } finally {
            server.close();
        }
    }
}
