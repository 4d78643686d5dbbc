package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.config.Configuration;
import dev.andiron.kernel.config.ConfigurationException;
import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.kernel.config.PluginCatalog;
import dev.andiron.spi.Option;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the secret of links comes from. */
class LinkKeyTest {
    private static final String SECRET = "0123456789-0123456789-0123456789";
    private static final String KEY = "server.link-key";
    private static final String FILE = "server.link-key-file";

    /** One plugin without options. */
    private record OnePlugin() implements PluginCatalog {
        @Override
        public List<String> names() {
            return List.of("any");
        }

        @Override
        public Optional<List<Option<?>>> options(String plugin) {
            return Optional.of(List.of());
        }

        @Override
        public Optional<String> failure(String plugin) {
            return Optional.empty();
        }
    }

    @TempDir private Path data;

    private Configuration configuration(Map<String, String> values) {
        var all = new HashMap<>(values);
        all.put("backends.main.plugin", "any");
        return Configuration.load(
                new ConfigurationSource(Optional.empty(), Map.of(), all, data),
                ServerOptions.sections(),
                _ -> new OnePlugin());
    }

    private byte[] key(Map<String, String> values) throws IOException {
        return LinkKey.of(configuration(values));
    }

    private void refused(String message, Map<String, String> values) {
        var refusal = assertThrows(ConfigurationException.class, () -> key(values));
        assertTrue(refusal.getMessage().contains(message), refusal::getMessage);
        assertFalse(refusal.getMessage().contains("0123456789"), refusal::getMessage);
    }

    @Test
    void aServerKeepsItsOwnKey() throws IOException {
        byte[] first = key(Map.of());
        assertEquals(32, first.length);
        assertArrayEquals(first, key(Map.of()));
        assertFalse(ServerOptions.sharesLinks(configuration(Map.of())));
    }

    @Test
    void aGivenKeyIsTheSameEverywhere() throws IOException {
        byte[] expected = SECRET.getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(expected, key(Map.of(KEY, SECRET)));
        Files.writeString(data.resolve("key"), SECRET + "\r\nanother line");
        assertArrayEquals(expected, key(Map.of(FILE, "key")));
        assertArrayEquals(expected, key(Map.of(FILE, data.resolve("key").toString())));
        assertTrue(ServerOptions.sharesLinks(configuration(Map.of(FILE, "key"))));
        assertFalse(Files.exists(data.resolve("links.key")));
    }

    @Test
    void badKeysAreRefusedUnseen() throws IOException {
        String bounds = "a secret of 32 to 1024 bytes; there are ";
        refused("server.link-key takes " + bounds + 31, Map.of(KEY, SECRET.substring(1)));
        refused("server.link-key takes " + bounds + 1056, Map.of(KEY, SECRET.repeat(33)));
        Files.writeString(data.resolve("short"), "0123456789\n" + SECRET);
        Files.writeString(data.resolve("long"), SECRET.repeat(1000));
        Files.writeString(data.resolve("empty"), "");
        String file = "server.link-key-file names a file whose first line has to hold ";
        refused(file + bounds + 10, Map.of(FILE, "short"));
        refused(file + bounds + 1026, Map.of(FILE, "long"));
        refused(file + bounds + 0, Map.of(FILE, "empty"));
        refused("server.link-key-file names a file that cannot be read", Map.of(FILE, "none"));
        refused("together with server.link-key", Map.of(KEY, SECRET, FILE, "short"));
    }
}
