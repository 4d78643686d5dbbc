package dev.andiron.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A third party on this machine: a folder of its own, a Maven of its own that knows nothing of this
 * build but the repository that the published artifacts were installed into, and a distribution of
 * its own to put plugins into. What this build has downloaded it need not download again.
 */
final class Outsider {
    private static final long BUILD_MINUTES = 10;

    private Outsider() {}

    static Path folder() {
        return Path.of(System.getProperty("outsider.folder"));
    }

    /** Where the distribution with the third party's plugins is. */
    static Path home() {
        return folder().resolve("andiron");
    }

    /**
     * Builds a project as its author would, by {@code mvn verify}.
     *
     * @return what Maven said
     */
    static String build(Path project, String... more) throws IOException, InterruptedException {
        Path settings = Files.writeString(folder().resolve("settings.xml"), settings());
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("maven.home"), "bin", "mvn").toString());
        command.addAll(
                List.of(
                        "--batch-mode",
                        "--no-transfer-progress",
                        "--settings",
                        settings.toString(),
                        "-Dmaven.repo.local=" + folder().resolve("local")));
        command.addAll(List.of(more));
        command.add("verify");
        Path log = folder().resolve(project.getFileName() + ".log");
        var builder =
                new ProcessBuilder(command)
                        .directory(project.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().keySet().removeIf(name -> name.startsWith("MAVEN_"));
        Process process = builder.start();
        if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException("the build does not end:\n" + Files.readString(log));
        }
        String output = Files.readString(log);
        if (process.exitValue() != 0) {
            throw new AssertionError("the build failed:\n" + output);
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

    private static void delete(Path folder) throws IOException {
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
