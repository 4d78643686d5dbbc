package dev.andiron.elasticsearch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import dev.andiron.spi.StorageException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** How a node proves who it is, and whom it trusts. A server that finds nothing is enough. */
class ConnectionTest {
    private static final String PASSWORD = "changeit";

    @TempDir Path folder;
    private final List<String> authorizations = new ArrayList<>();

    @Test
    void credentialsComeFromOptionsOrFiles() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
        String basic =
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString("ann:s3cret".getBytes(StandardCharsets.UTF_8));
        HttpServer server = HttpServer.create(local(), 10);
        URI url = listen(server, "http");
        try {
            ask(url, Map.of("user", "ann", "password", "s3cret"));
            ask(url, Map.of("user", "ann", "password-file", secret.toString()));
            ask(url, Map.of("api-key", "s3cret"));
            ask(url, Map.of("api-key-file", secret.toString()));
            ask(url, Map.of());
        } finally {
            server.stop(0);
        }
        assertEquals(
                List.of(basic, basic, "ApiKey s3cret", "ApiKey s3cret", "null"), authorizations);
    }

    @Test
    void certificatesAreThoseOfTheFile()
            throws IOException, GeneralSecurityException, InterruptedException {
        Path store = folder.resolve("keys.p12");
        Path certificate = folder.resolve("certificate.pem");
        keytool(
                store,
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1");
        keytool(store, "-exportcert", "-rfc", "-file", certificate.toString());
        HttpsServer server = HttpsServer.create(local(), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(context(store)));
        URI url = listen(server, "https");
        try {
            ask(url, Map.of("ca-certificates", certificate.toString()));
            assertEquals(1, authorizations.size());
            assertThrows(StorageException.Unavailable.class, () -> ask(url, Map.of()));
            assertEquals(1, authorizations.size(), "nothing is sent to whom it does not trust");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whatContradictsItselfIsRefused() {
        for (Map<String, Object> options :
                List.<Map<String, Object>>of(
                        Map.of("user", "ann"),
                        Map.of("password", "x"),
                        Map.of("user", "ann", "password", "x", "password-file", "y"),
                        Map.of("user", "ann", "password", "x", "api-key", "y"),
                        Map.of("api-key", "x", "api-key-file", "y"),
                        Map.of("index-prefix", "Upper"),
                        Map.of("bulk-bytes", 1L),
                        Map.of("groups", 0L),
                        Map.of("url", "ftp://127.0.0.1"),
                        Map.of("url", "http://ann:x@127.0.0.1"),
                        Map.of("url", "http://127.0.0.1,nowhere"))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Followed.open(URI.create("http://127.0.0.1:1"), folder, options),
                    options.toString());
        }
    }

    private void ask(URI url, Map<String, ?> options) {
        try (var followed = Followed.open(url, folder, options)) {
            assertEquals(List.of(), followed.search("x"));
        }
    }

    private static InetSocketAddress local() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private URI listen(HttpServer server, String scheme) {
        server.createContext(
                "/",
                exchange -> {
                    authorizations.add(
                            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
                    byte[] answer =
                            "{\"error\":\"none\",\"status\":404}".getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("X-elastic-product", "Elasticsearch");
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(404, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
        return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
    }

    private static SSLContext context(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(Path store, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(
                List.of(
                        "-alias",
                        "node",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertEquals(0, process.waitFor(), command.toString());
    }
}
