package dev.andiron.server.cli;

import dev.andiron.kernel.config.ConfigurationSource;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The usual calls of {@link ServeCommand}, read by hand: the library that reads command lines takes
 * as long for it as all else of a start takes together. Whatever is not understood here, help and
 * mistakes among them, is left to the library.
 *
 * @param file the configuration that the command line names
 * @param data the folder for data
 * @param overrides values by dotted key
 */
record PlainServe(Optional<Path> file, Path data, Map<String, String> overrides) {

    /** Empty unless the arguments are {@code serve} and options of it, each once. */
    static Optional<PlainServe> of(String... arguments) {
        if (arguments.length % 2 == 0 || !arguments[0].equals("serve")) {
            return Optional.empty();
        }
        var given = new HashMap<String, String>();
        for (int i = 1; i < arguments.length; i += 2) {
            String value = arguments[i + 1];
            boolean plain =
                    switch (arguments[i]) {
                        case "--port" -> value.matches("[0-9]{1,5}");
                        case "--host", "--config", "--data" -> value.matches("[A-Za-z0-9./_-]+");
                        default -> false;
                    };
            if (!plain || value.startsWith("-") || given.put(arguments[i], value) != null) {
                return Optional.empty();
            }
        }
        var overrides = new HashMap<String, String>();
        if (given.containsKey("--port")) {
            overrides.put("server.port", String.valueOf(Integer.parseInt(given.get("--port"))));
        }
        if (given.containsKey("--host")) {
            overrides.put("server.host", given.get("--host"));
        }
        return Optional.of(
                new PlainServe(
                        Optional.ofNullable(given.get("--config")).map(Path::of),
                        Path.of(given.getOrDefault("--data", ConfigurationOptions.DATA)),
                        Map.copyOf(overrides)));
    }

    /** Where the configuration comes from. */
    ConfigurationSource source() {
        return ConfigurationOptions.source(file, data, overrides);
    }

    /** Serves until the process is told to end, and gives the exit code if it cannot. */
    int run() {
        Charset charset = System.out.charset();
        try {
            RunningServer.serve(source(), new PrintWriter(System.out, true, charset));
            return ExitCodes.DONE;
        } catch (InterruptedException | RuntimeException e) {
            return Messages.tell(e, new PrintWriter(System.err, true, charset));
        }
    }
}
