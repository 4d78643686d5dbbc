package dev.andiron.server.http;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One line in logfmt for each request, written by a thread of its own, so that requests do not wait
 * for the console one by one. When it falls behind, requests wait for it: no line is lost.
 */
public final class RequestLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);
    private static final int CAPACITY = 4096;
    private static final int GATHERING_MILLIS = 5;
    private static final String END = "";

    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(CAPACITY);
    private final OutputStream out;
    private final Thread writer;
    private volatile boolean broken;

    /**
     * Starts the writer.
     *
     * @param out where lines go; not closed
     */
    public RequestLog(OutputStream out) {
        this.out = new BufferedOutputStream(out, 1 << 16);
        writer = Thread.ofPlatform().name("request-log").daemon().start(this::write);
    }

    /** Adds a request's line. */
    void add(
            String requestId,
            String tenant,
            String method,
            String interaction,
            String path,
            int status,
            long nanoseconds,
            long bytes) {
        long micros = nanoseconds / 1000;
        var line =
                new StringBuilder(192)
                        .append("time=")
                        .append(Instant.ofEpochMilli(System.currentTimeMillis()))
                        .append(" request=")
                        .append(requestId)
                        .append(" tenant=")
                        .append(tenant)
                        .append(" method=")
                        .append(method)
                        .append(" interaction=")
                        .append(interaction)
                        .append(" path=");
        quoted(line, path);
        line.append(" status=").append(status).append(" ms=").append(micros / 1000).append('.');
        long fraction = micros % 1000;
        line.append(fraction < 100 ? fraction < 10 ? "00" : "0" : "").append(fraction);
        line.append(" bytes=").append(bytes).append('\n');
        if (broken) {
            return;
        }
        try {
            lines.put(line.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Paths are raw and so without spaces; whatever else could forge a line is replaced. */
    private static void quoted(StringBuilder line, String path) {
        int length = Math.min(path.length(), 256);
        for (int i = 0; i < length; i++) {
            char c = path.charAt(i);
            line.append(c > ' ' && c < 127 && c != '"' && c != '=' ? c : '?');
        }
    }

    private void write() {
        List<String> batch = new ArrayList<>();
        try {
            while (true) {
                batch.add(lines.take());
                // To be woken for each line costs a busy server more than the lines themselves.
                TimeUnit.MILLISECONDS.sleep(GATHERING_MILLIS);
                lines.drainTo(batch);
                for (String line : batch) {
                    if (line.isEmpty()) {
                        out.flush();
                        return;
                    }
                    out.write(line.getBytes(StandardCharsets.US_ASCII));
                }
                batch.clear();
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            broken = true;
            lines.clear();
            LOG.warn("Requests are no longer logged: {}", e.getMessage());
        }
    }

    /** Writes what was added before and stops. */
    @Override
    public void close() {
        try {
            if (!broken) {
                lines.put(END);
            }
            writer.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
