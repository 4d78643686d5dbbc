package dev.andiron.server;

import static dev.andiron.server.ServerOptions.LINK_KEY;
import static dev.andiron.server.ServerOptions.LINK_KEY_FILE;
import static dev.andiron.server.ServerOptions.SERVER;

import dev.andiron.kernel.config.Configuration;
import dev.andiron.kernel.config.ConfigurationException;
import dev.andiron.spi.Option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The secret that seals the links between pages: the configured one, which servers over the same
 * data share, or else one of this server's own, kept in its data folder.
 */
final class LinkKey {
    private static final String FILE = "links.key";
    private static final int LENGTH = 32;
    private static final int LONGEST = 1024;

    private LinkKey() {}

    /** Whether the configuration gives a key, which other servers can have, too. */
    static boolean isGiven(Configuration configuration) {
        return configuration.find(SERVER, LINK_KEY).isPresent()
                || configuration.find(SERVER, LINK_KEY_FILE).isPresent();
    }

    /**
     * The key of a configuration.
     *
     * @throws ConfigurationException for a key that is too short or too long, two keys, or a file
     *     that cannot be read
     * @throws IOException if this server's own key can neither be read nor made
     */
    static byte[] of(Configuration configuration) throws IOException {
        Optional<String> key = configuration.find(SERVER, LINK_KEY);
        Optional<String> file = configuration.find(SERVER, LINK_KEY_FILE);
        if (key.isPresent() && file.isPresent()) {
            throw configuration.refuse(
                    SERVER, LINK_KEY_FILE, "cannot be given together with server.link-key");
        }
        if (key.isPresent()) {
            return checked(configuration, LINK_KEY, "takes", key.get());
        }
        if (file.isPresent()) {
            return checked(
                    configuration,
                    LINK_KEY_FILE,
                    "names a file whose first line has to hold",
                    firstLine(configuration, file.get()));
        }
        return in(configuration.dataDirectory());
    }

    private static byte[] checked(
            Configuration configuration, Option<String> option, String takes, String text) {
        byte[] key = text.strip().getBytes(StandardCharsets.UTF_8);
        if (key.length < LENGTH || key.length > LONGEST) {
            throw configuration.refuse(
                    SERVER,
                    option,
                    "%s a secret of %d to %d bytes; there are %d"
                            .formatted(takes, LENGTH, LONGEST, key.length));
        }
        return key;
    }

    private static String firstLine(Configuration configuration, String file) {
        try (var in = Files.newInputStream(configuration.dataDirectory().resolve(file))) {
            // A little more than is taken, so that a line that is too long is seen to be.
            var start = new String(in.readNBytes(LONGEST + 2), StandardCharsets.UTF_8);
            return start.lines().findFirst().orElse("");
        } catch (IOException | InvalidPathException e) {
            throw configuration.refuse(
                    SERVER, LINK_KEY_FILE, "names a file that cannot be read: " + e);
        }
    }

    /** Reads this server's own key, or makes one the first time. */
    private static byte[] in(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            make(folder, file);
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length < LENGTH) {
            throw new IOException(
                    file
                            + " is damaged: it should hold "
                            + LENGTH
                            + " bytes; delete it to get a"
                            + " new one (links given out before end then)");
        }
        return key;
    }

    private static void make(Path folder, Path file) throws IOException {
        var key = new byte[LENGTH];
        new SecureRandom().nextBytes(key);
        Path fresh = Files.createTempFile(folder, FILE, ".tmp", ownerOnly(folder));
        Files.write(fresh, key);
        try {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            Files.delete(fresh);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path folder) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
