package dev.andiron.elasticsearch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.TextOperator;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Searches whose parts do not fit into one request to Elasticsearch. */
class LargeSearchTest {
    /** Above what one request gives of links, and of hits. */
    private static final int COUNT = 10_050;

    private static final URI URL = ElasticsearchServer.server().url();

    @TempDir static Path folder;
    private static Followed followed;

    @BeforeAll
    static void fill() {
        followed = Followed.open(URL, folder);
        var all = new ArrayList<Projection>();
        for (int i = 1; i <= COUNT; i++) {
            all.add(
                    resource(
                            i,
                            new ResourceKey("Patient", "p" + i),
                            new SearchValue.Token("gender", "", "female", ""),
                            new SearchValue.Text("name", "n" + i, "n" + i)));
            all.add(
                    resource(
                            i,
                            new ResourceKey("Observation", "o" + i),
                            new SearchValue.Token("code", "", i % 2 == 0 ? "even" : "odd", ""),
                            new SearchValue.LocalReference("subject", "Patient", "p" + i, ""),
                            new SearchValue.LocalReference("performer", "Patient", "p1", "")));
        }
        followed.applied();
        for (int from = 0; from < all.size(); from += 2_000) {
            followed.follower()
                    .apply(
                            followed.tenant(),
                            all.subList(from, Math.min(all.size(), from + 2_000)),
                            COUNT);
        }
        followed.follower().refresh(followed.tenant());
    }

    @AfterAll
    static void close() {
        followed.close();
    }

    private static Projection resource(long position, ResourceKey key, SearchValue... values) {
        return new Projection.Present(
                position,
                new StoredResource(key, 1, Instant.EPOCH, FhirVersion.R4, false, Json.of("{}")),
                List.of(values));
    }

    private static SearchEngine engine(Followed tenant) {
        return tenant.backend().search().orElseThrow();
    }

    private static Criterion code(String parameter, String code) {
        return new Criterion.Value(
                parameter, new ValueTest.Token(Optional.empty(), Optional.of(code)));
    }

    private static final Criterion CHAIN =
            new Criterion.Chain("subject", Set.of("Patient"), code("gender", "female"));
    private static final Criterion HAS =
            new Criterion.ReverseChain("Observation", "subject", Criterion.everything());

    @Test
    void chainsLeadOverMoreThanOneRequestGives() {
        assertEquals(
                COUNT,
                engine(followed).count(followed.tenant(), Query.of("Observation", CHAIN, 1)));
        assertEquals(COUNT, engine(followed).count(followed.tenant(), Query.of("Patient", HAS, 1)));
        var even = new Criterion.ReverseChain("Observation", "subject", code("code", "even"));
        assertEquals(
                COUNT / 2, engine(followed).count(followed.tenant(), Query.of("Patient", even, 1)));
        var performed =
                new Criterion.ReverseChain("Observation", "performer", Criterion.everything());
        assertEquals(
                1, engine(followed).count(followed.tenant(), Query.of("Patient", performed, 1)));
    }

    @Test
    void chainsBeyondTheBoundAreRefusedByName() {
        try (var bounded = Followed.open(URL, folder, Map.of("join-limit", 10_000L))) {
            for (Query query :
                    List.of(Query.of("Observation", CHAIN, 1), Query.of("Patient", HAS, 1))) {
                var refused =
                        assertThrows(
                                StorageException.Unprocessable.class,
                                () -> engine(bounded).search(bounded.tenant(), query));
                assertTrue(
                        refused.getMessage().contains("'subject'")
                                && refused.getMessage().contains("10000"),
                        refused.getMessage());
            }
        }
    }

    @Test
    void pagesMayBeLargerThanOneRequestGives() {
        Query whole = Query.of("Patient", Criterion.everything(), COUNT - 1);
        SearchPage page = engine(followed).search(followed.tenant(), whole);
        Set<String> ids =
                page.hits().stream().map(Hit::key).map(ResourceKey::id).collect(Collectors.toSet());
        assertEquals(COUNT - 1, ids.size());
        var rest =
                new Query(
                        whole.types(),
                        whole.criterion(),
                        whole.sort(),
                        5,
                        page.next(),
                        whole.total());
        SearchPage last = engine(followed).search(followed.tenant(), rest);
        assertEquals(1, last.hits().size());
        assertTrue(!ids.contains(last.hits().getFirst().key().id()));
        assertEquals(Optional.empty(), last.next());
    }

    /** Its automaton would be too large. */
    @Test
    void longTextsThatRepeatThemselvesAreRefusedByName() {
        var contains =
                new Criterion.Value(
                        "name", new ValueTest.Text(TextOperator.CONTAINS, "ab".repeat(900), false));
        var refused =
                assertThrows(
                        StorageException.Unprocessable.class,
                        () ->
                                engine(followed)
                                        .search(
                                                followed.tenant(),
                                                Query.of("Patient", contains, 1)));
        assertTrue(refused.getMessage().contains("too much"), refused.getMessage());
    }

    @Test
    void whatTheIndexCannotHoldIsRefusedByName() {
        var tooLong = new SearchValue.Text("name", "x".repeat(40_000), "x");
        var tooLarge =
                assertThrows(
                        StorageException.TooLarge.class,
                        () -> apply(resource(COUNT + 1, Followed.key("long"), tooLong)));
        assertTrue(tooLarge.getMessage().contains("'name'"), tooLarge.getMessage());
    }

    @Test
    void halfCharactersStopNobody() {
        Followed tenant = followed.of("halves");
        var half = new SearchValue.Token("code", "", "half \ud800 a character", "");
        tenant.apply(1, resource(1, Followed.key("half"), half), Followed.present(1, "whole", "x"));
        assertEquals(List.of("whole"), tenant.found("x"));
        assertEquals(Set.of("half", "whole"), tenant.entries(10).keySet());
    }

    private static void apply(Projection projection) {
        followed.follower().apply(followed.tenant(), List.of(projection), 0);
    }
}
