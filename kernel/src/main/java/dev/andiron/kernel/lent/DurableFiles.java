package dev.andiron.kernel.lent;

import dev.andiron.spi.StorageException;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Files that survive a loss of power once a call returned. */
final class DurableFiles {
    private static final boolean FOLDERS_CAN_BE_FORCED =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    private static final Duration RETRY = Duration.ofSeconds(5);

    private DurableFiles() {}

    /** Replaces a file as a whole: after a crash it has its old or its new content. */
    static void write(Path file, byte[] content) throws IOException {
        Path folder = Files.createDirectories(file.getParent());
        Path written = folder.resolve("." + file.getFileName());
        try (var out = new FileOutputStream(written.toFile())) {
            out.write(content);
            out.getFD().sync();
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        force(folder);
    }

    static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            force(file.getParent());
        }
    }

    /** Makes what was created, renamed or deleted in a folder durable, where a system can. */
    static void force(Path folder) throws IOException {
        if (FOLDERS_CAN_BE_FORCED) {
            try (var channel = FileChannel.open(folder)) {
                channel.force(true);
            }
        }
    }

    /** The files of a folder, without those that are being written; none if it does not exist. */
    static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /** What callers are told; a change may have been made all the same. */
    static StorageException failed(IOException cause) {
        return new StorageException.Unavailable(
                "the server's own files cannot be used: " + cause.getClass().getSimpleName(),
                RETRY,
                true,
                cause);
    }
}
