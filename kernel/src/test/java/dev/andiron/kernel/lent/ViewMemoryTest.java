package dev.andiron.kernel.lent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class ViewMemoryTest {
    @TempDir private Path temporary;

    @Test
    void aMillionResourcesPassThroughASmallHeap() throws IOException, InterruptedException {
        Path errors = temporary.resolve("errors");
        String classPath =
                System.getProperty("java.class.path")
                        + File.pathSeparator
                        + System.getProperty("jdk.module.path", "");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "--class-path",
                                classPath,
                                ForkedView.class.getName(),
                                "1000000")
                        .redirectError(errors.toFile())
                        .start();
        List<String> lines = process.inputReader().lines().toList();
        assertEquals(0, process.waitFor(), () -> read(errors));
        assertEquals(List.of("2000000"), lines);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
