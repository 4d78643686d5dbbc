package dev.andiron.distribution;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The folder that the build packed. */
final class Distribution {
    private Distribution() {}

    /**
     * How a command ended.
     *
     * @param code its exit code
     * @param out its standard output
     * @param err its standard error
     */
    record Result(int code, String out, String err) {}

    static Path home() {
        return Path.of(System.getProperty("andiron.home")).toAbsolutePath().normalize();
    }

    /** The configuration of servers that are given none, such as for another backend. */
    static Optional<Path> configuration() {
        return Optional.ofNullable(System.getProperty("andiron.configuration")).map(Path::of);
    }

    /** The root of the source tree. */
    static Path source() {
        return Path.of(System.getProperty("andiron.source")).toAbsolutePath().normalize();
    }

    /** Prepares {@code bin/andiron} with the Java that runs this test. */
    static ProcessBuilder command(Path folder, String... arguments) {
        return command(home(), folder, arguments);
    }

    private static ProcessBuilder command(Path home, Path folder, String... arguments) {
        var command = new ArrayList<String>();
        command.add(home.resolve("bin").resolve("andiron").toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("ANDIRON_"));
        builder.environment().put("ANDIRON_JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    /** Runs a command to its end. */
    static Result run(Path folder, String... arguments) {
        return run(home(), folder, arguments);
    }

    /** Runs a command of another distribution to its end. */
    static Result run(Path home, Path folder, String... arguments) {
        try {
            Process process =
                    command(home, folder, arguments)
                            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                            .start();
            CompletableFuture<String> err =
                    CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
            String out = text(process.getInputStream());
            return new Result(process.waitFor(), out, err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Synthea's bundles: those beside the source tree, or else the smaller sample in it. */
    static Path synthea() {
        Path large = source().resolveSibling("shared").resolve("data").resolve("synthea-10");
        return Files.isDirectory(large)
                ? large
                : source().resolve("server/src/main/resources/dev/andiron/server/cli/sample");
    }
}
