package dev.andiron.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is read by hand, and what is left to the library. */
class PlainServeTest {
    private static Optional<PlainServe> of(String line) {
        return PlainServe.of(line.split(" "));
    }

    @Test
    void theUsualCallsAreRead() {
        assertEquals(
                Optional.of(new PlainServe(Optional.empty(), Path.of("data"), Map.of())),
                of("serve"));
        assertEquals(
                Optional.of(
                        new PlainServe(
                                Optional.of(Path.of("conf/a.yaml")),
                                Path.of("/srv/andiron"),
                                Map.of("server.port", "8080", "server.host", "0.0.0.0"))),
                of(
                        "serve --port 08080 --host 0.0.0.0 --config conf/a.yaml --data"
                                + " /srv/andiron"));
    }

    @Test
    void whatIsNotUnderstoodIsLeftToTheLibrary() {
        var others =
                List.of(
                        "load",
                        "serve --help",
                        "serve --port",
                        "serve --port x",
                        "serve --port -1",
                        "serve --port=8080",
                        "serve --port 1 --port 2",
                        "serve --host --port",
                        "serve --data \"a",
                        "serve --verbose --port 1",
                        "serve --prot 8080",
                        "serve x --port");
        for (String line : others) {
            assertEquals(Optional.empty(), of(line), line);
        }
        assertEquals(Optional.empty(), PlainServe.of());
    }
}
