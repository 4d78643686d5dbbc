package dev.andiron.postgres;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** How far apart tenants' tables are. */
record TenancyOptions(Tenancy tenancy, Optional<String> url, int poolSize) {
    /** What a tenant's name replaces in {@code tenant-url}. */
    static final String PLACEHOLDER = "{tenant}";

    /** What tenants have of their own. */
    enum Tenancy {
        SHARED,
        SCHEMA,
        DATABASE
    }

    private static final Option<Tenancy> TENANCY =
            Option.choice(
                    "tenancy",
                    Tenancy.SHARED,
                    "shared: tenants share tables; schema: each has a schema SCHEMA_TENANT;"
                            + " database: each has a database, see tenant-url");
    private static final Option<String> TENANT_URL =
            Option.string(
                    "tenant-url",
                    "where the database of a tenant is, for tenancy database; {tenant} in the"
                            + " database's name stands for the tenant");
    private static final Option<Long> TENANT_POOL_SIZE =
            Option.integer(
                    "tenant-pool-size",
                    4,
                    "how many connections to each tenant's database this node uses, 1 to 1000");

    static final List<Option<?>> ALL = List.of(TENANCY, TENANT_URL, TENANT_POOL_SIZE);

    static TenancyOptions of(Options options) {
        Tenancy tenancy = options.get(TENANCY);
        Optional<String> url = options.find(TENANT_URL);
        if ((tenancy == Tenancy.DATABASE) != url.isPresent()) {
            throw new IllegalArgumentException(
                    "option 'tenant-url' belongs to 'tenancy' database: set both or none");
        }
        url.ifPresent(TenancyOptions::check);
        return new TenancyOptions(
                tenancy, url, PostgresOptions.bounded(options, TENANT_POOL_SIZE, 1000));
    }

    private static void check(String url) {
        PostgresOptions.checkUrl(TENANT_URL, url.replace(PLACEHOLDER, "t"));
        String database = Connector.databaseName(url.replace(PLACEHOLDER, "t"));
        String other = Connector.databaseName(url.replace(PLACEHOLDER, "u"));
        int parts = url.split(Pattern.quote(PLACEHOLDER), -1).length;
        if (parts != 2 || database.equals(other)) {
            throw new IllegalArgumentException(
                    "option 'tenant-url' takes {tenant} once, in the name of the database");
        }
        if (database.length() > PlaceName.LONGEST - PlaceName.SHORTEST_ROOM) {
            throw new IllegalArgumentException(
                    "option 'tenant-url' leaves no room for tenants in the name of the database");
        }
    }
}
