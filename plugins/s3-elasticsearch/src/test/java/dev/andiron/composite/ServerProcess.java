package dev.andiron.composite;

import dev.andiron.tck.fixture.ForkedJvm;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server over a composite in a process of its own, to be killed. */
final class ServerProcess implements AutoCloseable {
    private static final String MARK = "serving ";

    private final Process process;
    private final String base;

    /** Starts it, and waits until it serves. */
    ServerProcess(Path data, Map<String, String> settings) throws IOException {
        List<String> command = new ArrayList<>(ForkedJvm.command(ServerProcess.class));
        command.add(1, "-XX:TieredStopAtLevel=1");
        command.add(ServerProcess.class.getName());
        command.add(data.toString());
        settings.forEach((name, value) -> command.add(name + "=" + value));
        Path log = data.resolve("server.log");
        process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        String line;
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        do {
            line = out.readLine();
            if (line == null) {
                throw new IOException("the server ended, see " + log);
            }
        } while (!line.startsWith(MARK));
        base = line.substring(MARK.length());
    }

    /** Where it answers. */
    String base() {
        return base;
    }

    /** Ends it at once. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    /**
     * Serves until it is killed.
     *
     * @param arguments the folder for data, and settings
     */
    public static void main(String[] arguments) throws Exception {
        var settings = new HashMap<String, String>();
        for (int i = 1; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            settings.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
        }
        try (var server = new CompositeServer(Path.of(arguments[0]), settings)) {
            System.out.println(MARK + server.base());
            System.out.flush();
            // Its parent has the other end.
            System.in.readAllBytes();
        }
    }
}
