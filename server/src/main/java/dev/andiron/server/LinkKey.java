package dev.andiron.server;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/** The secret that seals the links of this server, kept in its data folder. */
final class LinkKey {
    private static final String FILE = "links.key";
    private static final int LENGTH = 32;

    private LinkKey() {}

    /** Reads the key, or makes one the first time. */
    static byte[] in(Path folder) throws IOException {
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
