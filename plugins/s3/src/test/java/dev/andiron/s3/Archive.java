package dev.andiron.s3;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The servers that the tests run, as they were when they were chosen. */
enum Archive {
    S3MOCK("s3mock.jar", "dd7c192fef0005374dec507317ae946eaa5beeffeb4e901d8b97f7fd2ddfb741"),
    S3PROXY("s3proxy.jar", "a4d025969aaf796616ed4b1e2491d87d455ce84bb28cb9db086b2e6aaa68b48d");

    private final String name;
    private final String digest;

    Archive(String name, String digest) {
        this.name = name;
        this.digest = digest;
    }

    /**
     * The archive, which Maven has brought.
     *
     * @throws IllegalStateException if it is another than it was
     */
    Path in(Path folder) throws IOException {
        Path file = folder.resolve(name);
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            String found = HexFormat.of().formatHex(sha256.digest(Files.readAllBytes(file)));
            if (!found.equals(digest)) {
                throw new IllegalStateException(file + " has the SHA-256 " + found);
            }
            return file;
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
