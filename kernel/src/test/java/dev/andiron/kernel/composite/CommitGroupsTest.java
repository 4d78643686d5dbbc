package dev.andiron.kernel.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.andiron.kernel.lent.JudgedStore;
import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.tck.fixture.Resources;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Commits that hang on criteria and come while another one is on its way. */
class CommitGroupsTest {
    private static final TenantContext TENANT = CompositeFixture.TENANT;

    private final MemoryPrimary primary = new MemoryPrimary();
    private final CountDownLatch othersWait = new CountDownLatch(1);
    private final List<Commit> commits = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Optional<Exception>> outcomes =
            Collections.synchronizedMap(new LinkedHashMap<>());

    /** Holds the first commit back until the others wait. */
    private final ResourceStore gate =
            new ResourceStore() {
                @Override
                public CommitResult commit(TenantContext tenant, Commit commit) {
                    boolean first = commits.isEmpty();
                    commits.add(commit);
                    if (first) {
                        try {
                            othersWait.await();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    return primary.commit(tenant, commit);
                }

                @Override
                public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
                    return primary.read(tenant, key);
                }

                @Override
                public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
                    return primary.scan(tenant, request);
                }
            };

    private final ChangeFeed feed = primary;
    private final JudgedStore store =
            new JudgedStore(
                    gate,
                    feed,
                    new ScanSearch(gate, (tenant, resource, _) -> primary.values(tenant, resource)),
                    (tenant, resource, _) -> primary.values(tenant, resource),
                    EnumSet.allOf(SearchFeature.class));

    private static Criterion is(String code) {
        return new Criterion.Value(
                "identifier", new ValueTest.Token(Optional.empty(), Optional.of(code)));
    }

    private static Mutation put(String id, long version, String code) {
        return Resources.put(
                Resources.patient(id), version, new SearchValue.Token("identifier", "", code, ""));
    }

    private static Commit create(String id, String code) {
        return new Commit(
                List.of(new Precondition.NoMatch("Patient", is(code))), List.of(put(id, 1, code)));
    }

    private Thread start(String name, Commit commit) {
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                store.commit(TENANT, commit);
                                outcomes.put(name, Optional.empty());
                            } catch (StorageException refused) {
                                outcomes.put(name, Optional.of(refused));
                            }
                        });
    }

    private static void awaitThatItWaits(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    /** Starts the commits one after the other while the first is held back, and lets all end. */
    private void run(Map<String, Commit> waiting) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        threads.add(start("first", create("first", "first")));
        while (commits.isEmpty()) {
            Thread.onSpinWait();
        }
        for (var each : waiting.entrySet()) {
            Thread thread = start(each.getKey(), each.getValue());
            awaitThatItWaits(thread);
            threads.add(thread);
        }
        othersWait.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private List<Integer> sizes() {
        return commits.stream().map(commit -> commit.mutations().size()).toList();
    }

    @Test
    void whatComesTogetherIsOneCommit() throws InterruptedException {
        Map<String, Commit> waiting = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            waiting.put("p" + i, create("p" + i, "code" + i));
        }
        run(waiting);
        assertEquals(List.of(1, 10), sizes());
        outcomes.forEach((name, outcome) -> assertEquals(Optional.empty(), outcome, name));
        assertEquals(11, primary.changes(TENANT, 0, 100).size());
    }

    @Test
    void whatOneWritesIsSeenByTheNext() throws InterruptedException {
        Map<String, Commit> waiting = new LinkedHashMap<>();
        waiting.put("a", create("a", "same"));
        waiting.put("b", create("b", "other"));
        waiting.put("twice", create("twice", "same"));
        waiting.put("already", create("already", "first"));
        waiting.put(
                "refers",
                new Commit(
                        List.of(
                                new Precondition.OnlyMatch(
                                        is("first"), Resources.patient("first"))),
                        List.of(Resources.put(Resources.observation("o"), 1))));
        waiting.put(
                "changes",
                new Commit(
                        List.of(
                                new Precondition.OnlyMatch(
                                        is("first"), Resources.patient("first"))),
                        List.of(put("first", 2, "changed"))));
        waiting.put(
                "old",
                new Commit(
                        List.of(
                                new Precondition.NoMatch("Patient", is("none")),
                                new Precondition.VersionIs(Resources.patient("first"), 1)),
                        List.of(put("old", 1, "old"))));
        run(waiting);
        assertEquals(Optional.empty(), outcomes.get("a"));
        assertEquals(Optional.empty(), outcomes.get("b"));
        assertEquals(Optional.empty(), outcomes.get("refers"));
        assertEquals(Optional.empty(), outcomes.get("changes"));
        for (String refused : List.of("twice", "already", "old")) {
            assertInstanceOf(
                    StorageException.PreconditionFailed.class,
                    outcomes.get(refused).orElseThrow(),
                    refused);
        }
        assertEquals(List.of(1, 4), sizes().subList(0, 2));
    }

    /** A version conflict is told to whom it belongs. */
    @Test
    void oneThatFailsFailsAlone() throws InterruptedException {
        Map<String, Commit> waiting = new LinkedHashMap<>();
        waiting.put("good", create("good", "good"));
        waiting.put(
                "conflict",
                new Commit(
                        List.of(new Precondition.NoMatch("Patient", is("c"))),
                        List.of(put("c", 7, "c"))));
        waiting.put("fine", create("fine", "fine"));
        run(waiting);
        assertEquals(Optional.empty(), outcomes.get("good"));
        assertEquals(Optional.empty(), outcomes.get("fine"));
        assertInstanceOf(
                StorageException.VersionConflict.class, outcomes.get("conflict").orElseThrow());
        assertEquals(3, primary.changes(TENANT, 0, 100).size());
    }
}
