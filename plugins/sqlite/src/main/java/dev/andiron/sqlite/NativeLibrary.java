package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;

import org.sqlite.SQLiteJDBCLoader;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/**
 * SQLite itself. The driver carries it for all systems, and would copy one out at each start, which
 * takes longer than to open a database. So a distribution has it beside the jars for the systems in
 * use; elsewhere, and where that does not fit, the driver does as it always does.
 */
final class NativeLibrary {
    private static final String FOLDER = "org.sqlite.lib.path";

    private static boolean loaded;

    private NativeLibrary() {}

    /** Loads it, if that has not been done. */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        Optional<Path> folder =
                System.getProperty(FOLDER) == null ? besideJars() : Optional.empty();
        // Others in this process may bring another version of the driver.
        folder.ifPresent(path -> System.setProperty(FOLDER, path.toString()));
        try {
            SQLiteJDBCLoader.initialize();
            loaded = true;
        } catch (Exception e) {
            throw new StorageException.Internal("SQLite cannot be loaded", e);
        } finally {
            if (folder.isPresent()) {
                System.clearProperty(FOLDER);
            }
        }
    }

    private static Optional<Path> besideJars() {
        CodeSource source = NativeLibrary.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return Optional.empty();
        }
        try {
            URI jar = source.getLocation().toURI();
            return folder(System.getProperty("os.name"), System.getProperty("os.arch"))
                    .map(Path.of(jar).resolveSibling("native")::resolve)
                    .filter(Files::isDirectory);
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException _) {
            return Optional.empty();
        }
    }

    /** As the driver calls a system; empty for one whose library is not beside the jars. */
    static Optional<Path> folder(String system, String architecture) {
        String processor =
                switch (architecture) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64" -> "aarch64";
                    default -> "";
                };
        if (processor.isEmpty()) {
            return Optional.empty();
        }
        if (system.equals("Linux")) {
            // Linux with another C library, for which the driver has another file.
            return Files.exists(Path.of("/lib/ld-musl-" + processor + ".so.1"))
                    ? Optional.empty()
                    : Optional.of(Path.of("Linux", processor));
        }
        if (system.startsWith("Mac")) {
            return Optional.of(Path.of("Mac", processor));
        }
        return system.startsWith("Windows")
                ? Optional.of(Path.of("Windows", processor))
                : Optional.empty();
    }
}
