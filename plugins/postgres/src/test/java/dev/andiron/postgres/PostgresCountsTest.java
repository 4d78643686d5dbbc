package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.spi.Backend;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Opening;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Counts that are remembered decide how a search goes about, never what it finds. */
class PostgresCountsTest {
    private static final int MATCHES = 100;
    private static final int PAGE = 5;

    @Test
    void aPageByTwoKeysIsWholeAfterMostOfItsMatchesWent(@TempDir Path folder) {
        var server = PostgresServer.of(18);
        try (Backend backend = new Opening(new PostgresProvider(), server::options).open(folder)) {
            Tenant tenant = Tenant.of(backend, "counts");
            for (int i = 0; i < MATCHES; i++) {
                tenant.create(
                        Resources.patient("dated" + i),
                        new SearchValue.Date(
                                "birthdate",
                                Instant.ofEpochSecond(i),
                                Instant.ofEpochSecond(i + 1)));
            }
            for (int i = 0; i < PAGE; i++) {
                tenant.create(Resources.patient("undated" + i));
            }
            var search = ((PostgresSearchEngine) backend.search().orElseThrow()).withFew(4);
            assertEquals(PAGE, found(search, tenant));
            for (int i = 2; i < MATCHES; i++) {
                tenant.delete(Resources.patient("dated" + i));
            }
            assertEquals(PAGE, found(search, tenant));
        }
    }

    private static int found(PostgresSearchEngine search, Tenant tenant) {
        var query =
                new Query(
                        Set.of("Patient"),
                        new Criterion.All(List.of()),
                        List.of(
                                new Sort.Parameter("birthdate", Sort.ValueKind.DATE, false),
                                new Sort.Id(true)),
                        PAGE,
                        Optional.empty(),
                        Query.Total.NONE);
        return search.search(tenant.context(), query).hits().size();
    }

    /** To gather a hundred is less work than to test thousands until a page has come along. */
    @Test
    void whatIsRareAmongManyIsGathered(@TempDir Path folder) throws Exception {
        var server = PostgresServer.of(18);
        try (Backend backend = new Opening(new PostgresProvider(), server::options).open(folder)) {
            Tenant tenant = Tenant.of(backend, "rare");
            for (int i = 0; i < MATCHES; i++) {
                tenant.create(
                        Resources.patient("p" + i),
                        new SearchValue.Text("family", "family" + i % 4, "Family" + i % 4));
            }
            var search = (PostgresSearchEngine) backend.search().orElseThrow();
            assertEquals("all resources of the type", beginning(search.withFew(4), tenant));
            var options = server.options(folder);
            try (var connection = DriverManager.getConnection((String) options.get("url"));
                    var statement = connection.createStatement()) {
                statement.execute("ANALYZE %s.resources".formatted(options.get("schema")));
            }
            assertEquals("family", beginning(search.withFew(4), tenant));
        }
    }

    private static String beginning(PostgresSearchEngine search, Tenant tenant) {
        var family =
                new Criterion.Value(
                        "family",
                        new ValueTest.Text(ValueTest.TextOperator.STARTS_WITH, "family1", false));
        String plan = search.explain(tenant.context(), Query.of("Patient", family, PAGE));
        return plan.lines().findFirst().orElseThrow().split("beginning with ")[1];
    }
}
