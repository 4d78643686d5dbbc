package dev.andiron.kernel.lent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

class ExclusiveStoreTest {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final SearchValue A = new SearchValue.Token("identifier", "", "a", "");
    private static final Criterion IS_A =
            new Criterion.Value(
                    "identifier", new ValueTest.Token(Optional.empty(), Optional.of("a")));

    private final VersionedMemory memory = new VersionedMemory();
    private final ExclusiveStore store =
            new ExclusiveStore(memory, new ScanSearch(memory, (tenant, resource, _) -> List.of(A)));

    private CommitResult create(String id, Precondition... preconditions) {
        return store.commit(
                TENANT,
                new Commit(
                        List.of(preconditions),
                        List.of(Resources.put(Resources.patient(id), 1, A))));
    }

    @Test
    void criteriaAreJudgedByScanning() {
        ResourceKey first = Resources.patient("1");
        create("1", new Precondition.NoMatch("Patient", IS_A));
        var matched =
                assertThrows(
                        StorageException.PreconditionFailed.class,
                        () ->
                                create(
                                        "2",
                                        new Precondition.VersionIs(first, 1),
                                        new Precondition.NoMatch("Patient", IS_A)));
        assertEquals(1, matched.index());
        create("3", new Precondition.OnlyMatch(IS_A, first));
        assertThrows(
                StorageException.PreconditionFailed.class,
                () -> create("4", new Precondition.OnlyMatch(IS_A, first)));
    }

    /** Those that were judged are left out of what the store gets. */
    @Test
    void whatTheStoreRefusesIsNamedAsTheCallerCountsIt() {
        create("1");
        var failed =
                assertThrows(
                        StorageException.PreconditionFailed.class,
                        () ->
                                create(
                                        "2",
                                        new Precondition.OnlyMatch(IS_A, Resources.patient("1")),
                                        new Precondition.VersionIs(Resources.patient("1"), 7)));
        assertEquals(1, failed.index());
    }

    @Test
    void ofManyConditionalCreatesOneIsMade() throws Exception {
        var creates = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 16; i++) {
            String id = "r" + i;
            creates.add(
                    () -> {
                        try {
                            create(id, new Precondition.NoMatch("Patient", IS_A));
                            return true;
                        } catch (StorageException.PreconditionFailed other) {
                            return false;
                        }
                    });
        }
        assertEquals(1, Race.run(creates).stream().filter(made -> made).count());
        try (var all = store.scan(TENANT, ScanRequest.all())) {
            assertTrue(all.next().isPresent());
            assertEquals(Optional.empty(), all.next());
        }
    }
}
