package dev.andiron.server.cli;

import picocli.CommandLine.Option;

import java.net.URI;
import java.util.Optional;

/** The options of commands that talk to a running server: which one, and about whose data. */
final class ServerAddress {
    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080/fhir",
            description = "The FHIR base (default: ${DEFAULT-VALUE}).")
    private URI server;

    @Option(
            names = "--tenant",
            paramLabel = "ID",
            description = "Whose data it is about (default: the server's default tenant).")
    private Optional<String> tenant = Optional.empty();

    /**
     * The FHIR base, without a slash at its end.
     *
     * @throws UsageException if it is no address of a server
     */
    URI base() {
        String scheme = String.valueOf(server.getScheme());
        if (!scheme.equals("http") && !scheme.equals("https") || server.getHost() == null) {
            throw new UsageException(
                    "--server takes an address such as http://127.0.0.1:8080/fhir, not " + server);
        }
        return URI.create(server.toString().replaceAll("/+$", ""));
    }

    /** Empty for the server's default tenant. */
    Optional<String> tenant() {
        return tenant;
    }
}
