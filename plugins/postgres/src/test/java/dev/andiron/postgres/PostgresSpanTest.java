package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.spi.Backend;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.sql.DateSpans;
import dev.andiron.tck.fixture.Opening;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** How far apart the dates of one resource lie at most is known whoever wrote them. */
class PostgresSpanTest {
    private static final String SPANS =
            "SELECT p.span FROM %1$s.parameters p JOIN %1$s.tenants t ON t.id = p.tenant"
                    + " WHERE t.name = 'spans' ORDER BY p.code";

    private final PostgresServer server = PostgresServer.of(18);

    private Backend open(Path folder) {
        return new Opening(new PostgresProvider(), server::options).open(folder);
    }

    private static SearchValue date(String parameter, long from, long to) {
        return new SearchValue.Date(
                parameter, Instant.ofEpochSecond(from), Instant.ofEpochSecond(to));
    }

    private List<Long> spans(Path folder) throws SQLException {
        var spans = new ArrayList<Long>();
        try (var connection = server.superuser();
                var statement = connection.createStatement();
                var row = statement.executeQuery(SPANS.formatted(PostgresServer.schema(folder)))) {
            while (row.next()) {
                spans.add(row.getLong(1));
            }
        }
        return spans;
    }

    @Test
    void nodesThatRaiseTheSameSpansLeaveTheLongest(@TempDir Path folder) throws Exception {
        try (Backend one = open(folder);
                Backend other = open(folder)) {
            var tasks = new ArrayList<Callable<Boolean>>();
            for (int i = 1; i <= 40; i++) {
                int length = i;
                Tenant tenant = Tenant.of(i % 2 == 0 ? one : other, "spans");
                tasks.add(
                        () -> {
                            tenant.create(
                                    Resources.patient("p" + length),
                                    date("a", 0, length),
                                    date("b", 100, 101),
                                    date("b", 100 - length, 100 - length));
                            return true;
                        });
            }
            Race.run(tasks);
            assertEquals(List.of(40_000_000L, 41_000_000L), spans(folder));
            ResourceKey longest = Resources.patient("p40");
            Tenant.of(one, "spans").delete(longest);
            assertEquals(List.of(40_000_000L, 41_000_000L), spans(folder));
        }
    }

    private static String script(String name) throws IOException {
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** And is written to as a new one is. */
    @Test
    void aDatabaseOfAnEarlierReleaseLearnsItsSpans(@TempDir Path folder)
            throws SQLException, IOException {
        List<Long> known;
        try (Backend backend = open(folder)) {
            Tenant tenant = Tenant.of(backend, "spans");
            tenant.create(Resources.patient("1"), date("a", 5, 7), date("a", 20, 21));
            tenant.create(Resources.patient("2"), date("a", 90, 91));
            tenant.create(
                    Resources.patient("3"), new SearchValue.Date("b", Instant.MIN, Instant.MAX));
            known = spans(folder);
        }
        try (var connection = server.superuser();
                var statement = connection.createStatement()) {
            statement.execute("SET search_path TO " + PostgresServer.schema(folder));
            statement.execute("ALTER TABLE parameters DROP COLUMN span");
            statement.execute("ALTER FUNCTION apply_changes RENAME TO apply_commit");
            statement.execute(script("schema-5.sql"));
            statement.execute("ALTER FUNCTION apply_commit OWNER TO andiron");
            statement.execute("DELETE FROM schema_version WHERE version >= 8");
        }
        try (Backend backend = open(folder)) {
            assertEquals(List.of(16_000_000L, DateSpans.ENDLESS), known);
            assertEquals(known, spans(folder));
            Tenant tenant = Tenant.of(backend, "spans");
            tenant.update(Resources.patient("1"), date("a", 0, 30));
            assertEquals(List.of(30_000_000L, DateSpans.ENDLESS), spans(folder));
        }
    }
}
