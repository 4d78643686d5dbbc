package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** Promises of {@link ChangeFeed}. */
@Needs(Facet.CHANGE_FEED)
abstract class ChangeFeedContract extends Contract {

    ChangeFeedContract(BackendContract contract) {
        super(contract);
    }

    /** {@link ChangeFeed#changes}. */
    @Test
    @Promise("the feed gives every committed version, deletes included, in commit order")
    final void required_CF01_givesEverythingInOrder() {
        Tenant tenant = newTenant();
        assertEquals(List.of(), tenant.changes(0, 10));
        var written = new ArrayList<StoredResource>();
        for (int i = 0; i < 8; i++) {
            written.add(tenant.create(Resources.patient("" + i * 5 % 8)));
            written.add(tenant.update(Resources.patient("" + i * 5 % 8)));
        }
        written.add(tenant.delete(Resources.patient("3")));
        written.add(tenant.update(Resources.patient("3")));
        for (int pageSize = 1; pageSize <= written.size() + 1; pageSize++) {
            assertEquals(written, resources(tenant.changes(0, pageSize)), "pages of " + pageSize);
        }
    }

    /** {@link ChangeFeed#changes}: a reader that goes on from the last position it has seen. */
    @Test
    @Promise("a reader resumes behind any position, and positions stay what they were")
    final void required_CF02_resumesAnywhere() {
        Tenant tenant = newTenant();
        for (int i = 0; i < 10; i++) {
            tenant.create(Resources.patient("" + i));
        }
        List<Change> all = tenant.changes(0, 100);
        for (int i = 0; i < all.size(); i++) {
            assertEquals(all.subList(i + 1, all.size()), tenant.changes(all.get(i).position(), 3));
        }
        tenant.update(Resources.patient("4"));
        assertEquals(all, tenant.changes(0, 100).subList(0, 10), "earlier changes have moved");
        assertEquals(1, tenant.changes(all.getLast().position(), 100).size());
        assertEquals(List.of(), tenant.changes(Long.MAX_VALUE, 10));
    }

    /** {@link ChangeFeed#last}, {@link dev.andiron.spi.resource.CommitResult#position()}. */
    @Test
    @Promise("a commit's position is that of its last change, and the feed's last")
    final void required_CF03_positionsAgree() {
        Tenant tenant = newTenant();
        assertEquals(0, tenant.feed().last(tenant.context()));
        long before = 0;
        for (int i = 0; i < 10; i++) {
            long position =
                    tenant.commit(
                            Resources.put(Resources.patient("a" + i), 1),
                            Resources.put(Resources.patient("b" + i), 1));
            assertTrue(position > before, "positions do not ascend");
            assertEquals(position, tenant.feed().last(tenant.context()));
            List<Change> changes = tenant.changes(before, 10);
            assertEquals(2, changes.size());
            assertEquals(position, changes.getLast().position());
            before = position;
        }
        long purge = tenant.commit(new Mutation.Purge(Resources.patient("a0")));
        assertEquals(purge, tenant.feed().last(tenant.context()));
    }

    /** {@link dev.andiron.spi.resource.Commit#mutations()}: in this order in the change feed. */
    @Test
    @Promise("the changes of one commit stand in the order of its mutations")
    final void required_CF04_orderWithinACommit() {
        Tenant tenant = newTenant();
        var puts = new ArrayList<Mutation.Put>();
        for (int i = 0; i < 50; i++) {
            puts.add(Resources.put(Resources.patient("" + i * 7 % 50), 1));
        }
        tenant.commit(puts.toArray(Mutation[]::new));
        assertEquals(
                puts.stream().map(Mutation.Put::resource).toList(),
                resources(tenant.changes(0, 7)));
    }

    /** {@link ChangeFeed}: misses nothing and sees nothing twice, whatever is written meanwhile. */
    @Test
    @Promise("a reader beside 8 concurrent writers sees every change once and in order")
    final void required_CF05_readerBesideWriters() throws InterruptedException {
        Tenant tenant = newTenant();
        int writers = 8;
        int commits = 40;
        var finished = new CountDownLatch(writers);
        var tasks = new ArrayList<Callable<List<Change>>>();
        for (int writer = 0; writer < writers; writer++) {
            String name = "w" + writer;
            tasks.add(
                    () -> {
                        try {
                            write(tenant, name, commits);
                        } finally {
                            finished.countDown();
                        }
                        return List.of();
                    });
        }
        for (int pageSize : new int[] {1, 5, 1000}) {
            tasks.add(() -> follow(tenant, finished, pageSize));
        }
        List<List<Change>> results = Race.run(tasks);
        List<Change> whole = tenant.changes(0, 1000);
        for (List<Change> followed : results.subList(writers, results.size())) {
            assertEquals(whole.size(), followed.size(), "changes that a concurrent reader saw");
            assertEquals(whole, followed, "a concurrent reader saw another order");
        }
        assertEquals(writers * commits * 3, whole.size());
        assertVersionsAscend(whole);
    }

    /** Every third commit updates a resource that the writer made before. */
    private static void write(Tenant tenant, String name, int commits) {
        long before = 0;
        for (int i = 0; i < commits; i++) {
            long position =
                    tenant.commit(
                            Resources.put(Resources.patient(name + "-a" + i), 1),
                            Resources.put(Resources.patient(name), i + 1),
                            Resources.put(Resources.patient(name + "-b" + i), 1));
            assertTrue(position > before, "a later commit has no larger position");
            before = position;
        }
    }

    /** Reads on until everything is written and read. */
    private static List<Change> follow(Tenant tenant, CountDownLatch finished, int pageSize) {
        var seen = new ArrayList<Change>();
        long position = 0;
        while (true) {
            boolean last = finished.getCount() == 0;
            List<Change> page = tenant.feed().changes(tenant.context(), position, pageSize);
            for (Change change : page) {
                assertTrue(change.position() > position, "positions do not ascend");
                position = change.position();
            }
            seen.addAll(page);
            if (last && page.isEmpty()) {
                return seen;
            }
        }
    }

    private static void assertVersionsAscend(List<Change> changes) {
        Map<ResourceKey, Long> versions = new HashMap<>();
        for (StoredResource each : resources(changes)) {
            long before = versions.getOrDefault(each.key(), 0L);
            assertEquals(before + 1, each.version(), () -> "versions of " + each.key());
            versions.put(each.key(), each.version());
        }
    }

    /** {@link ChangeFeed}: in the order of commits. */
    @Test
    @Promise("the changes of one commit are not mixed with those of another")
    @Needs(Facet.ATOMIC_COMMITS)
    final void required_CF06_commitsStayTogether() throws InterruptedException {
        Tenant tenant = newTenant();
        var tasks = new ArrayList<Callable<Long>>();
        for (int writer = 0; writer < 8; writer++) {
            String name = "w" + writer;
            tasks.add(
                    () -> {
                        for (int i = 0; i < 10; i++) {
                            tenant.commit(
                                    Resources.put(Resources.patient(name + "-" + i + "-0"), 1),
                                    Resources.put(Resources.patient(name + "-" + i + "-1"), 1),
                                    Resources.put(Resources.patient(name + "-" + i + "-2"), 1));
                        }
                        return 0L;
                    });
        }
        Race.run(tasks);
        List<Change> changes = tenant.changes(0, 50);
        assertEquals(240, changes.size());
        for (int i = 0; i < changes.size(); i += 3) {
            String first = changes.get(i).key().id();
            assertTrue(first.endsWith("-0"), "commits are mixed");
            String commit = first.substring(0, first.length() - 1);
            assertEquals(commit + "1", changes.get(i + 1).key().id(), "commits are mixed");
            assertEquals(commit + "2", changes.get(i + 2).key().id(), "commits are mixed");
        }
    }

    /** {@link ChangeFeed#tenants}. */
    @Test
    @Promise("the tenants that have changes are listed once each, ascending, in pages")
    final void required_CF07_listsTenants() {
        var names = new ArrayList<TenantId>();
        for (int i = 0; i < 5; i++) {
            Tenant tenant = newTenant();
            tenant.create(Resources.patient("1"));
            names.add(tenant.context().tenant());
        }
        Tenant unused = newTenant();
        for (String name : List.of("B", "a", "A.b", "A-b", "A_b")) {
            Tenant.of(backend(), name).purge(Resources.patient("1"));
            Tenant.of(backend(), name).create(Resources.patient("1"));
            names.add(new TenantId(name));
        }
        List<TenantId> all = backend().changes().orElseThrow().tenants("", 100_000);
        assertTrue(all.containsAll(names), () -> "some of " + names + " are missing in " + all);
        assertTrue(!all.contains(unused.context().tenant()), "a tenant without changes is listed");
        var sorted = new ArrayList<>(all.stream().map(TenantId::value).distinct().toList());
        Collections.sort(sorted);
        assertEquals(sorted, all.stream().map(TenantId::value).toList());
        var paged = new ArrayList<TenantId>();
        while (true) {
            List<TenantId> page =
                    backend()
                            .changes()
                            .orElseThrow()
                            .tenants(paged.isEmpty() ? "" : paged.getLast().value(), 3);
            if (page.isEmpty()) {
                break;
            }
            assertTrue(page.size() <= 3, "a page of tenants is larger than its limit");
            paged.addAll(page);
        }
        assertEquals(all, paged);
    }

    private static List<StoredResource> resources(List<Change> changes) {
        return changes.stream().map(change -> ((Change.Written) change).resource()).toList();
    }
}
