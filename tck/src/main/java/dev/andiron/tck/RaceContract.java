package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Promises of {@link ResourceStore#commit} to many callers at once. */
@Needs(Facet.STORE)
abstract class RaceContract extends Contract {

    RaceContract(BackendContract contract) {
        super(contract);
    }

    /** {@link Mutation}: no update is ever lost. */
    @Test
    @Promise("of N writers of one version exactly one wins, the others get a VersionConflict")
    final void required_RC01_oneWriterWins() throws InterruptedException {
        Tenant tenant = newTenant();
        ResourceKey key = Resources.patient("1");
        for (int version = 1; version <= 5; version++) {
            var writers = new ArrayList<Callable<Optional<StoredResource>>>();
            for (int writer = 0; writer < 24; writer++) {
                Mutation.Put put = Resources.put(key, version);
                writers.add(() -> commitUnlessConflict(tenant, put));
            }
            List<StoredResource> winners =
                    Race.run(writers).stream().flatMap(Optional::stream).toList();
            assertEquals(1, winners.size(), "writers that won");
            assertEquals(Optional.of(winners.getFirst()), tenant.read(key));
        }
    }

    private static Optional<StoredResource> commitUnlessConflict(Tenant tenant, Mutation.Put put) {
        try {
            tenant.commit(put);
            return Optional.of(put.resource());
        } catch (StorageException.VersionConflict conflict) {
            return Optional.empty();
        }
    }

    /** {@link Mutation}: no update is ever lost. */
    @Test
    @Promise("concurrent read-modify-write loops that retry conflicts lose no update")
    final void required_RC02_noUpdateIsLost() throws InterruptedException {
        Tenant tenant = newTenant();
        ResourceKey key = Resources.patient("counter");
        tenant.commit(counter(key, 1, 0));
        int writers = 8;
        int increments = 25;
        var tasks = new ArrayList<Callable<Integer>>();
        for (int writer = 0; writer < writers; writer++) {
            tasks.add(
                    () -> {
                        int done = 0;
                        while (done < increments) {
                            StoredResource current = tenant.read(key).orElseThrow();
                            Mutation.Put next =
                                    counter(key, current.version() + 1, count(current) + 1);
                            done += commitUnlessConflict(tenant, next).isPresent() ? 1 : 0;
                        }
                        return done;
                    });
        }
        Race.run(tasks);
        StoredResource last = tenant.read(key).orElseThrow();
        assertEquals(writers * increments, count(last), "increments that are left");
        assertEquals(writers * increments + 1, last.version());
    }

    private static Mutation.Put counter(ResourceKey key, long version, int count) {
        StoredResource shape = Resources.version(key, version, Resources.nextInstant());
        return new Mutation.Put(
                new StoredResource(
                        key,
                        version,
                        shape.lastUpdated(),
                        shape.fhirVersion(),
                        false,
                        Json.of(Integer.toString(count))),
                List.of());
    }

    private static int count(StoredResource resource) {
        return Integer.parseInt(resource.content().toString());
    }

    /** {@link Precondition.NoMatch}: what a conditional create relies on. */
    @Test
    @Promise("150 parallel creates under one NoMatch leave exactly one resource")
    @Needs(search = SearchFeature.TOKEN)
    final void required_RC03_conditionalCreatesMakeOne() throws InterruptedException {
        Tenant tenant = newTenant();
        var identifier = new ValueTest.Token(Optional.of("urn:s"), Optional.of("same"));
        Criterion criterion = new Criterion.Value("identifier", identifier);
        List<Precondition> free = List.of(new Precondition.NoMatch("Patient", criterion));
        var value = new SearchValue.Token("identifier", "urn:s", "same", "");
        var creators = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 150; i++) {
            Mutation.Put put = Resources.put(Resources.patient("p" + i), 1, value);
            creators.add(
                    () -> {
                        try {
                            tenant.commit(free, put);
                            return true;
                        } catch (StorageException.PreconditionFailed taken) {
                            return false;
                        }
                    });
        }
        assertEquals(1, Collections.frequency(Race.run(creators), true), "creates that won");
        assertEquals(1, Walk.scan(tenant, ScanRequest.all()).size(), "resources that are there");
    }

    /** {@link ResourceStore#commit}: durable and visible on return. */
    @Test
    @Promise("commits of many callers to different resources all succeed and are all there")
    final void required_RC04_independentCommitsAllSucceed() throws InterruptedException {
        Tenant tenant = newTenant();
        var writers = new ArrayList<Callable<List<StoredResource>>>();
        for (int writer = 0; writer < 16; writer++) {
            String name = "w" + writer + "-";
            writers.add(
                    () -> {
                        var written = new ArrayList<StoredResource>();
                        for (int i = 0; i < 20; i++) {
                            StoredResource created = tenant.create(Resources.patient(name + i));
                            assertEquals(Optional.of(created), tenant.read(created.key()));
                            written.add(created);
                        }
                        return written;
                    });
        }
        var expected = new HashSet<StoredResource>();
        Race.run(writers).forEach(expected::addAll);
        assertEquals(expected, new HashSet<>(Walk.scan(tenant, ScanRequest.all())));
    }

    /** {@link dev.andiron.spi.Atomicity#COMMIT}: for every reader. */
    @Test
    @Promise("a reader never sees a part of a commit")
    @Needs(Facet.ATOMIC_COMMITS)
    final void required_RC05_readersSeeWholeCommits() throws InterruptedException {
        Tenant tenant = newTenant();
        ResourceKey left = Resources.patient("left");
        ResourceKey right = Resources.observation("right");
        tenant.commit(Resources.put(left, 1), Resources.put(right, 1));
        var done = new AtomicBoolean();
        var tasks = new ArrayList<Callable<Void>>();
        tasks.add(
                () -> {
                    try {
                        for (int version = 2; version <= 60; version++) {
                            boolean swap = version % 2 == 0;
                            tenant.commit(
                                    Resources.put(swap ? right : left, version),
                                    Resources.put(swap ? left : right, version));
                        }
                    } finally {
                        done.set(true);
                    }
                    return null;
                });
        for (int reader = 0; reader < 3; reader++) {
            ResourceKey first = reader == 0 ? right : left;
            ResourceKey second = reader == 0 ? left : right;
            tasks.add(
                    () -> {
                        while (!done.get()) {
                            long seen = tenant.currentVersion(first);
                            long then = tenant.currentVersion(second);
                            assertTrue(
                                    then >= seen,
                                    () ->
                                            first
                                                    + " was at "
                                                    + seen
                                                    + ", "
                                                    + second
                                                    + " at "
                                                    + then);
                        }
                        return null;
                    });
        }
        Race.run(tasks);
    }

    /** {@link ResourceStore#commit}: two commits over the same keys in opposite orders. */
    @Test
    @Promise("commits that touch the same resources in any order neither hang nor half-apply")
    final void required_RC06_crossingCommitsDoNotDeadlock() throws InterruptedException {
        Tenant tenant = newTenant();
        int keys = 6;
        var writers = new ArrayList<Callable<Integer>>();
        for (int writer = 0; writer < 8; writer++) {
            int shift = writer;
            writers.add(() -> raceOverAll(tenant, keys, shift));
        }
        int won = Race.run(writers).stream().mapToInt(Integer::intValue).sum();
        for (int i = 0; i < keys; i++) {
            assertEquals(won, tenant.currentVersion(Resources.patient("k" + i)));
        }
    }

    /** Tries to write the next version of all keys in one commit, several times. */
    private static int raceOverAll(Tenant tenant, int keys, int shift) {
        int won = 0;
        for (int attempt = 0; attempt < 10; attempt++) {
            long next = tenant.currentVersion(Resources.patient("k0")) + 1;
            var mutations = new ArrayList<Mutation>();
            for (int i = 0; i < keys; i++) {
                mutations.add(Resources.put(Resources.patient("k" + (i + shift) % keys), next));
            }
            if (shift % 2 == 1) {
                Collections.reverse(mutations);
            }
            try {
                tenant.commit(mutations.toArray(Mutation[]::new));
                won++;
            } catch (StorageException.VersionConflict conflict) {
                assertTrue(conflict.currentVersion() >= next, "a conflict without another writer");
            }
        }
        return won;
    }

    /** {@link ResourceStore#commit}: visible to every later call, whoever saw what before. */
    @Test
    @Promise("nobody reads an older version than anybody has read before, current or deleted")
    final void required_RC07_versionsOnlyGrow() throws InterruptedException {
        Tenant tenant = newTenant();
        Tenant other = newTenant();
        ResourceKey key = Resources.patient("grows");
        tenant.commit(Resources.put(key, 1));
        other.commit(Resources.put(key, 1));
        assertEquals(1, tenant.read(key).orElseThrow().version());
        var newest = new AtomicLong(1);
        var done = new AtomicBoolean();
        var tasks = new ArrayList<Callable<Void>>();
        tasks.add(
                () -> {
                    try {
                        for (int version = 2; version <= 60; version++) {
                            tenant.commit(
                                    version % 5 == 0
                                            ? Resources.delete(key, version)
                                            : Resources.put(key, version));
                            newest.accumulateAndGet(version, Math::max);
                        }
                    } finally {
                        done.set(true);
                    }
                    return null;
                });
        for (int reader = 0; reader < 4; reader++) {
            tasks.add(
                    () -> {
                        while (!done.get()) {
                            // Reads that never wait would keep the writer from its turn.
                            Thread.yield();
                            long before = newest.get();
                            long seen = tenant.currentVersion(key);
                            long read = tenant.read(key).orElseThrow().version();
                            assertTrue(seen >= before, () -> seen + " came after " + before);
                            assertTrue(read >= seen, () -> read + " came after " + seen);
                            assertEquals(
                                    1, other.read(key).orElseThrow().version(), "another tenant's");
                            newest.accumulateAndGet(read, Math::max);
                        }
                        return null;
                    });
        }
        Race.run(tasks);
        assertEquals(60, tenant.currentVersion(key));
        assertEquals(60, tenant.read(key).orElseThrow().version());
    }
}
