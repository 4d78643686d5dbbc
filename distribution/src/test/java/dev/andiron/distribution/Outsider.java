package dev.andiron.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A third party on this machine: a folder of its own, a Maven of its own that knows nothing of this
 * build but the repository that the published artifacts were installed into, and a distribution of
 * its own to put plugins into. What this build has downloaded it need not download again.
 */
final class Outsider {
    private static final long PATIENCE_MINUTES = 10;

    private Outsider() {}

    static Path folder() {
        return Path.of(System.getProperty("outsider.folder"));
    }

    /** Where the distribution with the third party's plugins is. */
    static Path home() {
        return folder().resolve("andiron");
    }

    /** An empty folder to work in, and a fresh distribution. */
    static void begin() throws IOException {
        Outsider.copy(Distribution.home(), home());
        // What an earlier run of this build was built against is called the same.
        delete(folder().resolve("local").resolve("dev").resolve("andiron"));
        Path bin = Files.createDirectories(folder().resolve("bin"));
        Path settings = Files.writeString(folder().resolve("settings.xml"), settings());
        script(
                bin.resolve("mvn"),
                """
                #!/bin/sh
                exec "%s" --batch-mode --no-transfer-progress --settings "%s" "-Dmaven.repo.local=%s" "$@"
                """
                        .formatted(
                                Path.of(System.getProperty("maven.home"), "bin", "mvn"),
                                settings,
                                folder().resolve("local")));
        script(
                bin.resolve("andiron"),
                """
                #!/bin/sh
                exec "$ANDIRON/bin/andiron" "$@"
                """);
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
    }

    /**
     * Types commands into a shell, which stops at the first that fails.
     *
     * @return what they said
     * @throws AssertionError if one failed
     */
    static String shell(Path where, String commands) throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder(), "shell", ".log");
        var builder =
                new ProcessBuilder("/bin/sh", "-e", "-c", commands)
                        .directory(where.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        var environment = builder.environment();
        environment.keySet().removeIf(name -> name.matches("(MAVEN|ANDIRON)_.*"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("ANDIRON_JAVA_HOME", System.getProperty("java.home"));
        environment.put("ANDIRON", home().toString());
        environment.put("PATH", folder().resolve("bin") + ":" + environment.get("PATH"));
        Process process = builder.start();
        if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException("no end of:\n" + commands + Files.readString(log));
        }
        String output = Files.readString(log);
        if (process.exitValue() != 0) {
            throw new AssertionError("this failed:\n" + commands + "\n" + output);
        }
        return output;
    }

    /** The first two are on this disk; the third is where this build itself downloads from. */
    private static String settings() {
        String installed = Path.of(System.getProperty("outsider.repository")).toUri().toString();
        String downloaded = Path.of(System.getProperty("maven.repository")).toUri().toString();
        return """
        <settings>
          <profiles>
            <profile>
              <id>outsider</id>
              <repositories>
                <repository><id>andiron</id><url>%1$s</url></repository>
                <repository><id>downloaded</id><url>%2$s</url></repository>
                <repository><id>central</id><url>%3$s</url></repository>
              </repositories>
              <pluginRepositories>
                <pluginRepository><id>downloaded</id><url>%2$s</url></pluginRepository>
                <pluginRepository><id>central</id><url>%3$s</url></pluginRepository>
              </pluginRepositories>
            </profile>
          </profiles>
          <activeProfiles>
            <activeProfile>outsider</activeProfile>
          </activeProfiles>
        </settings>
        """
                .formatted(installed, downloaded, System.getProperty("maven.central"));
    }

    /** A fresh copy of a folder, without what was built in it. */
    static Path copy(Path from, Path to) throws IOException {
        delete(to);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path relative = from.relativize(file);
                if (!relative.startsWith("target")) {
                    Path target = to.resolve(relative.toString());
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
        return to;
    }

    /** The files of a folder by their relative paths, without what was built in it. */
    static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(file -> !file.startsWith("target"))
                    .sorted()
                    .toList();
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }
}
