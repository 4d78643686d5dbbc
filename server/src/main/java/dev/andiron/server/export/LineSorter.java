package dev.andiron.server.export;

import dev.andiron.spi.StorageException;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Puts lines in the order of their keys. What does not fit into memory lies in sorted runs in a
 * temporary folder, which are merged. Used by one thread; closing removes the folder.
 */
final class LineSorter implements AutoCloseable {
    private static final int OVERHEAD = 100;
    private static final int BUFFER = 1 << 16;

    /** So many runs are read at once; more are merged before. */
    private static final int FAN = 64;

    private final long memory;
    private final Path folder;
    private final List<Path> runs = new ArrayList<>();
    private final List<Line> kept = new ArrayList<>();
    private final List<Run> open = new ArrayList<>();
    private long size;
    private int names;

    /** A line with its key, of at most 10,000 characters of ASCII. */
    record Line(String key, byte[] text) {}

    /**
     * @param memory about how many bytes are kept in memory at once
     */
    LineSorter(long memory) {
        this.memory = memory;
        try {
            folder = Files.createTempDirectory("andiron-sort-");
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    private static StorageException unwritten(IOException e) {
        return new StorageException.OutOfSpace("a temporary file cannot be written or read", e);
    }

    /** Adds a line. */
    void add(String key, byte[] text) {
        kept.add(new Line(key, text));
        size += key.length() + text.length + OVERHEAD;
        if (size >= memory) {
            spill();
        }
    }

    private void spill() {
        kept.sort(Comparator.comparing(Line::key));
        runs.add(written(kept.iterator()));
        kept.clear();
        size = 0;
        if (runs.size() == FAN) {
            Path merged = written(merged(runs));
            closeRuns();
            runs.forEach(LineSorter::remove);
            runs.clear();
            runs.add(merged);
        }
    }

    private Path written(Iterator<Line> lines) {
        Path file = folder.resolve(Integer.toString(names++));
        try (var out =
                new DataOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(file), BUFFER))) {
            while (lines.hasNext()) {
                Line line = lines.next();
                out.writeUTF(line.key());
                out.writeInt(line.text().length);
                out.write(line.text());
            }
        } catch (IOException e) {
            throw unwritten(e);
        }
        return file;
    }

    /** All lines in the order of their keys; none may be added then. */
    Iterator<Line> sorted() {
        kept.sort(Comparator.comparing(Line::key));
        if (runs.isEmpty()) {
            return kept.iterator();
        }
        spill();
        return merged(runs);
    }

    private Iterator<Line> merged(List<Path> files) {
        var heads = new PriorityQueue<Run>(Comparator.comparing(Run::key));
        for (Path file : files) {
            var run = new Run(file);
            open.add(run);
            if (run.advance()) {
                heads.add(run);
            }
        }
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !heads.isEmpty();
            }

            @Override
            public Line next() {
                Run first = heads.remove();
                Line line = first.line();
                if (first.advance()) {
                    heads.add(first);
                }
                return line;
            }
        };
    }

    /** A sorted file that is read line by line. */
    private static final class Run {
        private final DataInputStream in;
        private Optional<Line> line = Optional.empty();

        Run(Path file) {
            try {
                in =
                        new DataInputStream(
                                new BufferedInputStream(Files.newInputStream(file), BUFFER));
            } catch (IOException e) {
                throw unwritten(e);
            }
        }

        boolean advance() {
            try {
                line = Optional.of(new Line(in.readUTF(), in.readNBytes(in.readInt())));
            } catch (EOFException _) {
                line = Optional.empty();
            } catch (IOException e) {
                throw unwritten(e);
            }
            return line.isPresent();
        }

        Line line() {
            return line.orElseThrow();
        }

        String key() {
            return line().key();
        }

        void close() {
            try {
                in.close();
            } catch (IOException e) {
                throw unwritten(e);
            }
        }
    }

    private void closeRuns() {
        open.forEach(Run::close);
        open.clear();
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    @Override
    public void close() {
        closeRuns();
        try (var left = Files.list(folder)) {
            left.forEach(LineSorter::remove);
        } catch (IOException e) {
            throw unwritten(e);
        }
        remove(folder);
    }
}
