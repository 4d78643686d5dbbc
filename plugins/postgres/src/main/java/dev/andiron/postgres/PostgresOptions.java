package dev.andiron.postgres;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.StorageException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The options of the plugin, and their values for one backend. */
record PostgresOptions(
        String url,
        Optional<String> user,
        Optional<String> password,
        Optional<String> passwordFile,
        String schema,
        Tls tls,
        Optional<String> tlsRootCertificate,
        int poolSize,
        Duration poolTimeout,
        Duration connectTimeout,
        Duration statementTimeout,
        Duration lockTimeout) {

    /** How much the connection is protected; the words are PostgreSQL's. */
    enum Tls {
        DISABLE,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL
    }

    /** A name that needs no quotes anywhere, also in a search path. */
    private static final Pattern SCHEMA_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private static final Option<String> URL =
            Option.string(
                            "url",
                            "where the database is, as jdbc:postgresql://HOST:PORT/DATABASE;"
                                    + " several hosts and the driver's parameters are taken, too")
                    .required();
    private static final Option<String> USER = Option.string("user", "the database role");
    private static final Option<String> PASSWORD =
            Option.string("password", "its password").secret();
    private static final Option<String> PASSWORD_FILE =
            Option.string(
                    "password-file", "a file whose first line is the password, read at start-up");
    private static final Option<String> SCHEMA =
            Option.string(
                    "schema",
                    "andiron",
                    "the schema of all tables, made if it is not there: lower case letters, digits"
                            + " and underscores");
    private static final Option<Tls> TLS =
            Option.choice(
                    "tls",
                    Tls.PREFER,
                    "disable; prefer: if the server offers it; require: without looking at the"
                            + " certificate; verify-ca; verify-full: the host's name, too");
    private static final Option<String> TLS_ROOT_CERTIFICATE =
            Option.string(
                    "tls-root-certificate",
                    "a PEM file with the certificates that verify-ca and verify-full trust");
    private static final Option<Long> POOL_SIZE =
            Option.integer("pool-size", 16, "how many connections this node uses, 1 to 1000");
    private static final Option<Duration> POOL_TIMEOUT =
            Option.duration(
                    "pool-timeout",
                    Duration.ofSeconds(5),
                    "how long a request waits for a connection before it is refused, from 250 ms");
    private static final Option<Duration> CONNECT_TIMEOUT =
            Option.duration(
                    "connect-timeout",
                    Duration.ofSeconds(5),
                    "how long to wait for the server to accept a connection, from 1 s");
    private static final Option<Duration> STATEMENT_TIMEOUT =
            Option.duration(
                    "statement-timeout",
                    Duration.ofSeconds(30),
                    "how long one statement may take, the writing of a bundle too, from 1 s");
    private static final Option<Duration> LOCK_TIMEOUT =
            Option.duration(
                    "lock-timeout",
                    Duration.ofSeconds(10),
                    "how long a commit waits for others that write the same, from 100 ms");

    static final List<Option<?>> ALL =
            List.of(
                    URL,
                    USER,
                    PASSWORD,
                    PASSWORD_FILE,
                    SCHEMA,
                    TLS,
                    TLS_ROOT_CERTIFICATE,
                    POOL_SIZE,
                    POOL_TIMEOUT,
                    CONNECT_TIMEOUT,
                    STATEMENT_TIMEOUT,
                    LOCK_TIMEOUT);

    static PostgresOptions of(Options options) {
        if (options.find(PASSWORD).isPresent() && options.find(PASSWORD_FILE).isPresent()) {
            throw new IllegalArgumentException(
                    "options 'password' and 'password-file' are both set; one is enough");
        }
        if (!options.get(URL).startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "option 'url' takes jdbc:postgresql://HOST:PORT/DATABASE");
        }
        if (!SCHEMA_NAME.matcher(options.get(SCHEMA)).matches()) {
            throw new IllegalArgumentException(
                    "option 'schema' takes lower case letters, digits and underscores");
        }
        return new PostgresOptions(
                options.get(URL),
                options.find(USER),
                options.find(PASSWORD),
                options.find(PASSWORD_FILE),
                options.get(SCHEMA),
                options.get(TLS),
                options.find(TLS_ROOT_CERTIFICATE),
                bounded(options, POOL_SIZE, 1000),
                atLeast(options, POOL_TIMEOUT, Duration.ofMillis(250)),
                atLeast(options, CONNECT_TIMEOUT, Duration.ofSeconds(1)),
                atLeast(options, STATEMENT_TIMEOUT, Duration.ofSeconds(1)),
                atLeast(options, LOCK_TIMEOUT, Duration.ofMillis(100)));
    }

    private static int bounded(Options options, Option<Long> option, int most) {
        long value = options.get(option);
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(
                    "option '%s' takes 1 to %d, not %d".formatted(option.name(), most, value));
        }
        return (int) value;
    }

    private static Duration atLeast(Options options, Option<Duration> option, Duration least) {
        Duration value = options.get(option);
        if (value.compareTo(least) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "option '%s' takes %d ms to 1 h".formatted(option.name(), least.toMillis()));
        }
        return value;
    }

    /** The password, read from its file now if it is in one. */
    Optional<String> secret() {
        return passwordFile.map(PostgresOptions::firstLine).or(() -> password);
    }

    private static String firstLine(String file) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.findFirst().orElse("");
        } catch (IOException e) {
            throw new StorageException.Unavailable(
                    "the file named by 'password-file' cannot be read", Duration.ofSeconds(1), e);
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "PostgreSQL " + schema + " at " + url;
    }
}
