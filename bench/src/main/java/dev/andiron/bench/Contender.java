package dev.andiron.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A server that is measured: one that was started for it, whose processes and folder can be looked
 * at, or any by its URL.
 *
 * @param name how the tables call it
 * @param base its FHIR base
 * @param process empty if another started it
 * @param database its database, if that is a process of its own
 * @param folder where it keeps its data, if that is known
 */
record Contender(
        String name,
        URI base,
        Optional<MeasuredProcess> process,
        Optional<PostgresProcess> database,
        Optional<Path> folder)
        implements AutoCloseable {

    /** A server by its URL. */
    static Contender peer(String name, URI base) {
        return new Contender(name, base, Optional.empty(), Optional.empty(), Optional.empty());
    }

    boolean isOurs() {
        return process.isPresent();
    }

    /** Processor seconds so far, those of its database counted; NaN if they can't be seen. */
    double cpu() throws IOException {
        if (process.isEmpty()) {
            return Double.NaN;
        }
        Duration shared = database.isPresent() ? database.get().cpu() : Duration.ZERO;
        return process.get().cpu().plus(shared).toNanos() / 1e9;
    }

    /** Bytes of its data; NaN if they can't be seen. */
    double disk() throws IOException {
        return folder.isPresent() ? bytes(folder.get()) : Double.NaN;
    }

    /** Bytes of the files in a folder and below. */
    static long bytes(Path folder) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    /** The most memory that its process had; NaN if that can't be seen. */
    double peakMegabytes() throws IOException {
        return process.isPresent()
                ? process.get().peakMegabytes().map(Long::doubleValue).orElse(Double.NaN)
                : Double.NaN;
    }

    /** The path of a resource or search. */
    String path(String below) {
        return base.getPath() + "/" + below;
    }

    /** Messages that GET these. */
    List<Requests.Message> gets(List<String> below) {
        return below.stream().map(each -> Requests.Message.get(path(each))).toList();
    }

    @Override
    public void close() throws IOException {
        if (process.isPresent()) {
            process.get().close();
        }
        if (database.isPresent()) {
            database.get().close();
        }
    }
}
