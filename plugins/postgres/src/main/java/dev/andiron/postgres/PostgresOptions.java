package dev.andiron.postgres;

import dev.andiron.postgres.TenancyOptions.Tenancy;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.time.Duration;
import java.util.ArrayList;
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
        TenancyOptions tenancy,
        TlsOptions tls,
        int poolSize,
        Duration poolTimeout,
        Duration connectTimeout,
        Duration statementTimeout,
        Duration lockTimeout,
        SqlOptions sql) {

    /** A name that needs no quotes anywhere, also in a search path. */
    private static final Pattern SCHEMA_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private static final Pattern OWN_PARAMETERS =
            Pattern.compile(
                    "[?&](password|sslmode|sslrootcert|sslcert|sslkey|sslpassword"
                            + "|currentSchema|options)=");

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
                    "password-file",
                    "a file whose first line is the password, read again for each connection");
    private static final Option<String> SCHEMA =
            Option.string(
                    "schema",
                    "andiron",
                    "the schema of all tables, made if it is not there: lower case letters, digits"
                            + " and underscores");
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

    static final List<Option<?>> ALL = all();

    private static List<Option<?>> all() {
        var all = new ArrayList<Option<?>>(List.of(URL, USER, PASSWORD, PASSWORD_FILE, SCHEMA));
        all.addAll(TenancyOptions.ALL);
        all.addAll(TlsOptions.ALL);
        all.addAll(
                List.of(POOL_SIZE, POOL_TIMEOUT, CONNECT_TIMEOUT, STATEMENT_TIMEOUT, LOCK_TIMEOUT));
        all.addAll(SqlOptions.ALL);
        return List.copyOf(all);
    }

    static PostgresOptions of(Options options) {
        if (options.find(PASSWORD).isPresent() && options.find(PASSWORD_FILE).isPresent()) {
            throw new IllegalArgumentException(
                    "options 'password' and 'password-file' are both set; one is enough");
        }
        checkUrl(URL, options.get(URL));
        var tenancy = TenancyOptions.of(options);
        if (!SCHEMA_NAME.matcher(options.get(SCHEMA)).matches()) {
            throw new IllegalArgumentException(
                    "option 'schema' takes lower case letters, digits and underscores");
        }
        if (tenancy.tenancy() == Tenancy.SCHEMA
                && options.get(SCHEMA).length() >= PlaceName.LONGEST - PlaceName.SHORTEST_ROOM) {
            throw new IllegalArgumentException(
                    "option 'schema' leaves no room for tenants in the names of their schemas");
        }
        return new PostgresOptions(
                options.get(URL),
                options.find(USER),
                options.find(PASSWORD),
                options.find(PASSWORD_FILE),
                options.get(SCHEMA),
                tenancy,
                TlsOptions.of(options),
                bounded(options, POOL_SIZE, 1000),
                atLeast(options, POOL_TIMEOUT, Duration.ofMillis(250)),
                atLeast(options, CONNECT_TIMEOUT, Duration.ofSeconds(1)),
                atLeast(options, STATEMENT_TIMEOUT, Duration.ofSeconds(1)),
                atLeast(options, LOCK_TIMEOUT, Duration.ofMillis(100)),
                SqlOptions.of(options));
    }

    /** The same for the role that runs SQL over views. */
    PostgresOptions ofSqlUser() {
        return new PostgresOptions(
                url,
                sql.user(),
                sql.password(),
                sql.passwordFile(),
                schema,
                tenancy,
                tls,
                poolSize,
                poolTimeout,
                connectTimeout,
                statementTimeout,
                lockTimeout,
                sql);
    }

    /** Secrets have options of their own, which are masked; so has TLS, whose defaults are ours. */
    static void checkUrl(Option<String> option, String url) {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "option '%s' takes jdbc:postgresql://HOST:PORT/DATABASE"
                            .formatted(option.name()));
        }
        var refused = OWN_PARAMETERS.matcher(url);
        if (refused.find()) {
            throw new IllegalArgumentException(
                    "option '%s' takes no parameter '%s': there are options for it"
                            .formatted(option.name(), refused.group(1)));
        }
        try {
            Connector.databaseName(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "option '%s' takes jdbc:postgresql://HOST:PORT/DATABASE"
                            .formatted(option.name()),
                    e);
        }
    }

    static int bounded(Options options, Option<Long> option, int most) {
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

    /** Without the secret. */
    @Override
    public String toString() {
        return "PostgreSQL " + schema + " at " + url;
    }
}
