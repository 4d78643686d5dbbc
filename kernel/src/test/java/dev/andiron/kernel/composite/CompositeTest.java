package dev.andiron.kernel.composite;

import static dev.andiron.kernel.composite.CompositeFixture.TENANT;
import static dev.andiron.kernel.composite.CompositeFixture.code;
import static dev.andiron.kernel.composite.CompositeFixture.hasCode;
import static dev.andiron.tck.fixture.Resources.patient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.spi.Health;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.Composition;
import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.composite.Synchronization;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.tck.fixture.Resources;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** What a composite promises, with parts in memory that fail when told to. */
class CompositeTest {

    @Test
    void aSearchFindsWhatWasAcknowledgedBefore() {
        try (var main = CompositeFixture.of(Synchronization.HYBRID)) {
            for (int i = 0; i < 50; i++) {
                ResourceKey key = patient("p" + i);
                main.put(key, "c" + i);
                assertEquals(List.of(key), main.find("c" + i));
            }
            main.delete(patient("p7"));
            assertEquals(List.of(), main.find("c7"));
            main.put(patient("p8"), "other");
            assertEquals(List.of(), main.find("c8"));
            assertEquals(List.of(patient("p8")), main.find("other"));
        }
    }

    @Test
    void searchesWithoutWritesBetweenShareOneRefresh() {
        try (var main = CompositeFixture.of(Synchronization.HYBRID)) {
            main.put(patient("1"), "a");
            for (int i = 0; i < 20; i++) {
                main.find("a");
            }
            assertEquals(1, main.follower.refreshes());
        }
    }

    @Test
    void aSynchronousWriteReturnsWhenTheFollowerHasIt() {
        try (var main = CompositeFixture.of(Synchronization.SYNCHRONOUS)) {
            main.put(patient("1"), "a");
            assertEquals(1, main.follower.held(TENANT).size());
            assertEquals(1, main.follower.refreshes());
            assertEquals(List.of(patient("1")), main.find("a"));
        }
    }

    @Test
    void anAsynchronousSearchTakesTheFollowerAsItIsAndALookupDoesNot() {
        try (var main = CompositeFixture.of(Synchronization.ASYNCHRONOUS)) {
            main.put(patient("1"), "a");
            assertEquals(List.of(), main.find("a"), "nobody has refreshed it");
            assertEquals(List.of(patient("1")), main.findCurrent("a"));
            assertEquals(List.of(patient("1")), main.find("a"));
        }
    }

    @Test
    void whatTheServerLooksUpWaitsForNobodyWhereThePrimarySearches() {
        var primary = new MemoryPrimary();
        var search =
                new ScanSearch(
                        primary, (tenant, resource, features) -> primary.values(tenant, resource));
        try (var main =
                new CompositeFixture(
                        primary,
                        Optional.of(search),
                        new MemoryFollower(),
                        Synchronization.HYBRID,
                        CompositeFixture.PATIENCE)) {
            for (int i = 0; i < 20; i++) {
                main.put(patient("p" + i), "c" + i);
                assertEquals(List.of(patient("p" + i)), main.findCurrent("c" + i));
            }
            assertEquals(0, main.follower.refreshes());
            assertEquals(List.of(patient("p7")), main.find("c7"));
            assertEquals(1, main.follower.refreshes());
        }
    }

    @Test
    void aFollowerThatWasDownCatchesUpByItself() {
        var impatient = Duration.ofMillis(50);
        try (var main =
                new CompositeFixture(
                        new MemoryPrimary(),
                        new MemoryFollower(),
                        Synchronization.HYBRID,
                        impatient)) {
            main.follower.failOn(projection -> true);
            main.put(patient("1"), "a");
            var refused = assertThrows(StorageException.Unavailable.class, () -> main.find("a"));
            assertTrue(refused.getMessage().contains("'index'"), refused.getMessage());
            assertTrue(refused.retryAfter().isPositive());
            assertEquals(1, main.version(patient("1")), "the write is not lost");
            main.follower.failOn(projection -> false);
            assertEquals(List.of(patient("1")), eventually(() -> main.find("a")));
            assertTrue(main.composite.followers().getFirst().isHealthy());
            assertTrue(main.composite.followers().getFirst().failed() > 0);
        }
    }

    @Test
    void manyFailuresInARowAreUnhealthyUntilOneAttemptSucceeds() {
        try (var main = CompositeFixture.of(Synchronization.HYBRID)) {
            main.follower.failOn(projection -> true);
            main.put(patient("1"), "a");
            assertThrows(StorageException.Unavailable.class, () -> main.find("a"));
            Health.Degraded health =
                    assertInstanceOf(Health.Degraded.class, main.composite.health());
            assertTrue(health.reason().contains("'index'"), health.reason());
            assertTrue(health.reason().contains("it is down"), health.reason());
            main.follower.failOn(projection -> false);
            assertEquals(List.of(patient("1")), eventually(() -> main.find("a")));
            assertInstanceOf(Health.Up.class, main.composite.health());
        }
    }

    @Test
    void aNewNodeGoesOnWhereTheFollowerStands() {
        var primary = new MemoryPrimary();
        var follower = new MemoryFollower();
        try (var main =
                new CompositeFixture(
                        primary, follower, Synchronization.HYBRID, CompositeFixture.PATIENCE)) {
            main.put(patient("1"), "a");
            main.find("a");
            follower.failOn(projection -> true);
            main.put(patient("2"), "a");
        }
        follower.failOn(projection -> false);
        try (var again =
                new CompositeFixture(
                        primary, follower, Synchronization.HYBRID, CompositeFixture.PATIENCE)) {
            assertEquals(List.of(patient("1"), patient("2")), again.find("a"));
            assertEquals(1, again.composite.followers().getFirst().applied());
        }
    }

    @Test
    void whatTheFollowerDoesNotTakeHoldsUpNothingElseAndIsTold() {
        try (var main = CompositeFixture.of(Synchronization.HYBRID)) {
            main.follower.refuse(
                    projection ->
                            projection instanceof Projection.Present
                                    && projection.key().id().equals("huge"));
            main.put(patient("1"), "a");
            main.commit(
                    List.of(),
                    Resources.put(patient("2"), 1, code("a")),
                    Resources.put(patient("huge"), 1, code("a")),
                    Resources.put(patient("3"), 1, code("a")));
            assertEquals(List.of(patient("1"), patient("2"), patient("3")), main.find("a"));
            FollowerState state = main.composite.followers().getFirst();
            assertEquals(Set.of(patient("huge")), state.refused().keySet());
            assertInstanceOf(Health.Degraded.class, main.composite.health());
        }
    }

    @Test
    void newSearchValuesOfAVersionReachTheFollower() {
        try (var main = CompositeFixture.of(Synchronization.HYBRID)) {
            main.put(patient("1"), "a");
            main.put(patient("2"), "a");
            main.put(patient("2"), "b");
            List<SearchValue> values = List.of(code("new"));
            main.commit(
                    List.of(),
                    new Mutation.Index(patient("1"), 1, values),
                    new Mutation.Index(patient("2"), 1, values));
            assertEquals(List.of(patient("1")), main.find("new"), "version 1 of 2 is outdated");
            assertEquals(List.of(patient("2")), main.find("b"));
        }
    }

    @Test
    void oneOfManyConditionalCreatesWins() throws Exception {
        try (var main = CompositeFixture.of(Synchronization.ASYNCHRONOUS);
                var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            var created = new AtomicInteger();
            var attempts =
                    IntStream.range(0, 16)
                            .mapToObj(
                                    i ->
                                            (Callable<Boolean>)
                                                    () -> {
                                                        main.put(patient("other" + i), "x");
                                                        if (createdIfNone(main, "p" + i)) {
                                                            created.incrementAndGet();
                                                        }
                                                        return true;
                                                    })
                            .toList();
            for (var attempt : writers.invokeAll(attempts)) {
                assertTrue(attempt.get());
            }
            assertEquals(1, created.get());
            assertEquals(1, main.findCurrent("only").size());
        }
    }

    private static boolean createdIfNone(CompositeFixture main, String id) {
        try {
            main.commit(
                    List.of(new Precondition.NoMatch("Patient", hasCode("only"))),
                    Resources.put(patient(id), 1, code("only")));
            return true;
        } catch (StorageException.PreconditionFailed matched) {
            assertEquals(0, matched.index());
            return false;
        }
    }

    @Test
    void aConditionOnTheOnlyMatchHoldsAgainstWhatWasWrittenJustBefore() {
        try (var main = CompositeFixture.of(Synchronization.ASYNCHRONOUS)) {
            main.put(patient("1"), "a");
            var onlyFirst = new Precondition.OnlyMatch(hasCode("a"), patient("1"));
            main.commit(List.of(onlyFirst), Resources.put(patient("1"), 2, code("a")));
            main.put(patient("2"), "a");
            assertThrows(
                    StorageException.PreconditionFailed.class,
                    () ->
                            main.commit(
                                    List.of(onlyFirst), Resources.put(patient("1"), 3, code("a"))));
            assertEquals(2, main.version(patient("1")));
        }
    }

    @Test
    void partsThatDoNotFitAreRefusedByName() {
        try (var main = CompositeFixture.of(Synchronization.HYBRID)) {
            assertFalse(main.opened().capabilities().follower());
            var refused =
                    assertThrows(
                            IllegalArgumentException.class,
                            () ->
                                    Composite.of(
                                            "main",
                                            "composite",
                                            new Composition(
                                                    "a",
                                                    List.of(
                                                            new Composition.Part(
                                                                    "b",
                                                                    Synchronization.HYBRID,
                                                                    Duration.ZERO,
                                                                    Duration.ZERO))),
                                            Map.of("a", main.opened(), "b", main.opened()),
                                            (tenant, resource, features) -> List.of(),
                                            InstantSource.system()));
            assertEquals("'main' cannot follow another backend", refused.getMessage());
        }
    }

    /** What a client does that is told to try again. */
    private static <T> T eventually(Callable<T> answer) {
        while (true) {
            try {
                return answer.call();
            } catch (StorageException.Unavailable later) {
                Thread.yield();
            } catch (Exception other) {
                throw new AssertionError(other);
            }
        }
    }
}
