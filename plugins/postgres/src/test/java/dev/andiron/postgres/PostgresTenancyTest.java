package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.postgres.TenancyOptions.Tenancy;
import dev.andiron.spi.Backend;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Opening;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Tenants with a schema or a database of their own. */
class PostgresTenancyTest {
    /** Names that differ little, need quotes, or are too long for a name in PostgreSQL. */
    private static final List<String> TENANTS =
            List.of("ward", "Ward", "ward-7", "ward.7", "w".repeat(63), "w".repeat(64));

    private final PostgresServer server = PostgresServer.of(18);

    private Opening schemas() {
        return opening(Map.of("tenancy", Tenancy.SCHEMA));
    }

    /** Each test has its databases. */
    private Opening databases() {
        return new Opening(
                new PostgresProvider(),
                folder -> {
                    var options = new HashMap<String, Object>(server.options(folder));
                    options.put("tenancy", Tenancy.DATABASE);
                    options.put(
                            "tenant-url",
                            server.url()
                                    .replace(
                                            "/andiron?",
                                            "/" + PostgresServer.schema(folder) + "_{tenant}?"));
                    return options;
                });
    }

    private Opening opening(Map<String, ?> more) {
        return new Opening(
                new PostgresProvider(),
                folder -> {
                    var options = new HashMap<String, Object>(server.options(folder));
                    options.putAll(more);
                    return options;
                });
    }

    @Test
    void schemasKeepTenantsApart(@TempDir Path folder) throws Exception {
        tenantsAreApart(schemas(), folder);
        try (Connection superuser = server.superuser()) {
            String schema = PostgresServer.schema(folder);
            assertEquals(
                    TENANTS.size() + 1,
                    names(
                                    superuser,
                                    "SELECT nspname FROM pg_namespace WHERE nspname LIKE '"
                                            + schema
                                            + "%'")
                            .size());
            assertEquals(
                    2L,
                    number(superuser, "SELECT count(*) FROM \"" + schema + "_ward-7\".resources"));
            assertEquals(0L, number(superuser, "SELECT count(*) FROM " + schema + ".resources"));
        }
    }

    @Test
    void databasesKeepTenantsApart(@TempDir Path folder) throws Exception {
        allow("CREATEDB");
        tenantsAreApart(databases(), folder);
        try (Connection superuser = server.superuser()) {
            assertEquals(
                    TENANTS.size(),
                    names(
                                    superuser,
                                    "SELECT datname FROM pg_database WHERE datname LIKE '"
                                            + PostgresServer.schema(folder)
                                            + "%'")
                            .size());
        }
    }

    private static void tenantsAreApart(Opening opening, Path folder) throws Exception {
        try (Backend first = opening.open(folder);
                Backend second = opening.open(folder)) {
            // Both nodes meet each tenant for the first time at once.
            var tasks = new ArrayList<Callable<Long>>();
            for (String name : TENANTS) {
                tasks.add(() -> Tenant.of(first, name).commit(Resources.put(Sight.TWO, 1)));
                tasks.add(
                        () ->
                                Tenant.of(second, name)
                                        .commit(Resources.put(Resources.patient("x"), 1)));
            }
            assertTrue(Race.run(tasks).stream().allMatch(position -> position > 0));
            for (String name : TENANTS) {
                var tenant = Tenant.of(first, name);
                tenant.purge(Sight.TWO);
                tenant.purge(Resources.patient("x"));
                Sight.fill(tenant);
            }
            for (String name : TENANTS) {
                var seen = Sight.of(Tenant.of(first, name));
                assertEquals(seen, Sight.of(Tenant.of(second, name)));
                assertTrue(seen.contains("file \"" + name + "\""), seen::toString);
                assertEquals(5, Tenant.of(second, name).changes(0, 10).size());
            }
            assertEquals(
                    TENANTS.stream().sorted().toList(),
                    first.changes().orElseThrow().tenants("", 10).stream()
                            .map(TenantId::value)
                            .toList());
        }
        try (Backend again = opening.open(folder)) {
            assertEquals(2, Tenant.of(again, "ward-7").currentVersion(Sight.ONE));
            assertEquals(List.of(), Sight.of(Tenant.of(again, "nobody")));
        }
    }

    @Test
    void aSchemaThatTheRoleMayNotMakeIsRefusedByName(@TempDir Path folder) throws Exception {
        String schema = PostgresServer.schema(folder);
        try (Backend node = schemas().open(folder);
                Connection superuser = server.superuser();
                var statement = superuser.createStatement()) {
            Tenant.of(node, "early").create(Sight.ONE);
            statement.execute("ALTER DATABASE andiron OWNER TO postgres");
            try {
                Tenant late = Tenant.of(node, "late");
                var refused =
                        assertThrows(
                                StorageException.NotPermitted.class, () -> late.create(Sight.ONE));
                assertTrue(
                        refused.getMessage()
                                .contains("the schema " + schema + "_late is not there"),
                        refused.getMessage());
                Tenant.of(node, "early").update(Sight.ONE);
                assertFalse(late.read(Sight.ONE).isPresent());
                assertEquals(
                        List.of(new TenantId("early")),
                        node.changes().orElseThrow().tenants("", 10));
                // An operator makes it.
                statement.execute("CREATE SCHEMA " + schema + "_late AUTHORIZATION andiron");
                assertEquals(1, late.create(Sight.ONE).version());
            } finally {
                statement.execute("ALTER DATABASE andiron OWNER TO andiron");
            }
        }
    }

    @Test
    void aDatabaseThatTheRoleMayNotMakeIsRefusedByName(@TempDir Path folder) throws Exception {
        allow("NOCREATEDB");
        String database = PostgresServer.schema(folder) + "_late";
        try (Backend node = databases().open(folder);
                Connection superuser = server.superuser();
                var statement = superuser.createStatement()) {
            Tenant late = Tenant.of(node, "late");
            var refused =
                    assertThrows(StorageException.NotPermitted.class, () -> late.create(Sight.ONE));
            assertTrue(
                    refused.getMessage().contains("the database " + database + " is not there"),
                    refused.getMessage());
            assertFalse(late.read(Sight.ONE).isPresent());
            statement.execute("CREATE DATABASE " + database + " OWNER andiron");
            assertEquals(1, late.create(Sight.ONE).version());
        }
    }

    @Test
    void aPlaceThatIsGoneIsNotMadeAnew(@TempDir Path folder) throws Exception {
        try (Backend node = schemas().open(folder)) {
            Tenant.of(node, "ward").create(Sight.ONE);
        }
        try (Connection superuser = server.superuser();
                var statement = superuser.createStatement()) {
            statement.execute("DROP SCHEMA " + PostgresServer.schema(folder) + "_ward CASCADE");
        }
        try (Backend node = schemas().open(folder)) {
            var ward = Tenant.of(node, "ward");
            assertThrows(StorageException.Corrupt.class, () -> ward.read(Sight.ONE));
            assertThrows(StorageException.Corrupt.class, () -> ward.create(Sight.ONE));
        }
    }

    @Test
    void optionsThatContradictEachOtherAreRefused(@TempDir Path folder) {
        for (Map<String, ?> wrong :
                List.of(
                        Map.of("tenancy", Tenancy.DATABASE),
                        Map.of("tenant-url", "jdbc:postgresql://h/a_{tenant}"),
                        Map.of("tenancy", Tenancy.DATABASE, "tenant-url", "jdbc:postgresql://h/a"),
                        Map.of(
                                "tenancy",
                                Tenancy.DATABASE,
                                "tenant-url",
                                "jdbc:postgresql://{tenant}/a"),
                        Map.of("url", "jdbc:postgresql://h/a?password=secret"),
                        Map.of("url", "jdbc:postgresql://h/a?sslmode=disable"),
                        Map.of("tls-certificate", "node.pem"),
                        Map.of("tls-root-certificate", "root.pem"))) {
            Opening opening = opening(wrong);
            var refused =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> opening.capabilities(folder),
                            wrong.toString());
            assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
        }
    }

    private void allow(String attribute) throws SQLException {
        try (Connection superuser = server.superuser();
                var statement = superuser.createStatement()) {
            statement.execute("ALTER ROLE andiron " + attribute);
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        return Long.parseLong(names(connection, sql).getFirst());
    }

    private static List<String> names(Connection connection, String sql) throws SQLException {
        var names = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql + " ORDER BY 1")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }
}
