package dev.andiron.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;

import dev.andiron.spi.Health;
import dev.andiron.spi.StorageException;

import org.postgresql.PGConnection;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The connections of one node, each with bounds on how long it may work, wait and idle. A session
 * is lent for the tables of one schema and for one tenant, whose rows are all that it sees. Safe
 * for use by many threads.
 */
final class Database implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Database.class.getName());
    private static final Duration SOON = Duration.ofSeconds(1);

    /**
     * Statements say by themselves what to begin with and by which index to go on, from counts that
     * were taken before, so their plans are kept whatever the values: to plan takes several times
     * as long as to find a page. Each value is looked up; nothing is read as a whole to be joined.
     */
    private static final String PLANS =
            " -c plan_cache_mode=force_generic_plan -c enable_hashjoin=off -c enable_mergejoin=off"
                    + " -c enable_seqscan=off";

    /** Tries of what a lost connection interrupted. */
    private static final int TRIES = 3;

    /** Lasts until the connection is lent for something else. */
    private static final String SHOW =
            "SELECT set_config('search_path', ?, false), set_config('andiron.tenant', ?, false),"
                    + " set_config('andiron.tenant_name', ?, false)";

    private final PostgresOptions options;
    private final Connector connector;
    private final String url;
    private final int size;
    private final String application = "andiron-" + UUID.randomUUID();
    private final HikariDataSource pool;
    private final AtomicLong distrusted = new AtomicLong(System.nanoTime() - SOON.toNanos());
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile boolean failing;

    /** What a connection has told the server. */
    private final Map<PGConnection, View> views = Collections.synchronizedMap(new WeakHashMap<>());

    /** Which tables a session means, and whose rows it sees. */
    private record View(String schema, Scope scope) {}

    /** What is done with a session. */
    @FunctionalInterface
    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    /** The database that holds everything, or all that is not a tenant's own. */
    Database(PostgresOptions options, PoolMeters meters) {
        this(options, options.url(), options.poolSize(), Math.min(2, options.poolSize()), meters);
    }

    /**
     * @param idle how many connections are kept while nobody needs them
     */
    Database(PostgresOptions options, String url, int size, int idle, PoolMeters meters) {
        this.options = options;
        this.url = url;
        this.size = size;
        connector = new Connector(options, url, application);
        connector.setOptions(connector.getOptions() + PLANS);
        connector.setPrepareThreshold(2);
        var config = new HikariConfig();
        config.setDataSource(connector);
        config.setPoolName("postgres-" + connector.getDatabaseName());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(idle);
        config.setConnectionTimeout(options.poolTimeout().toMillis());
        config.setIdleTimeout(Duration.ofMinutes(2).toMillis());
        config.setMaxLifetime(Duration.ofMinutes(30).toMillis());
        config.setKeepaliveTime(Duration.ofMinutes(1).toMillis());
        // The first connection is made by the migration, which says what is wrong.
        config.setInitializationFailTimeout(-1);
        config.setRegisterMbeans(false);
        config.setExceptionOverride(new StandbyEviction());
        config.setMetricsTrackerFactory(meters);
        pool = new HikariDataSource(config);
    }

    /** Connections to what has become a standby are given up, as if they had been lost. */
    private static final class StandbyEviction implements SQLExceptionOverride {
        @java.lang.Override
        public Override adjudicate(SQLException error) {
            return PostgresErrors.isStandby(error) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
        }
    }

    /** What this node's connections are called in {@code pg_stat_activity}. */
    String application() {
        return application;
    }

    /** Makes a connection that is not pooled, to see whether the database is there. */
    Connection connect() throws SQLException {
        return connector.getConnection();
    }

    /** The same to another database of the server. */
    Connection connectTo(String database) throws SQLException {
        var other = new Connector(options, url, application);
        other.setDatabaseName(database);
        return other.getConnection();
    }

    /** The name of the database. */
    String name() {
        return connector.getDatabaseName();
    }

    /** Lends a session for what changes nothing, or may be done twice. */
    <T> T repeatably(String schema, Scope scope, Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(schema, scope, work);
            } catch (SQLException e) {
                if (attempt == TRIES || !PostgresErrors.isInterruption(e)) {
                    throw PostgresErrors.of(e);
                }
            }
        }
    }

    /** Lends a session, and leaves errors to the caller. */
    <T> T once(String schema, Scope scope, Work<T> work) throws SQLException {
        // The socket of an interrupted virtual thread closes itself, whatever was about to be read.
        boolean interrupted = Thread.interrupted();
        try (Connection connection = connection()) {
            show(connection, new View(schema, scope));
            var session = new Session(connection);
            try {
                return work.run(session);
            } finally {
                session.rollback();
            }
        } catch (SQLException e) {
            if (PostgresErrors.isLostConnection(e)) {
                distrustPool();
            }
            throw e;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * When one connection was lost, all are likely to have been, by a restart or a failover: they
     * are made anew, instead of each being found out by a request.
     */
    private void distrustPool() {
        long now = System.nanoTime();
        long last = distrusted.get();
        if (now - last > SOON.toNanos() && distrusted.compareAndSet(last, now)) {
            pool.getHikariPoolMXBean().softEvictConnections();
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

    private void show(Connection connection, View view) throws SQLException {
        var key = connection.unwrap(PGConnection.class);
        if (view.equals(views.get(key))) {
            return;
        }
        views.remove(key);
        try (var statement = connection.prepareStatement(SHOW)) {
            int number = view.scope().number();
            statement.setString(1, PlaceName.quoted(view.schema()));
            statement.setString(2, number == 0 ? "" : Integer.toString(number));
            statement.setString(3, view.scope().tenant());
            statement.execute();
        }
        views.put(key, view);
    }

    /**
     * Whether the last connection that was asked for could not be made. If so, another is asked for
     * meanwhile: who is told that this node is down sends it no requests that would find out that
     * the database is back.
     */
    boolean failing() {
        boolean answer = failing;
        if (answer && asking.compareAndSet(false, true)) {
            Thread.ofVirtual().name("postgres-health").start(this::askAgain);
        }
        return answer;
    }

    private void askAgain() {
        try (Connection _ = connection()) {
            LOG.log(System.Logger.Level.INFO, "the database can be reached again");
        } catch (SQLException | StorageException.Unavailable stillAway) {
            LOG.log(System.Logger.Level.DEBUG, "the database cannot be reached", stillAway);
        } finally {
            asking.set(false);
        }
    }

    /** From what the last requests met; waits for nobody. */
    Health health() {
        var state = pool.getHikariPoolMXBean();
        if (failing()) {
            return new Health.Down("the database cannot be reached");
        }
        return state != null && state.getThreadsAwaitingConnection() > size
                ? new Health.Degraded(
                        "%d requests wait for one of %d connections"
                                .formatted(state.getThreadsAwaitingConnection(), size))
                : new Health.Up();
    }

    @Override
    public void close() {
        pool.close();
    }
}
