package dev.andiron.kernel.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.andiron.kernel.lent.JudgedStore;
import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

class JudgedStoreTest {
    private static final SearchValue A = new SearchValue.Token("identifier", "", "a", "");
    private static final Criterion IS_A =
            new Criterion.Value(
                    "identifier", new ValueTest.Token(Optional.empty(), Optional.of("a")));

    private final MemoryPrimary primary = new MemoryPrimary();
    private final JudgedStore store =
            new JudgedStore(
                    primary,
                    primary,
                    new ScanSearch(
                            primary, (tenant, resource, _) -> primary.values(tenant, resource)),
                    (tenant, resource, _) -> primary.values(tenant, resource),
                    EnumSet.allOf(SearchFeature.class));

    private void create(String id, Precondition... preconditions) {
        store.commit(
                CompositeFixture.TENANT,
                new Commit(
                        List.of(preconditions),
                        List.of(Resources.put(Resources.patient(id), 1, A))));
    }

    @Test
    void criteriaAreJudgedByScanning() {
        create("1", new Precondition.NoMatch("Patient", IS_A));
        var failure =
                assertThrows(
                        StorageException.PreconditionFailed.class,
                        () ->
                                create(
                                        "2",
                                        new Precondition.VersionIs(Resources.patient("1"), 1),
                                        new Precondition.NoMatch("Patient", IS_A)));
        assertEquals(1, failure.index());
        create("3", new Precondition.OnlyMatch(IS_A, Resources.patient("1")));
        assertThrows(
                StorageException.PreconditionFailed.class,
                () -> create("4", new Precondition.OnlyMatch(IS_A, Resources.patient("1"))));
    }

    @Test
    void parallelConditionalCreatesMakeOneResource() throws InterruptedException {
        List<Callable<Boolean>> creates = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String id = "p" + i;
            creates.add(
                    () -> {
                        try {
                            create(id, new Precondition.NoMatch("Patient", IS_A));
                            return true;
                        } catch (StorageException.PreconditionFailed somebodyWasFirst) {
                            return false;
                        }
                    });
        }
        assertEquals(1, Race.run(creates).stream().filter(created -> created).count());
        assertEquals(1, primary.changes(CompositeFixture.TENANT, 0, 10).size());
    }
}
