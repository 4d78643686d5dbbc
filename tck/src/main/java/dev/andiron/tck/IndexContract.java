package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** Promises of {@link Mutation.Index}. */
@Needs(value = Facet.STORE, search = SearchFeature.TOKEN)
abstract class IndexContract extends Contract {
    private static final ResourceKey ONE = Resources.patient("1");
    private static final ResourceKey TWO = Resources.patient("2");

    IndexContract(BackendContract contract) {
        super(contract);
    }

    /** {@link Mutation.Index}. */
    @Test
    @Promise("new values of the current version replace all that it was found by")
    final void required_IX01_valuesAreReplaced() {
        Tenant tenant = newTenant();
        tenant.create(ONE, value("code", "a"), value("identifier", "x"));
        tenant.create(TWO, value("code", "a"));
        tenant.commit(new Mutation.Index(ONE, 1, List.of(value("code", "b"), value("new", "n"))));
        assertEquals(List.of(TWO), found(tenant, "code", "a"));
        assertEquals(List.of(ONE), found(tenant, "code", "b"));
        assertEquals(List.of(ONE), found(tenant, "new", "n"));
        assertEquals(List.of(), found(tenant, "identifier", "x"));
        tenant.commit(new Mutation.Index(ONE, 1, List.of()));
        assertEquals(List.of(), found(tenant, "code", "b"));
        assertEquals(
                List.of(ONE, TWO),
                Walk.keys(tenant, Query.of("Patient", Criterion.everything(), 5)));
    }

    /** {@link Mutation.Index}: if the current version is another one by then. */
    @Test
    @Promise("values of a version that is not the current one, or is deleted, change nothing")
    final void required_IX02_staleValuesAreIgnored() {
        Tenant tenant = newTenant();
        tenant.commit(new Mutation.Index(ONE, 1, List.of(value("code", "early"))));
        assertEquals(Optional.empty(), tenant.read(ONE));
        tenant.create(ONE, value("code", "a"));
        tenant.commit(new Mutation.Index(ONE, 2, List.of(value("code", "early"))));
        assertEquals(List.of(ONE), found(tenant, "code", "a"));
        tenant.update(ONE, value("code", "b"));
        tenant.commit(new Mutation.Index(ONE, 1, List.of(value("code", "late"))));
        assertEquals(List.of(), found(tenant, "code", "late"));
        assertEquals(List.of(ONE), found(tenant, "code", "b"));
        tenant.delete(ONE);
        tenant.commit(new Mutation.Index(ONE, 2, List.of(value("code", "late"))));
        tenant.commit(new Mutation.Index(ONE, 3, List.of(value("code", "late"))));
        assertEquals(List.of(), found(tenant, "code", "late"));
        assertEquals(List.of(), found(tenant, "code", "early"));
        tenant.purge(ONE);
        tenant.commit(new Mutation.Index(ONE, 3, List.of(value("code", "late"))));
        assertEquals(List.of(), found(tenant, "code", "late"));
        assertEquals(Optional.empty(), tenant.read(ONE));
    }

    /** {@link Mutation.Index}: neither history nor the change feed show it. */
    @Test
    @Promise("it makes no version and no change")
    final void required_IX03_nothingElseChanges() {
        Tenant tenant = newTenant();
        StoredResource resource = tenant.create(ONE, value("code", "a"));
        long position = capabilities().changeFeed() ? tenant.feed().last(tenant.context()) : 0;
        long answered = tenant.commit(new Mutation.Index(ONE, 1, List.of(value("code", "b"))));
        assertEquals(Optional.of(resource), tenant.read(ONE));
        assertEquals(1, tenant.currentVersion(ONE));
        if (capabilities().changeFeed()) {
            assertEquals(position, answered, "the position of the commit");
            assertEquals(position, tenant.feed().last(tenant.context()));
            assertEquals(1, tenant.changes(0, 10).size());
        }
        tenant.update(ONE, value("code", "c"));
        assertEquals(List.of(), found(tenant, "code", "b"));
        assertEquals(List.of(ONE), found(tenant, "code", "c"));
    }

    /** {@link Commit}: mutations of any kind, under preconditions. */
    @Test
    @Promise("it stands beside other mutations, and a commit that fails does not index")
    final void required_IX04_standsBesideOthers() {
        Tenant tenant = newTenant();
        tenant.create(ONE, value("code", "a"));
        ResourceKey three = Resources.patient("3");
        tenant.commit(
                Resources.put(TWO, 1, value("code", "b")),
                new Mutation.Index(ONE, 1, List.of(value("code", "b"))),
                Resources.put(three, 1, value("code", "b")));
        assertEquals(Set.of(ONE, TWO, three), Set.copyOf(found(tenant, "code", "b")));
        var stale = List.<Precondition>of(new Precondition.VersionIs(TWO, 7));
        assertThrows(
                StorageException.PreconditionFailed.class,
                () ->
                        tenant.commit(
                                stale, new Mutation.Index(ONE, 1, List.of(value("code", "c")))));
        assertEquals(List.of(), found(tenant, "code", "c"));
    }

    /** {@link Mutation.Index}: the newer write brought its own values. */
    @Test
    @Promise("beside writers of the same resources it never brings back values of an old version")
    final void required_IX05_writersWin() throws InterruptedException {
        Tenant tenant = newTenant();
        List<ResourceKey> keys = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            keys.add(Resources.patient("p" + i));
            tenant.create(keys.getLast(), value("code", "old"));
        }
        List<Callable<Void>> tasks = new ArrayList<>();
        for (ResourceKey key : keys) {
            tasks.add(
                    () -> {
                        tenant.write(key, 2, value("code", "new"));
                        return null;
                    });
            tasks.add(
                    () -> {
                        tenant.commit(new Mutation.Index(key, 1, List.of(value("code", "old"))));
                        return null;
                    });
        }
        Race.run(tasks);
        assertEquals(List.of(), found(tenant, "code", "old"));
        assertEquals(Set.copyOf(keys), Set.copyOf(found(tenant, "code", "new")));
    }

    private static SearchValue value(String parameter, String code) {
        return new SearchValue.Token(parameter, "urn:system", code, "");
    }

    private static List<ResourceKey> found(Tenant tenant, String parameter, String code) {
        var test = new ValueTest.Token(Optional.of("urn:system"), Optional.of(code));
        return Walk.keys(tenant, Query.of("Patient", new Criterion.Value(parameter, test), 5));
    }
}
