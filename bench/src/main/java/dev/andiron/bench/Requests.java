package dev.andiron.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Many connections that each ask, wait for the answer and ask again. Written on plain sockets,
 * since the client shares the processors with what it measures.
 */
final class Requests {
    private Requests() {}

    /**
     * A request that is sent many times.
     *
     * @param path with the query
     * @param body empty without one
     */
    record Message(String method, String path, String body) {
        static Message get(String path) {
            return new Message("GET", path, "");
        }
    }

    /**
     * What a round came to.
     *
     * @param count answers
     * @param seconds how long it took
     * @param bytes length of the bodies together
     * @param failures answers that were no success
     * @param nanoseconds what each answer took, ascending
     */
    record Round(long count, double seconds, long bytes, long failures, long[] nanoseconds) {
        double perSecond() {
            return count / seconds;
        }

        /**
         * What this part of the answers took at most, in milliseconds.
         *
         * @param part such as 0.99
         */
        double milliseconds(double part) {
            int place = (int) (nanoseconds.length * part);
            return nanoseconds.length == 0
                    ? Double.NaN
                    : nanoseconds[Math.min(nanoseconds.length - 1, place)] / 1e6;
        }
    }

    /** GETs random ones of these paths over so many connections for so long. */
    static Round run(URI base, List<String> paths, int connections, double seconds)
            throws Exception {
        List<Message> messages = paths.stream().map(Message::get).toList();
        Round round = send(base, messages, connections, seconds);
        if (round.failures() > 0) {
            throw new IOException(round.failures() + " answers of " + base + " were no success");
        }
        return round;
    }

    /** Sends random ones of these messages over so many connections for so long. */
    static Round send(URI base, List<Message> messages, int connections, double seconds)
            throws Exception {
        byte[][] requests =
                messages.stream().map(message -> request(base, message)).toArray(byte[][]::new);
        long started = System.nanoTime();
        long end = started + (long) (seconds * 1e9);
        try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            var calls = new ArrayList<Callable<Round>>();
            for (int i = 0; i < connections; i++) {
                calls.add(() -> connection(base, requests, end));
            }
            var rounds = new ArrayList<Round>();
            for (Future<Round> result : threads.invokeAll(calls)) {
                rounds.add(result.get());
            }
            return together(rounds, (System.nanoTime() - started) / 1e9);
        }
    }

    /**
     * Sends one message over a connection of its own.
     *
     * @throws IOException if the answer is no success
     */
    static void ask(URI base, Message message) throws IOException {
        try (var socket = new Socket(base.getHost(), base.getPort())) {
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(request(base, message));
            Answer answer = answer(new BufferedInputStream(socket.getInputStream()));
            if (answer.status() / 100 != 2) {
                throw new IOException(
                        "%s %s was answered with %d"
                                .formatted(message.method(), message.path(), answer.status()));
            }
        }
    }

    private static Round together(List<Round> rounds, double seconds) {
        return new Round(
                rounds.stream().mapToLong(Round::count).sum(),
                seconds,
                rounds.stream().mapToLong(Round::bytes).sum(),
                rounds.stream().mapToLong(Round::failures).sum(),
                rounds.stream()
                        .flatMapToLong(each -> Arrays.stream(each.nanoseconds()))
                        .sorted()
                        .toArray());
    }

    /** One connection, and another one whenever the server ends it, which some do now and then. */
    private static Round connection(URI base, byte[][] requests, long end) throws IOException {
        int count = 0;
        long bytes = 0;
        long failures = 0;
        var times = new long[1024];
        while (System.nanoTime() < end) {
            try (var socket = new Socket(base.getHost(), base.getPort())) {
                socket.setTcpNoDelay(true);
                OutputStream out = socket.getOutputStream();
                InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
                boolean isOpen = true;
                for (long begun = System.nanoTime();
                        isOpen && begun < end;
                        begun = System.nanoTime()) {
                    out.write(requests[ThreadLocalRandom.current().nextInt(requests.length)]);
                    Answer answer = answer(in);
                    if (count == times.length) {
                        times = Arrays.copyOf(times, 2 * count);
                    }
                    times[count++] = System.nanoTime() - begun;
                    bytes += answer.length();
                    failures += answer.status() / 100 == 2 ? 0 : 1;
                    isOpen = !answer.isLast();
                }
            }
        }
        return new Round(count, 0, bytes, failures, Arrays.copyOf(times, count));
    }

    private static byte[] request(URI base, Message message) {
        byte[] body = message.body().getBytes(StandardCharsets.UTF_8);
        String content =
                body.length == 0
                        ? ""
                        : "Content-Type: application/fhir+json\r\nContent-Length: %d\r\n"
                                .formatted(body.length);
        byte[] head =
                ("%s %s HTTP/1.1\r\nHost: %s:%d\r\nAccept: application/fhir+json\r\n"
                                + "Cache-Control: no-cache\r\n%s\r\n")
                        .formatted(
                                message.method(),
                                message.path(),
                                base.getHost(),
                                base.getPort(),
                                content)
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }

    /**
     * @param isLast whether the server ends the connection behind it
     */
    private record Answer(int status, long length, boolean isLast) {}

    private static Answer answer(InputStream in) throws IOException {
        String first = line(in);
        if (!first.startsWith("HTTP/1.1 ")) {
            throw new IOException("answered " + first);
        }
        int status = Integer.parseInt(first.substring(9, 12));
        long length = status == 204 ? 0 : -1;
        boolean chunked = false;
        boolean isLast = false;
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            String lower = field.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).strip());
            }
            chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
            isLast |= lower.startsWith("connection:") && lower.contains("close");
        }
        if (!chunked) {
            if (length < 0) {
                throw new IOException("an answer of unknown length: " + first);
            }
            in.skipNBytes(length);
            return new Answer(status, length, isLast);
        }
        long total = 0;
        while (true) {
            long chunk = Long.parseLong(line(in), 16);
            in.skipNBytes(chunk + 2);
            total += chunk;
            if (chunk == 0) {
                return new Answer(status, total, isLast);
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder(64);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection was closed");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
