package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.postgres.TlsOptions.Mode;
import dev.andiron.spi.Backend;
import dev.andiron.spi.Options;
import dev.andiron.spi.metric.Meters;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server that takes connections by TLS only, with certificates that are made here. */
class PostgresTlsTest {
    private static final String PASSWORD = "changeit";

    /** To one database anybody may come, to the other who has a certificate of its role. */
    private static final String ACCESS =
            """
            hostssl certified andiron 127.0.0.1/32 cert
            hostssl all all 127.0.0.1/32 trust
            """;

    @TempDir private Path folder;

    /** A key and a certificate, which only it itself vouches for, as PEM files. */
    private void make(String name, String subject) throws Exception {
        Path store = folder.resolve(name + ".p12");
        keytool(
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "RSA",
                "-dname",
                "CN=" + subject,
                "-ext",
                "SAN=dns:" + subject,
                "-keystore",
                store.toString());
        keytool(
                "-exportcert",
                "-rfc",
                "-alias",
                name,
                "-keystore",
                store.toString(),
                "-file",
                certificate(name).toString());
        var key = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        Files.writeString(
                key(name),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(
                                        key.getKey(name, PASSWORD.toCharArray()).getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.setPosixFilePermissions(key(name), PosixFilePermissions.fromString("rw-------"));
    }

    private Path certificate(String name) {
        return folder.resolve(name + ".crt");
    }

    private Path key(String name) {
        return folder.resolve(name + ".key");
    }

    private void keytool(String... words) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(words));
        command.addAll(List.of("-storepass", PASSWORD));
        Path log = folder.resolve("keytool.log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        int code = process.waitFor();
        assertEquals(0, code, Files.readString(log));
    }

    private OwnServer start() throws IOException, SQLException {
        OwnServer server = OwnServer.start(folder);
        try (Connection superuser = server.superuser("postgres");
                var statement = superuser.createStatement()) {
            statement.execute("CREATE DATABASE certified OWNER andiron TEMPLATE template0");
        }
        server.stop("fast");
        Files.writeString(
                server.data().resolve("postgresql.conf"),
                "ssl = on\nssl_cert_file = '%s'\nssl_key_file = '%s'\nssl_ca_file = '%s'\n"
                        .formatted(certificate("server"), key("server"), certificate("client")),
                StandardOpenOption.APPEND);
        Files.writeString(server.data().resolve("pg_hba.conf"), ACCESS);
        server.start();
        return server;
    }

    private static PostgresOptions options(String url, Map<String, ?> more) {
        var options = new HashMap<String, Object>(more);
        options.put("url", url);
        options.put("user", "andiron");
        return PostgresOptions.of(Options.of(PostgresOptions.ALL, options));
    }

    private static void connect(String url, Map<String, ?> more) throws SQLException {
        try (Connection connection = new Connector(options(url, more), url, "tls").getConnection();
                var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
            assertTrue(row.next() && row.getBoolean(1));
        }
    }

    private static void assertRefused(String reason, String url, Map<String, ?> more) {
        Throwable refused = assertThrows(SQLException.class, () -> connect(url, more));
        var reasons = new StringBuilder();
        for (Throwable each = refused; each != null; each = each.getCause()) {
            reasons.append(each).append('\n');
        }
        assertTrue(reasons.toString().contains(reason), reasons::toString);
    }

    @Test
    void connectionsAreProtectedAsTheOptionsSay() throws Exception {
        make("server", "localhost");
        make("client", "andiron");
        String root = certificate("server").toString();
        var full = Map.of("tls", Mode.VERIFY_FULL, "tls-root-certificate", root);
        try (OwnServer server = start()) {
            String named = "jdbc:postgresql://localhost:" + server.port() + "/andiron";
            String numbered = "jdbc:postgresql://127.0.0.1:" + server.port() + "/andiron";
            try (Backend node =
                    PostgresBackend.open(
                            options(named, full), InstantSource.system(), Meters.none())) {
                Tenant tenant = Tenant.of(node, "tls");
                tenant.create(Resources.patient("1"));
                assertEquals(1, tenant.currentVersion(Resources.patient("1")));
            }
            connect(named, full);
            connect(numbered, Map.of("tls", Mode.REQUIRE));
            connect(numbered, Map.of("tls", Mode.PREFER));
            connect(numbered, Map.of("tls", Mode.VERIFY_CA, "tls-root-certificate", root));
            assertRefused("pg_hba.conf", numbered, Map.of("tls", Mode.DISABLE));
            assertRefused("could not be verified", numbered, full);
            assertRefused(
                    "PKIX path building failed",
                    named,
                    Map.of(
                            "tls",
                            Mode.VERIFY_FULL,
                            "tls-root-certificate",
                            certificate("client").toString()));
            String certified = "jdbc:postgresql://localhost:" + server.port() + "/certified";
            assertRefused("certificate", certified, full);
            connect(
                    certified,
                    Map.of(
                            "tls",
                            Mode.VERIFY_FULL,
                            "tls-root-certificate",
                            root,
                            "tls-certificate",
                            certificate("client").toString(),
                            "tls-key",
                            key("client").toString()));
        }
    }
}
