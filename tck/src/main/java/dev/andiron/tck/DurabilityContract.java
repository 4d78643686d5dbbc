package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Backend;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.tck.fixture.ForkedWriter;
import dev.andiron.tck.fixture.Model;
import dev.andiron.tck.fixture.ModelComparison;
import dev.andiron.tck.fixture.RandomCommits;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is acknowledged stays: after closing and opening again, and after a crash. */
@Needs(Facet.STORE)
abstract class DurabilityContract extends Contract {
    private static final int COMMITS_PER_CRASH = 60;

    DurabilityContract(BackendContract contract) {
        super(contract);
    }

    /** {@link Backend#close()}: everything acknowledged stays durable. */
    @Test
    @Promise(
            "a backend opened again over the same data has everything: contents and facts,"
                    + " versions, history, changes and what is found")
    final void required_DU01_reopenKeepsEverything(TestInfo test) {
        Path folder = newFolder();
        Model model = new Model();
        var commits = new RandomCommits(random(test), capabilities());
        for (int round = 0; round < 3; round++) {
            try (Backend opened = opening().open(folder)) {
                Tenant tenant = Tenant.of(opened, "kept");
                ModelComparison.assertSame(model, tenant, capabilities());
                for (int i = 0; i < 60; i++) {
                    Commit commit = commits.next(model);
                    try {
                        model.commit(commit);
                    } catch (StorageException refused) {
                        continue;
                    }
                    tenant.store().commit(tenant.context(), commit);
                }
                ModelComparison.assertSame(model, tenant, capabilities());
            }
        }
    }

    /** {@link dev.andiron.spi.search.Cursor}: they stay valid across restarts. */
    @Test
    @Promise("a search goes on from its cursor after the backend was closed and opened")
    @Needs(Facet.SEARCH)
    final void required_DU02_cursorsSurviveRestarts() {
        Path folder = newFolder();
        Query query = Query.of("Patient", Criterion.everything(), 3);
        List<ResourceKey> expected;
        List<ResourceKey> seen = new ArrayList<>();
        SearchPage page;
        try (Backend opened = opening().open(folder)) {
            Tenant tenant = Tenant.of(opened, "default");
            for (int i = 0; i < 10; i++) {
                tenant.create(Resources.patient("p" + i * 3 % 10));
            }
            expected = Walk.keys(tenant, query);
            page = tenant.engine().search(tenant.context(), query);
            page.hits().forEach(hit -> seen.add(hit.key()));
        }
        try (Backend opened = opening().open(folder)) {
            seen.addAll(Walk.keys(Tenant.of(opened, "default"), Walk.after(query, page)));
        }
        assertEquals(expected, seen);
    }

    /** {@link dev.andiron.spi.resource.ChangeFeed}: across restarts. */
    @Test
    @Promise("positions are the same after a restart, and later commits have larger ones")
    @Needs(Facet.CHANGE_FEED)
    final void required_DU03_positionsSurviveRestarts() {
        Path folder = newFolder();
        List<Change> before = List.of();
        for (int round = 0; round < 4; round++) {
            try (Backend opened = opening().open(folder)) {
                Tenant tenant = Tenant.of(opened, "default");
                assertEquals(before, tenant.changes(0, 3), "changes after a restart");
                long last = tenant.feed().last(tenant.context());
                assertEquals(before.isEmpty() ? 0 : before.getLast().position(), last);
                ResourceKey passing = Resources.patient("passing" + round);
                tenant.create(Resources.patient("p" + round));
                tenant.create(passing);
                long purge = tenant.commit(new Mutation.Purge(passing));
                assertTrue(purge > last, "a position was given a second time");
                before = tenant.changes(0, 100);
            }
        }
    }

    /** {@link dev.andiron.spi.resource.ResourceStore#commit}: on return it is durable. */
    @Test
    @Promise(
            "every acknowledged commit is there after a crash, whole, and at its place in the feed")
    final void required_DU04_crashLosesNothing() throws IOException, InterruptedException {
        Optional<List<String>> command = contract().forked();
        if (command.isEmpty()) {
            Assumptions.abort("the author gives no way to open the backend in another process");
        }
        Path folder = newFolder();
        List<ForkedWriter.Committed> committed = new ArrayList<>();
        for (int crash = 0; crash < 3; crash++) {
            committed.addAll(writeUntilKilled(command.get(), folder));
            try (Backend opened = opening().open(folder)) {
                assertNothingIsLost(ForkedWriter.tenant(opened), committed);
            }
        }
    }

    /** Runs a writing process, kills it, and gives the commits that it had acknowledged. */
    private List<ForkedWriter.Committed> writeUntilKilled(List<String> java, Path folder)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(java);
        command.add(ForkedWriter.class.getName());
        command.add(contract().getClass().getName());
        command.add(folder.toString());
        Path errors = folder.resolveSibling(folder.getFileName() + ".errors");
        Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        List<ForkedWriter.Committed> committed = new ArrayList<>();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                ForkedWriter.Committed each = ForkedWriter.Committed.of(line);
                if (each != null) {
                    committed.add(each);
                }
                if (committed.size() == COMMITS_PER_CRASH) {
                    process.toHandle().destroyForcibly(); // and go on reading what it wrote
                }
            }
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
        assertTrue(
                committed.size() >= COMMITS_PER_CRASH,
                () -> "the writing process ended by itself: " + text(errors));
        return committed;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "its errors cannot be read: " + e;
        }
    }

    private void assertNothingIsLost(Tenant tenant, List<ForkedWriter.Committed> committed) {
        for (ForkedWriter.Committed each : committed) {
            assertTrue(
                    tenant.currentVersion(ForkedWriter.counter(each.writer())) >= each.round(),
                    () -> each + " was acknowledged, and its update is gone");
            for (ResourceKey key : ForkedWriter.created(each.writer(), each.round())) {
                assertTrue(
                        tenant.read(key).isPresent(),
                        () -> each + " was acknowledged, and " + key + " is gone");
            }
        }
        if (Facet.ATOMIC_COMMITS.declared(capabilities())) {
            for (int writer = 0; writer < ForkedWriter.WRITERS; writer++) {
                assertNoPartialCommit(tenant, writer);
            }
        }
        if (capabilities().changeFeed()) {
            assertFeed(tenant, committed);
        }
    }

    private static void assertNoPartialCommit(Tenant tenant, int writer) {
        long rounds = tenant.currentVersion(ForkedWriter.counter(writer));
        for (long round = Math.max(1, rounds - 2); round <= rounds + 1; round++) {
            for (ResourceKey key : ForkedWriter.created(writer, round)) {
                assertEquals(
                        round <= rounds,
                        tenant.read(key).isPresent(),
                        "a part of a commit: " + key + " while its counter is at " + rounds);
            }
        }
    }

    private static void assertFeed(Tenant tenant, List<ForkedWriter.Committed> committed) {
        Map<ResourceKey, Long> versions = new HashMap<>();
        Set<Long> positions = new HashSet<>();
        for (Change change : tenant.changes(0, 50)) {
            StoredResource resource = ((Change.Written) change).resource();
            long before = versions.getOrDefault(resource.key(), 0L);
            assertEquals(before + 1, resource.version(), () -> "gap at " + change.key());
            versions.put(resource.key(), resource.version());
            positions.add(change.position());
        }
        for (ForkedWriter.Committed each : committed) {
            assertTrue(
                    positions.contains(each.position()),
                    () -> each + " is not at its place in the feed");
        }
    }
}
