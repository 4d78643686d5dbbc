package dev.andiron.postgres;

import dev.andiron.spi.StorageException;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where tenants' tables are, by the configured tenancy: all in the same, each in a schema or in a
 * database of its own. What is not there is made when a tenant is written to for the first time.
 * Safe for use by many threads.
 */
final class Places implements AutoCloseable {
    /** A database that every server has, to be connected to while another is made. */
    private static final String MAINTENANCE = "postgres";

    private final PostgresOptions options;
    private final Tables base;
    private final PoolMeters meters;
    private final Map<String, Database> databases = new ConcurrentHashMap<>();

    /**
     * @param base the tables of jobs and of the directory of tenants
     */
    Places(PostgresOptions options, Tables base, PoolMeters meters) {
        this.options = options;
        this.base = base;
        this.meters = meters;
    }

    /** Whether a place is known to be there as soon as the directory knows the tenant. */
    boolean areMade() {
        return switch (options.tenancy().tenancy()) {
            case SHARED -> false;
            case SCHEMA, DATABASE -> true;
        };
    }

    /** The place of a tenant that the directory has: up to date, and there. */
    Place open(String tenant, int number) {
        return switch (options.tenancy().tenancy()) {
            case SHARED -> place(base, tenant, number);
            case SCHEMA -> place(migrated(tenant, ownSchema(tenant)), tenant, number);
            case DATABASE -> place(migrated(tenant, ownDatabase(tenant)), tenant, number);
        };
    }

    /** Makes the tables of a tenant that the directory may not have yet. May be done twice. */
    void make(String tenant) {
        try {
            switch (options.tenancy().tenancy()) {
                case SHARED -> {}
                case SCHEMA -> Schema.migrate(ownSchema(tenant));
                case DATABASE -> makeDatabase(tenant);
            }
        } catch (StorageException.NotPermitted e) {
            throw new StorageException.NotPermitted(
                    "the tenant %s is new, and has no place: %s".formatted(tenant, e.getMessage()));
        }
    }

    private static Tables migrated(String tenant, Tables tables) {
        if (!Schema.exists(tables)) {
            throw new StorageException.Corrupt(
                    "the tables of the tenant %s are gone: the schema %s of the database %s"
                            .formatted(tenant, tables.schema(), tables.database().name()),
                    null);
        }
        Schema.migrate(tables);
        return tables;
    }

    private Place place(Tables tables, String tenant, int number) {
        // Schemas of one database announce commits apart from each other.
        int announcement =
                options.schema().hashCode() + (tables.schema().equals(base.schema()) ? 0 : number);
        return new Place(tables, new Scope(tenant, number), announcement);
    }

    private Tables ownSchema(String tenant) {
        String prefix = base.schema() + "_";
        return new Tables(
                base.database(),
                prefix + PlaceName.within(PlaceName.LONGEST - prefix.length(), tenant));
    }

    private Tables ownDatabase(String tenant) {
        return new Tables(databases.computeIfAbsent(tenant, this::connectTo), options.schema());
    }

    private Database connectTo(String tenant) {
        String template = options.tenancy().url().orElseThrow();
        int taken =
                Connector.databaseName(template.replace(TenancyOptions.PLACEHOLDER, "")).length();
        return new Database(
                options,
                template.replace(
                        TenancyOptions.PLACEHOLDER,
                        PlaceName.within(PlaceName.LONGEST - taken, tenant)),
                options.tenancy().poolSize(),
                0,
                meters);
    }

    private void makeDatabase(String tenant) {
        Tables tables = ownDatabase(tenant);
        try {
            try (Connection _ = tables.database().connect()) {
                // It is there.
            } catch (SQLException e) {
                if (!PostgresErrors.isNoSuchDatabase(e)) {
                    throw e;
                }
                create(tables.database());
            }
            Schema.migrate(tables);
        } catch (SQLException e) {
            forget(tenant);
            throw PostgresErrors.of(e);
        } catch (StorageException e) {
            forget(tenant);
            throw e;
        }
    }

    private void forget(String tenant) {
        Optional.ofNullable(databases.remove(tenant)).ifPresent(Database::close);
    }

    private static void create(Database database) throws SQLException {
        try (Connection connection = database.connectTo(MAINTENANCE);
                var statement = connection.createStatement()) {
            statement.execute(
                    "CREATE DATABASE "
                            + PlaceName.quoted(database.name())
                            + " ENCODING 'UTF8' TEMPLATE template0");
        } catch (SQLException e) {
            if (PostgresErrors.lacksPrivilege(e)) {
                throw new StorageException.NotPermitted(
                        "the database %s is not there, and the database role may not make it"
                                .formatted(database.name()));
            }
            // Of nodes that make it at once the others find that it is there.
            if (!PostgresErrors.isAlreadyThere(e)) {
                throw e;
            }
        }
    }

    /** A tenant's database that could not be reached when it was last needed. */
    Optional<String> unreachable() {
        return databases.values().stream()
                .filter(Database::failing)
                .map(Database::name)
                .sorted()
                .findFirst();
    }

    @Override
    public void close() {
        databases.values().forEach(Database::close);
    }
}
