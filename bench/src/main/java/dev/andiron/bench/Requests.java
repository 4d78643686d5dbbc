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
     * What a round came to.
     *
     * @param count answers
     * @param seconds how long it took
     * @param bytes length of the bodies together
     */
    record Round(long count, double seconds, long bytes) {
        double perSecond() {
            return count / seconds;
        }
    }

    /** GETs random ones of these paths over so many connections for so long. */
    static Round run(URI base, List<String> paths, int connections, double seconds)
            throws Exception {
        byte[][] requests = paths.stream().map(path -> request(base, path)).toArray(byte[][]::new);
        long started = System.nanoTime();
        long end = started + (long) (seconds * 1e9);
        long count = 0;
        long bytes = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            var calls = new ArrayList<Callable<long[]>>();
            for (int i = 0; i < connections; i++) {
                calls.add(() -> connection(base, requests, end));
            }
            for (Future<long[]> result : threads.invokeAll(calls)) {
                count += result.get()[0];
                bytes += result.get()[1];
            }
        }
        return new Round(count, (System.nanoTime() - started) / 1e9, bytes);
    }

    private static long[] connection(URI base, byte[][] requests, long end) throws IOException {
        long count = 0;
        long bytes = 0;
        try (var socket = new Socket(base.getHost(), base.getPort())) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            while (System.nanoTime() < end) {
                out.write(requests[ThreadLocalRandom.current().nextInt(requests.length)]);
                bytes += answer(in);
                count++;
            }
        }
        return new long[] {count, bytes};
    }

    private static byte[] request(URI base, String path) {
        return ("GET %s HTTP/1.1\r\nHost: %s:%d\r\nAccept: application/fhir+json\r\n\r\n")
                .formatted(path, base.getHost(), base.getPort())
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static long answer(InputStream in) throws IOException {
        String status = line(in);
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException("answered " + status);
        }
        long length = -1;
        boolean chunked = false;
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            String lower = field.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).strip());
            }
            chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
        }
        if (!chunked) {
            in.skipNBytes(length);
            return length;
        }
        long total = 0;
        while (true) {
            long chunk = Long.parseLong(line(in), 16);
            in.skipNBytes(chunk + 2);
            total += chunk;
            if (chunk == 0) {
                return total;
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
