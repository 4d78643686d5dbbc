package dev.andiron.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.andiron.spi.Health;
import dev.andiron.spi.Option;
import dev.andiron.spi.StorageException;

import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.WeakHashMap;

/**
 * The connections of one node, each with bounds on how long it may work, wait and idle. A session
 * is lent for one tenant, whose rows are all that it sees. Safe for use by many threads.
 */
final class Database implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(1);

    /** Tries of what a lost connection interrupted. */
    private static final int TRIES = 3;

    private final PostgresOptions options;
    private final String application = "andiron-" + UUID.randomUUID();
    private final HikariDataSource pool;
    private volatile boolean failing;

    /** The tenant that a connection has named to the server. */
    private final Map<PGConnection, Integer> tenants =
            Collections.synchronizedMap(new WeakHashMap<>());

    /** What is done with a session. */
    @FunctionalInterface
    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    Database(PostgresOptions options) {
        this.options = options;
        var config = new HikariConfig();
        config.setDataSource(source(options, application));
        config.setPoolName("postgres-" + options.schema());
        config.setMaximumPoolSize(options.poolSize());
        config.setMinimumIdle(Math.min(2, options.poolSize()));
        config.setConnectionTimeout(options.poolTimeout().toMillis());
        config.setIdleTimeout(Duration.ofMinutes(2).toMillis());
        config.setMaxLifetime(Duration.ofMinutes(30).toMillis());
        config.setKeepaliveTime(Duration.ofMinutes(1).toMillis());
        // The first connection is made by the migration, which says what is wrong.
        config.setInitializationFailTimeout(-1);
        config.setRegisterMbeans(false);
        pool = new HikariDataSource(config);
    }

    private static PGSimpleDataSource source(PostgresOptions options, String application) {
        var source = new PGSimpleDataSource();
        source.setUrl(options.url());
        options.user().ifPresent(source::setUser);
        options.secret().ifPresent(source::setPassword);
        source.setSslMode(Option.word(options.tls()));
        options.tlsRootCertificate().ifPresent(source::setSslRootCert);
        source.setCurrentSchema(options.schema());
        source.setApplicationName(application);
        source.setConnectTimeout((int) options.connectTimeout().toSeconds());
        // For a server that has gone silent; one that lives ends statements itself before that.
        source.setSocketTimeout((int) options.statementTimeout().toSeconds() + 15);
        source.setTcpKeepAlive(true);
        source.setReWriteBatchedInserts(true);
        long statement = options.statementTimeout().toMillis();
        source.setOptions(
                "-c statement_timeout="
                        + statement
                        + " -c lock_timeout="
                        + options.lockTimeout().toMillis()
                        + " -c idle_in_transaction_session_timeout="
                        + statement
                        + " -c jit=off -c random_page_cost=1.1"
                        + " -c default_transaction_isolation=read\\ committed");
        return source;
    }

    PostgresOptions options() {
        return options;
    }

    /** What this node's connections are called in {@code pg_stat_activity}. */
    String application() {
        return application;
    }

    /** Lends a session for what changes nothing, or may be done twice. Without a tenant. */
    <T> T administer(Work<T> work) {
        return repeatably(0, work);
    }

    /** Lends a session for what changes nothing, or may be done twice. */
    <T> T repeatably(int tenant, Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(tenant, work);
            } catch (SQLException e) {
                if (attempt == TRIES || !PostgresErrors.isLostConnection(e)) {
                    throw PostgresErrors.of(e);
                }
            }
        }
    }

    /** Lends a session, and leaves errors to the caller. */
    <T> T once(int tenant, Work<T> work) throws SQLException {
        // The socket of an interrupted virtual thread closes itself, whatever was about to be read.
        boolean interrupted = Thread.interrupted();
        try (Connection connection = connection()) {
            name(connection, tenant);
            var session = new Session(connection);
            try {
                return work.run(session);
            } finally {
                session.rollback();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Connection connection() throws SQLException {
        if (pool.isClosed()) {
            throw new StorageException.Unavailable("the backend is closed", SOON, null);
        }
        try {
            Connection connection = pool.getConnection();
            failing = false;
            return connection;
        } catch (SQLException e) {
            failing = pool.getHikariPoolMXBean().getTotalConnections() == 0;
            throw e;
        }
    }

    private void name(Connection connection, int tenant) throws SQLException {
        var key = connection.unwrap(PGConnection.class);
        if (Integer.valueOf(tenant).equals(tenants.get(key))) {
            return;
        }
        tenants.remove(key);
        try (var statement =
                connection.prepareStatement("SELECT set_config('andiron.tenant', ?, false)")) {
            statement.setString(1, tenant == 0 ? "" : Integer.toString(tenant));
            statement.execute();
        }
        tenants.put(key, tenant);
    }

    /** From what the last requests met; asks nobody. */
    Health health() {
        var state = pool.getHikariPoolMXBean();
        if (failing) {
            return new Health.Down("the database cannot be reached");
        }
        return state != null && state.getThreadsAwaitingConnection() > options.poolSize()
                ? new Health.Degraded(
                        "%d requests wait for one of %d connections"
                                .formatted(
                                        state.getThreadsAwaitingConnection(), options.poolSize()))
                : new Health.Up();
    }

    @Override
    public void close() {
        pool.close();
    }
}
