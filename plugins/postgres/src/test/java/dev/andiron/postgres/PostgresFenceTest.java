package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Backend;
import dev.andiron.spi.metric.Meters;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Opening;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The second fence alone: the plugin's statements lose every condition on the tenant on their way
 * to the server, the function that applies commits too, and tenants still see and change their own
 * only.
 */
class PostgresFenceTest {
    private static final Pattern CONDITION =
            Pattern.compile("\\b((?:\\w+\\.)?tenant = (?:\\$\\d+|our_tenant))");
    private static final Pattern DIRECTORY = Pattern.compile("FROM tenants WHERE (name = \\$\\d+)");

    private final PostgresServer server = PostgresServer.of(18);
    private final Set<String> rewritten = ConcurrentHashMap.newKeySet();

    private String withoutTenant(String sql) {
        String without = CONDITION.matcher(sql).replaceAll("($1 OR true)");
        without = DIRECTORY.matcher(without).replaceAll("FROM tenants WHERE ($1 OR true)");
        if (!without.equals(sql)) {
            rewritten.add(without);
        }
        return without;
    }

    @Test
    void tenantsAreApartWithoutAnyConditionOnThem(@TempDir Path folder) throws SQLException {
        try (Backend plain = open(folder, server.options(folder))) {
            for (String name : List.of("mine", "theirs")) {
                Sight.fill(Tenant.of(plain, name));
            }
            Tenant.of(plain, "nobody").create(Resources.patient("other"));
            Tenant.of(plain, "nobody").purge(Resources.patient("other"));
            withoutTenantInFunctions(folder);
            try (var proxy = new WireProxy(server.port(), this::withoutTenant);
                    Backend fenced = open(folder, options(folder, proxy, "andiron"))) {
                for (String name : List.of("mine", "theirs")) {
                    assertEquals(
                            Sight.of(Tenant.of(plain, name)), Sight.of(Tenant.of(fenced, name)));
                }
                seesNothing(Tenant.of(fenced, "nobody"));
                changesItsOwn(plain, fenced);
                assertTrue(rewritten.size() > 25, () -> String.join("\n", rewritten));
            }
        }
    }

    private static void seesNothing(Tenant nobody) {
        var seen = new ArrayList<>(Sight.of(nobody));
        // What is left is its own: the purge in its feed, and the position of that.
        seen.removeIf(each -> each.startsWith("feed Purged") || each.startsWith("counted"));
        assertEquals(List.of(), seen);
        assertEquals(1, nobody.changes(0, 10).size());
    }

    private static void changesItsOwn(Backend plain, Backend fenced) {
        Tenant theirs = Tenant.of(plain, "theirs");
        List<String> before = Sight.of(theirs);
        Tenant mine = Tenant.of(fenced, "mine");
        mine.update(Sight.ONE, new SearchValue.Token("code", "urn:new", "new", "new"));
        mine.commit(
                List.of(
                        new Precondition.NoMatch(
                                "Basic",
                                new Criterion.Value(
                                        "code",
                                        new ValueTest.Token(
                                                Optional.empty(), Optional.of("same"))))),
                Resources.put(Resources.patient("3"), 1));
        mine.delete(Sight.TWO);
        mine.purge(Sight.ONE);
        mine.jobs().cancel(mine.context(), Sight.JOB);
        mine.jobs().delete(mine.context(), Sight.JOB);
        mine.blobs().delete(mine.context(), Sight.JOB);
        assertEquals(before, Sight.of(theirs));
        assertFalse(mine.read(Sight.ONE).isPresent());
    }

    /** Without the fence the same statements show everybody's rows: the test above can fail. */
    @Test
    void aRoleThatPassesTheFenceShowsWhatTheConditionsAreFor(@TempDir Path folder)
            throws SQLException {
        try (Connection superuser = server.superuser();
                var statement = superuser.createStatement()) {
            statement.execute("CREATE ROLE passes LOGIN BYPASSRLS IN ROLE andiron");
        }
        try (Backend plain = open(folder, server.options(folder));
                var proxy = new WireProxy(server.port(), this::withoutTenant);
                Backend passing = open(folder, options(folder, proxy, "passes"))) {
            Sight.fill(Tenant.of(plain, "mine"));
            Sight.fill(Tenant.of(plain, "theirs"));
            assertEquals(2, count(Tenant.of(plain, "mine")));
            assertEquals(4, count(Tenant.of(passing, "mine")));
        }
    }

    private static long count(Tenant tenant) {
        return tenant.store().count(tenant.context(), Optional.empty()).orElseThrow();
    }

    /** No session names a tenant for another: a row of another's is refused, whoever asks. */
    @Test
    void rowsOfOthersAreRefused(@TempDir Path folder) throws SQLException {
        try (Backend plain = open(folder, server.options(folder))) {
            Sight.fill(Tenant.of(plain, "mine"));
            Sight.fill(Tenant.of(plain, "theirs"));
        }
        try (var database =
                new Database(
                        PostgresOptions.of(opening(Map.of()).options(folder)),
                        new PoolMeters(Meters.none()))) {
            var tables = new Tables(database, PostgresServer.schema(folder));
            int theirs =
                    (int)
                            tables.once(
                                            new Scope("theirs", 0),
                                            session -> session.number("SELECT id FROM tenants"))
                                    .orElseThrow();
            var mine = new Scope("mine", theirs - 1);
            for (String sql :
                    List.of(
                            "INSERT INTO kinds (tenant, type) VALUES (" + theirs + ", 'Basic')",
                            "INSERT INTO tenants (name) VALUES ('new')",
                            "UPDATE tenants SET name = 'theirs2'",
                            "UPDATE resources SET tenant = " + theirs)) {
                var refused =
                        assertThrows(
                                SQLException.class,
                                () -> tables.once(mine, session -> session.update(sql)),
                                sql);
                assertEquals("42501", refused.getSQLState(), sql);
            }
        }
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

    private Backend open(Path folder, Map<String, ?> options) {
        return opening(options).open(folder);
    }

    private static Map<String, ?> options(Path folder, WireProxy proxy, String role) {
        return Map.of(
                "url", proxy.url("andiron"), "user", role, "schema", PostgresServer.schema(folder));
    }

    /** The conditions within {@code apply_changes} go, too. */
    private void withoutTenantInFunctions(Path folder) throws SQLException {
        try (Connection superuser = server.superuser();
                var statement = superuser.createStatement()) {
            String schema = PostgresServer.schema(folder);
            String definition;
            try (var row =
                    statement.executeQuery(
                            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname ="
                                    + " 'apply_changes' AND pronamespace = '"
                                    + schema
                                    + "'::regnamespace")) {
                assertTrue(row.next());
                definition = row.getString(1);
            }
            String without = withoutTenant(definition);
            assertNotEquals(definition, without);
            statement.execute(without);
        }
    }
}
