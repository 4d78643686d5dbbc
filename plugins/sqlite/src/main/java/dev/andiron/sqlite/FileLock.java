package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * Keeps a second server off the database. On a file of its own beside the database: opening and
 * closing the database itself would drop SQLite's own locks. The system frees it when the process
 * ends, however it ends.
 */
final class FileLock implements AutoCloseable {
    private final FileChannel channel;

    private FileLock(FileChannel channel) {
        this.channel = channel;
    }

    static FileLock acquire(Path database) {
        Path file = database.resolveSibling(database.getFileName() + ".lock");
        try {
            var channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isFree(channel)) {
                return new FileLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new StorageException.Unavailable(
                    "the lock file of the database cannot be written: " + file,
                    Duration.ofSeconds(5),
                    e);
        }
        throw new StorageException.Unavailable(
                "the database %s is in use by another server; one file serves one server"
                        .formatted(database),
                Duration.ofSeconds(5),
                null);
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
