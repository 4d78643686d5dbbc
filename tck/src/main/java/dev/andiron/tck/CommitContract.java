package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
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
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Promises of {@link ResourceStore#commit}, {@link Mutation} and {@link Precondition}. */
@Needs(Facet.STORE)
abstract class CommitContract extends Contract {
    private static final ResourceKey ONE = Resources.patient("1");
    private static final ResourceKey TWO = Resources.patient("2");

    CommitContract(BackendContract contract) {
        super(contract);
    }

    /** {@link Mutation}: the version is exactly one more than the current one. */
    @Test
    @Promise("a put whose version does not follow the current one is a VersionConflict")
    final void required_CM01_staleVersionConflicts() {
        Tenant tenant = newTenant();
        StoredResource first = tenant.create(ONE);
        assertConflict(tenant, 1, Resources.put(ONE, 1));
        assertConflict(tenant, 1, Resources.put(ONE, 3));
        assertConflict(tenant, 0, Resources.put(TWO, 2));
        assertEquals(Optional.of(first), tenant.read(ONE));
        assertEquals(Optional.empty(), tenant.read(TWO));
        tenant.write(ONE, 2);
        assertConflict(tenant, 2, Resources.put(ONE, 2));
        assertConflict(tenant, 2, Resources.put(ONE, 1));
    }

    /** {@link Mutation.Delete}. */
    @Test
    @Promise("a delete whose version does not follow the current one is a VersionConflict")
    final void required_CM02_staleDeleteConflicts() {
        Tenant tenant = newTenant();
        tenant.create(ONE);
        StoredResource second = tenant.update(ONE);
        assertConflict(tenant, 2, Resources.delete(ONE, 2));
        assertConflict(tenant, 2, Resources.delete(ONE, 4));
        assertEquals(Optional.of(second), tenant.read(ONE));
    }

    /** {@link Mutation}: counting deletes. */
    @Test
    @Promise("a resource created again after its delete goes on counting versions")
    final void required_CM03_recreationGoesOnCounting() {
        Tenant tenant = newTenant();
        tenant.create(ONE);
        tenant.delete(ONE);
        assertConflict(tenant, 2, Resources.put(ONE, 1));
        StoredResource third = tenant.write(ONE, 3);
        assertEquals(Optional.of(third), tenant.read(ONE));
        assertEquals(4, tenant.delete(ONE).version());
        tenant.write(ONE, 5);
        assertEquals(List.of(ONE), keys(tenant));
    }

    /** {@link Mutation.Delete}: a version that marks the resource as deleted. */
    @Test
    @Promise("a deleted resource may be deleted again, which is one more version")
    final void required_CM04_deletesAreVersions() {
        Tenant tenant = newTenant();
        StoredResource deleted = Resources.delete(ONE, 1).resource();
        tenant.commit(new Mutation.Delete(deleted));
        assertEquals(Optional.of(deleted), tenant.read(ONE));
        assertEquals(2, tenant.delete(ONE).version());
        assertEquals(2, tenant.currentVersion(ONE));
        assertEquals(List.of(), keys(tenant));
    }

    /** {@link Commit}: mutations of any kind, applied together. */
    @Test
    @Promise("a commit of many mutations applies all of them")
    final void required_CM05_manyMutationsAreApplied() {
        Tenant tenant = newTenant();
        tenant.create(ONE);
        tenant.create(TWO);
        ResourceKey three = Resources.observation("1");
        tenant.commit(Resources.delete(ONE, 2), Resources.put(TWO, 2), Resources.put(three, 1));
        assertTrue(tenant.read(ONE).orElseThrow().deleted());
        assertEquals(2, tenant.currentVersion(TWO));
        assertEquals(List.of(three, TWO), keys(tenant));
    }

    /** {@link ResourceStore#commit}: on any exception nothing has changed. */
    @Test
    @Promise("a commit in which one mutation conflicts changes nothing, wherever it stands")
    final void required_CM06_failedCommitLeavesNothing() {
        Tenant tenant = newTenant();
        StoredResource one = tenant.create(ONE);
        StoredResource two = tenant.create(TWO);
        long last = capabilities().changeFeed() ? tenant.feed().last(tenant.context()) : 0;
        int size = 6;
        for (int wrong = 0; wrong < size; wrong++) {
            var mutations = new ArrayList<Mutation>();
            for (int i = 0; i < size; i++) {
                ResourceKey key = i == 0 ? ONE : i == 1 ? TWO : Resources.patient("new" + i);
                long right = i < 2 ? 2 : 1;
                long version = i == wrong ? right + 1 : right;
                mutations.add(
                        i == 1 ? Resources.delete(key, version) : Resources.put(key, version));
            }
            ResourceKey expected = mutations.get(wrong).key();
            var conflict =
                    assertThrows(
                            StorageException.VersionConflict.class,
                            () -> tenant.commit(mutations.toArray(Mutation[]::new)));
            assertEquals(expected, conflict.key(), "the conflict names another key");
            assertEquals(wrong < 2 ? 1 : 0, conflict.currentVersion());
            assertEquals(List.of(one, two), Walk.scan(tenant, ScanRequest.all()));
            assertEquals(Optional.empty(), tenant.read(Resources.patient("new3")));
        }
        if (capabilities().changeFeed()) {
            assertEquals(List.of(), tenant.changes(last, 10), "a failed commit left a change");
        }
        tenant.commit(Resources.put(ONE, 2), Resources.delete(TWO, 2));
    }

    /** {@link Precondition.VersionIs}. */
    @Test
    @Promise("VersionIs holds for the current version alone, 0 meaning that it never existed")
    final void required_CM07_versionIs() {
        Tenant tenant = newTenant();
        ResourceKey written = Resources.observation("written");
        tenant.commit(List.of(new Precondition.VersionIs(ONE, 0)), Resources.put(ONE, 1));
        assertFails(tenant, 0, List.of(new Precondition.VersionIs(ONE, 0)), written);
        assertFails(tenant, 0, List.of(new Precondition.VersionIs(ONE, 2)), written);
        assertFails(tenant, 0, List.of(new Precondition.VersionIs(TWO, 1)), written);
        tenant.delete(ONE);
        assertFails(tenant, 0, List.of(new Precondition.VersionIs(ONE, 0)), written);
        assertFails(tenant, 0, List.of(new Precondition.VersionIs(ONE, 1)), written);
        tenant.commit(List.of(new Precondition.VersionIs(ONE, 2)), Resources.put(written, 1));
        assertEquals(1, tenant.currentVersion(written));
    }

    /** {@link StorageException.PreconditionFailed#index()}. */
    @Test
    @Promise("a failed precondition is named by its index")
    final void required_CM08_failedPreconditionIsNamed() {
        Tenant tenant = newTenant();
        tenant.create(ONE);
        tenant.create(TWO);
        for (int wrong = 0; wrong < 3; wrong++) {
            var preconditions = new ArrayList<Precondition>();
            for (int i = 0; i < 3; i++) {
                ResourceKey key = i == 1 ? ONE : i == 2 ? TWO : Resources.patient("none");
                long right = i == 0 ? 0 : 1;
                preconditions.add(new Precondition.VersionIs(key, i == wrong ? 7 : right));
            }
            assertFails(tenant, wrong, preconditions, Resources.observation("new"));
        }
    }

    /** {@link Precondition}: judged against the state just before the commit. */
    @Test
    @Promise("preconditions are judged before any mutation of their commit")
    final void required_CM09_preconditionsComeFirst() {
        Tenant tenant = newTenant();
        tenant.create(ONE);
        tenant.commit(
                List.of(new Precondition.VersionIs(ONE, 1), new Precondition.VersionIs(TWO, 0)),
                Resources.put(TWO, 1),
                Resources.delete(ONE, 2));
        assertEquals(2, tenant.currentVersion(ONE));
        assertEquals(1, tenant.currentVersion(TWO));
    }

    /** {@link Commit}: preconditions without mutations. */
    @Test
    @Promise("a commit without mutations judges its preconditions and changes nothing")
    final void required_CM10_emptyCommit() {
        Tenant tenant = newTenant();
        tenant.commit();
        tenant.create(ONE);
        tenant.commit(List.of(new Precondition.VersionIs(ONE, 1)));
        assertThrows(
                StorageException.PreconditionFailed.class,
                () -> tenant.commit(List.of(new Precondition.VersionIs(ONE, 2))));
        assertEquals(1, tenant.currentVersion(ONE));
        if (capabilities().changeFeed()) {
            assertEquals(1, tenant.changes(0, 10).size());
        }
    }

    /** {@link Precondition.NoMatch}. */
    @Test
    @Promise("NoMatch holds while no live resource of the type matches")
    @Needs(search = SearchFeature.TOKEN)
    final void required_CM11_noMatch() {
        Tenant tenant = newTenant();
        List<Precondition> free = List.of(new Precondition.NoMatch("Patient", identifier("a")));
        tenant.commit(
                Resources.put(Resources.observation("other-type"), 1, identifierValue("a")),
                Resources.put(Resources.patient("other-value"), 1, identifierValue("b")));
        tenant.commit(free, Resources.put(ONE, 1, identifierValue("a")));
        assertFails(tenant, 0, free, TWO);
        tenant.update(ONE, identifierValue("c"));
        tenant.commit(free, Resources.put(TWO, 1, identifierValue("a")));
        assertFails(tenant, 0, free, Resources.patient("3"));
        tenant.delete(TWO);
        tenant.commit(free, Resources.put(Resources.patient("3"), 1, identifierValue("a")));
    }

    /** {@link Precondition.OnlyMatch}. */
    @Test
    @Promise("OnlyMatch holds while exactly this live resource of its type matches")
    @Needs(search = SearchFeature.TOKEN)
    final void required_CM12_onlyMatch() {
        Tenant tenant = newTenant();
        List<Precondition> only = List.of(new Precondition.OnlyMatch(identifier("a"), ONE));
        ResourceKey written = Resources.observation("written");
        assertFails(tenant, 0, only, written);
        tenant.create(ONE, identifierValue("b"));
        assertFails(tenant, 0, only, written);
        tenant.update(ONE, identifierValue("a"));
        tenant.create(Resources.observation("1"), identifierValue("a"));
        tenant.commit(only, Resources.put(written, 1));
        tenant.create(TWO, identifierValue("a"));
        assertFails(tenant, 0, only, Resources.observation("refused"));
        tenant.delete(TWO);
        tenant.commit(only, Resources.put(written, 2));
        tenant.delete(ONE);
        assertFails(tenant, 0, only, Resources.observation("refused"));
        tenant.update(TWO, identifierValue("a"));
        assertFails(tenant, 0, only, Resources.observation("refused"));
    }

    /** {@link Precondition}: a failed one changes nothing. */
    @Test
    @Promise("a commit whose search precondition fails changes nothing of a whole bundle")
    @Needs(search = SearchFeature.TOKEN)
    final void required_CM13_failedMatchLeavesNothing() {
        Tenant tenant = newTenant();
        tenant.create(ONE, identifierValue("a"));
        var failed =
                assertThrows(
                        StorageException.PreconditionFailed.class,
                        () ->
                                tenant.commit(
                                        List.of(
                                                new Precondition.VersionIs(ONE, 1),
                                                new Precondition.OnlyMatch(identifier("a"), ONE),
                                                new Precondition.NoMatch(
                                                        "Patient", identifier("a"))),
                                        Resources.put(ONE, 2, identifierValue("z")),
                                        Resources.put(TWO, 1, identifierValue("y"))));
        assertEquals(2, failed.index());
        assertEquals(1, tenant.currentVersion(ONE));
        assertEquals(0, tenant.currentVersion(TWO));
        tenant.commit(
                List.of(
                        new Precondition.OnlyMatch(identifier("a"), ONE),
                        new Precondition.NoMatch("Patient", identifier("z")),
                        new Precondition.NoMatch("Patient", identifier("y"))));
    }

    /** {@link Precondition}: a store that cannot judge one kind refuses it by name. */
    @Test
    @Promise("a store without search judges NoMatch and OnlyMatch, or refuses both as NotSupported")
    final void required_CM14_unjudgedPreconditionsAreRefused() {
        Tenant tenant = newTenant();
        tenant.create(ONE);
        Criterion byId = new Criterion.Id(Set.of("1"));
        List<Precondition> holds = List.of(new Precondition.OnlyMatch(byId, ONE));
        List<Precondition> fails = List.of(new Precondition.NoMatch("Patient", byId));
        try {
            tenant.commit(holds, Resources.put(TWO, 1));
        } catch (StorageException.NotSupported refused) {
            assertTrue(capabilities().search().isEmpty(), "it searches, but does not judge by it");
            assertEquals(0, tenant.currentVersion(TWO));
            assertThrows(
                    StorageException.NotSupported.class,
                    () -> tenant.commit(fails, Resources.put(TWO, 1)));
            return;
        }
        assertEquals(1, tenant.currentVersion(TWO));
        assertFails(tenant, 0, fails, Resources.patient("3"));
    }

    /** {@link Precondition.Unchanged}. */
    @Test
    @Promise("Unchanged holds until a resource of its types is changed behind its position")
    @Needs(Facet.CHANGE_FEED)
    final void required_CM15_unchanged() {
        Tenant tenant = newTenant();
        long before = tenant.commit(Resources.put(ONE, 1));
        var patients = new Precondition.Unchanged(Set.of("Patient"), before);
        var all = new Precondition.Unchanged(Set.of(), before);
        try {
            tenant.commit(List.of(patients, all));
        } catch (StorageException.NotSupported refused) {
            assertFalse(
                    capabilities().search().isEmpty(),
                    "it judges neither criteria nor what was changed since a position");
            return;
        }
        ResourceKey observation = Resources.observation("1");
        tenant.commit(List.of(patients), Resources.put(observation, 1));
        assertFails(tenant, 0, List.of(all), TWO);
        tenant.commit(List.of(patients), Resources.put(TWO, 1));
        assertFails(tenant, 0, List.of(patients), Resources.patient("3"));
        assertFails(
                tenant,
                1,
                List.of(
                        new Precondition.Unchanged(Set.of(), tenant.feed().last(tenant.context())),
                        new Precondition.Unchanged(Set.of("Observation", "Group"), before)),
                observation);
        long end = tenant.feed().last(tenant.context());
        tenant.delete(TWO);
        assertFails(
                tenant,
                0,
                List.of(new Precondition.Unchanged(Set.of("Patient"), end)),
                Resources.patient("3"));
    }

    private static SearchValue identifierValue(String code) {
        return new SearchValue.Token("identifier", "urn:system", code, "");
    }

    private static Criterion identifier(String code) {
        return new Criterion.Value(
                "identifier", new ValueTest.Token(Optional.of("urn:system"), Optional.of(code)));
    }

    private static void assertConflict(Tenant tenant, long current, Mutation mutation) {
        var conflict =
                assertThrows(StorageException.VersionConflict.class, () -> tenant.commit(mutation));
        assertEquals(mutation.key(), conflict.key());
        assertEquals(current, conflict.currentVersion());
    }

    /** A commit under these preconditions fails at one of them, and does not write the key. */
    private static void assertFails(
            Tenant tenant, int index, List<Precondition> preconditions, ResourceKey written) {
        long before = tenant.currentVersion(written);
        var failed =
                assertThrows(
                        StorageException.PreconditionFailed.class,
                        () -> tenant.commit(preconditions, Resources.put(written, before + 1)),
                        () -> preconditions + " were taken to hold");
        assertEquals(index, failed.index(), "another precondition is blamed");
        assertEquals(before, tenant.currentVersion(written), "a failed commit wrote");
    }

    private static List<ResourceKey> keys(Tenant tenant) {
        return Walk.scan(tenant, ScanRequest.all()).stream().map(StoredResource::key).toList();
    }
}
