package dev.andiron.server.cli.export;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Downloads files side by side. What broke off goes on where it stopped, at once or another day,
 * and a file gets its name when it is whole.
 */
public final class Downloads {
    private static final int BUFFER = 1 << 16;
    private static final int TRIES = 8;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final ExportServer server;
    private final Path folder;
    private final int parallel;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong files = new AtomicLong();

    /**
     * @param folder where the files are put
     * @param parallel how many at once
     */
    public Downloads(ExportServer server, Path folder, int parallel) {
        this.server = server;
        this.folder = folder;
        this.parallel = parallel;
    }

    /**
     * A file that is there.
     *
     * @param path where it is
     * @param lines how many resources it has
     */
    public record Downloaded(ExportedFile file, Path path, long lines) {}

    /** Bytes that have come. */
    public long bytes() {
        return bytes.get();
    }

    /** Files that are whole. */
    public long files() {
        return files.get();
    }

    /**
     * Downloads files, passing over those that are there already.
     *
     * @return all of them, in their order
     * @throws ExportException naming a file that cannot be had
     */
    public List<Downloaded> all(List<ExportedFile> wanted) throws InterruptedException {
        var free = new Semaphore(parallel);
        var running = new ArrayList<Future<Downloaded>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (ExportedFile file : wanted) {
                running.add(
                        threads.submit(
                                () -> {
                                    free.acquire();
                                    try {
                                        return one(file);
                                    } finally {
                                        free.release();
                                    }
                                }));
            }
            var done = new ArrayList<Downloaded>();
            try {
                for (Future<Downloaded> each : running) {
                    done.add(each.get());
                }
            } catch (ExecutionException e) {
                threads.shutdownNow();
                if (e.getCause() instanceof ExportException refused) {
                    throw refused;
                }
                throw new ExportException("a download failed: " + e.getCause(), e.getCause());
            }
            return done;
        }
    }

    private Downloaded one(ExportedFile file) throws IOException, InterruptedException {
        Path path = folder.resolve(file.name());
        if (!Files.exists(path)) {
            Path part = folder.resolve(file.name() + ".part");
            fetch(file, part);
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
        }
        files.incrementAndGet();
        return new Downloaded(file, path, lines(path));
    }

    private void fetch(ExportedFile file, Path part) throws IOException, InterruptedException {
        long before = -1;
        for (int tries = 1; ; tries++) {
            long size = Files.exists(part) ? Files.size(part) : 0;
            if (size > before) {
                tries = 1; // it comes on
            }
            before = size;
            try {
                fetch(file, part, size);
                return;
            } catch (IOException e) {
                if (tries == TRIES) {
                    throw new ExportException(
                            "%s cannot be had: %s".formatted(file.url(), e.getMessage()), e);
                }
                Thread.sleep(FIRST_PAUSE.multipliedBy(1L << tries));
            }
        }
    }

    private void fetch(ExportedFile file, Path part, long size)
            throws IOException, InterruptedException {
        Path tag = part.resolveSibling(part.getFileName() + ".etag");
        var fields = new HashMap<>(Map.of("Accept-Encoding", "identity"));
        // Without a tag nobody can tell whether the rest is of the same file.
        if (size > 0 && Files.exists(tag)) {
            fields.put("Range", "bytes=%d-".formatted(size));
            fields.put("If-Range", Files.readString(tag));
        }
        HttpResponse<InputStream> answer = server.file(file.url(), file.authorized(), fields);
        try (InputStream body = answer.body()) {
            switch (answer.statusCode()) {
                case 200 -> {
                    Files.deleteIfExists(tag);
                    var etag = answer.headers().firstValue("ETag");
                    Files.deleteIfExists(part);
                    if (etag.isPresent() && !etag.get().startsWith("W/")) {
                        Files.writeString(tag, etag.get());
                    }
                    append(body, part);
                }
                case 206 -> append(body, part);
                case 416 -> requireWhole(answer, size);
                case 429, 500, 502, 503, 504 ->
                        throw new IOException("the server answers " + answer.statusCode());
                default ->
                        throw ExportServer.refused(
                                file.url() + " cannot be had",
                                answer.statusCode(),
                                body.readNBytes(1 << 16));
            }
        }
        Files.deleteIfExists(tag);
    }

    /** Nothing is left if all of it is here already. */
    private static void requireWhole(HttpResponse<?> answer, long size) {
        String range = answer.headers().firstValue("Content-Range").orElse("");
        if (!range.equals("bytes */" + size)) {
            throw new ExportException("a file has changed while it was downloaded");
        }
    }

    private void append(InputStream body, Path part) throws IOException {
        try (OutputStream out =
                Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            var buffer = new byte[BUFFER];
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                out.write(buffer, 0, read);
                bytes.addAndGet(read);
            }
        }
    }

    private static long lines(Path path) throws IOException {
        long lines = 0;
        boolean content = false;
        var buffer = new byte[BUFFER];
        try (var in = new BufferedInputStream(Files.newInputStream(path))) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    if (buffer[i] == '\n') {
                        lines += content ? 1 : 0;
                        content = false;
                    } else {
                        content |= buffer[i] != ' ' && buffer[i] != '\r';
                    }
                }
            }
        }
        return content ? lines + 1 : lines;
    }
}
