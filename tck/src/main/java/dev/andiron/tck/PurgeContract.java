package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Promises of {@link Mutation.Purge}. */
@Needs(Facet.STORE)
abstract class PurgeContract extends Contract {
    private static final ResourceKey KEY = Resources.patient("1");
    private static final ResourceKey KEPT = Resources.patient("2");

    PurgeContract(BackendContract contract) {
        super(contract);
    }

    /** {@link Mutation.Purge}. */
    @Test
    @Promise("a purge erases a resource, live or deleted, from reads and scans")
    final void required_PU01_erasesTheResource() {
        Tenant tenant = newTenant();
        StoredResource kept = tenant.create(KEPT);
        for (boolean deleted : new boolean[] {false, true}) {
            tenant.create(KEY);
            tenant.update(KEY);
            if (deleted) {
                tenant.delete(KEY);
            }
            tenant.purge(KEY);
            assertEquals(Optional.empty(), tenant.read(KEY));
            assertEquals(List.of(kept), Walk.scan(tenant, ScanRequest.all()));
            OptionalLong count = tenant.store().count(tenant.context(), Optional.empty());
            assertEquals(1, count.orElse(1));
        }
    }

    /** {@link Mutation.Purge}: created later under the same key it starts at version 1. */
    @Test
    @Promise("a resource created after its purge starts at version 1 again")
    final void required_PU02_startsAgain() {
        Tenant tenant = newTenant();
        tenant.create(KEY);
        tenant.update(KEY);
        tenant.purge(KEY);
        assertThrows(
                StorageException.VersionConflict.class, () -> tenant.commit(Resources.put(KEY, 3)));
        tenant.commit(List.of(new Precondition.VersionIs(KEY, 0)), Resources.put(KEY, 1));
        assertEquals(1, tenant.currentVersion(KEY));
        tenant.write(KEY, 2);
    }

    /** {@link Mutation.Purge}: whatever its state. */
    @Test
    @Promise("a purge of what never existed, or again, is no error")
    final void required_PU03_isRepeatable() {
        Tenant tenant = newTenant();
        tenant.purge(KEY);
        tenant.create(KEY);
        tenant.purge(KEY);
        tenant.purge(KEY);
        assertEquals(Optional.empty(), tenant.read(KEY));
    }

    /** {@link Mutation.Purge}: with all of its versions. */
    @Test
    @Promise("a purge erases every version")
    @Needs(Facet.VERSIONS)
    final void required_PU04_erasesVersions() {
        Tenant tenant = newTenant();
        tenant.create(KEY);
        tenant.update(KEY);
        tenant.delete(KEY);
        tenant.create(KEPT);
        tenant.purge(KEY);
        for (int version = 1; version <= 3; version++) {
            assertEquals(
                    Optional.empty(),
                    tenant.versions().readVersion(tenant.context(), KEY, version));
        }
        assertEquals(List.of(), Walk.versions(tenant, KEY, 10));
        StoredResource again = tenant.create(KEY);
        assertEquals(1, Walk.versions(tenant, KEY, 10).size());
        assertEquals(Optional.of(again), tenant.versions().readVersion(tenant.context(), KEY, 1));
    }

    /** {@link Mutation.Purge}: history without trace. */
    @Test
    @Promise("a purge erases the resource's history at every level")
    @Needs(Facet.INSTANCE_HISTORY)
    final void required_PU05_erasesHistory() {
        Tenant tenant = newTenant();
        tenant.create(KEY);
        StoredResource kept = tenant.create(KEPT);
        tenant.update(KEY);
        tenant.purge(KEY);
        assertEquals(List.of(), Walk.history(tenant, new HistoryScope.Instance(KEY), 10));
        for (HistoryScope scope :
                List.of(new HistoryScope.Type("Patient"), new HistoryScope.System())) {
            if (capabilities().history().contains(scope.level())) {
                assertEquals(List.of(kept), Walk.history(tenant, scope, 1));
            }
        }
    }

    /** {@link dev.andiron.spi.resource.ChangeFeed}: the purge itself stays. */
    @Test
    @Promise("the feed leaves out purged versions, and keeps the purge at its place")
    @Needs(Facet.CHANGE_FEED)
    final void required_PU06_staysInTheFeed() {
        Tenant tenant = newTenant();
        tenant.create(KEY);
        StoredResource kept = tenant.create(KEPT);
        tenant.update(KEY);
        tenant.purge(KEY);
        StoredResource again = tenant.create(KEY);
        List<Change> changes = tenant.changes(0, 2);
        assertEquals(3, changes.size(), () -> "the feed has " + changes);
        assertEquals(kept, ((Change.Written) changes.get(0)).resource());
        assertEquals(KEY, ((Change.Purged) changes.get(1)).key());
        assertEquals(again, ((Change.Written) changes.get(2)).resource());
    }

    /** {@link dev.andiron.spi.search.SearchEngine}: current, live resources. */
    @Test
    @Promise("a purged resource is found no more, and its old values do not come back")
    @Needs(Facet.SEARCH)
    final void required_PU07_erasesSearchValues() {
        Tenant tenant = newTenant();
        tenant.create(KEY, new SearchValue.Token("code", "", "old", ""));
        tenant.purge(KEY);
        Query all = Query.of("Patient", Criterion.everything(), 10);
        assertEquals(List.of(), Walk.keys(tenant, all));
        assertEquals(0, tenant.engine().count(tenant.context(), all));
        tenant.create(KEY);
        assertEquals(List.of(KEY), Walk.keys(tenant, all));
    }

    /** {@link dev.andiron.spi.resource.Commit}: purges are mutations like others. */
    @Test
    @Promise("a purge in a commit that fails erases nothing")
    final void required_PU08_isPartOfItsCommit() {
        Tenant tenant = newTenant();
        StoredResource written = tenant.create(KEY);
        assertThrows(
                StorageException.VersionConflict.class,
                () -> tenant.commit(new Mutation.Purge(KEY), Resources.put(KEPT, 5)));
        assertEquals(Optional.of(written), tenant.read(KEY));
        tenant.commit(new Mutation.Purge(KEY), Resources.put(KEPT, 1));
        assertEquals(Optional.empty(), tenant.read(KEY));
        assertEquals(1, tenant.currentVersion(KEPT));
    }
}
