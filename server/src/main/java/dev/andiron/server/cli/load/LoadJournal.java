package dev.andiron.server.cli.load;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What of a load is done, kept in a file: whoever loads the same files with it again sends only the
 * rest. Safe for use by many threads.
 */
final class LoadJournal implements AutoCloseable {
    private final Set<String> done;
    private final Optional<BufferedWriter> out;

    private LoadJournal(Set<String> done, Optional<BufferedWriter> out) {
        this.done = done;
        this.out = out;
    }

    /** Nothing is kept. */
    static LoadJournal none() {
        return new LoadJournal(Set.of(), Optional.empty());
    }

    /**
     * Reads a journal, and goes on with it.
     *
     * @throws LoadException if it cannot be read or written
     */
    static LoadJournal in(Path file) {
        try {
            Set<String> done =
                    Files.exists(file) ? new HashSet<>(Files.readAllLines(file)) : new HashSet<>();
            return new LoadJournal(
                    Set.copyOf(done),
                    Optional.of(
                            Files.newBufferedWriter(
                                    file,
                                    StandardCharsets.UTF_8,
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.APPEND)));
        } catch (IOException e) {
            throw new LoadException("cannot use the journal " + file, e);
        }
    }

    /** A piece of a file as it is now, from a line on; line 0 is all of it. */
    static String piece(LoadFile file, long line) {
        try {
            return "%d %d %d %s"
                    .formatted(
                            line,
                            file.size(),
                            Files.getLastModifiedTime(file.path()).toMillis(),
                            file.path().toAbsolutePath().normalize());
        } catch (IOException e) {
            throw new LoadException("cannot read " + file.path(), e);
        }
    }

    /** Whether an earlier load has done a piece. */
    boolean has(String piece) {
        return done.contains(piece);
    }

    /** Notes that a piece is done, without failures. */
    synchronized void add(String piece) {
        if (out.isPresent()) {
            try {
                out.get().write(piece);
                out.get().newLine();
                out.get().flush();
            } catch (IOException e) {
                throw new LoadException("the journal cannot be written", e);
            }
        }
    }

    @Override
    public void close() {
        if (out.isPresent()) {
            try {
                out.get().close();
            } catch (IOException e) {
                throw new LoadException("the journal cannot be written", e);
            }
        }
    }
}
