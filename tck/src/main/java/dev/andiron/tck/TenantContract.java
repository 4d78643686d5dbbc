package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The tenant is part of every key, every query and every cursor. */
abstract class TenantContract extends Contract {
    private static final ResourceKey ONE = Resources.patient("1");
    private static final ResourceKey TWO = Resources.patient("2");
    private static final SearchValue VALUE = new SearchValue.Token("code", "urn:s", "c", "");

    TenantContract(BackendContract contract) {
        super(contract);
    }

    /** {@link dev.andiron.spi.resource.ResourceStore#read}. */
    @Test
    @Promise("a tenant's resources are read, headed, scanned and counted by that tenant alone")
    @Needs(Facet.STORE)
    final void required_TN01_reads() {
        Tenant owner = newTenant();
        Tenant other = newTenant();
        StoredResource resource = owner.create(ONE);
        assertSeesNothing(other);
        StoredResource others = other.create(ONE);
        other.update(TWO);
        assertEquals(Optional.of(resource), owner.read(ONE));
        assertEquals(Optional.of(others), other.read(ONE));
        assertEquals(List.of(resource), Walk.scan(owner, ScanRequest.all()));
        assertEquals(List.of(resource), owner.store().readMany(owner.context(), List.of(ONE, TWO)));
        assertEquals(1, owner.store().count(owner.context(), Optional.of("Patient")).orElse(1));
    }

    private static void assertSeesNothing(Tenant other) {
        assertEquals(Optional.empty(), other.read(ONE));
        assertEquals(Optional.empty(), other.store().head(other.context(), ONE));
        assertEquals(List.of(), other.store().readMany(other.context(), List.of(ONE)));
        assertEquals(List.of(), other.store().heads(other.context(), List.of(ONE)));
        assertEquals(List.of(), Walk.scan(other, ScanRequest.all()));
        assertEquals(List.of(), Walk.scan(other, ScanRequest.ofType("Patient")));
        assertEquals(0, other.store().count(other.context(), Optional.empty()).orElse(0));
    }

    /** {@link dev.andiron.spi.resource.ResourceStore#commit}. */
    @Test
    @Promise("versions, conflicts, deletes and purges of one tenant do not touch another's")
    @Needs(Facet.STORE)
    final void required_TN02_writes() {
        Tenant first = newTenant();
        Tenant second = newTenant();
        first.create(ONE);
        first.update(ONE);
        assertThrows(
                StorageException.VersionConflict.class, () -> second.commit(Resources.put(ONE, 3)));
        StoredResource seconds = second.create(ONE);
        first.delete(ONE);
        assertEquals(Optional.of(seconds), second.read(ONE));
        first.purge(ONE);
        assertEquals(Optional.of(seconds), second.read(ONE));
        second.commit(List.of(new Precondition.VersionIs(ONE, 1)), Resources.put(ONE, 2));
        first.commit(List.of(new Precondition.VersionIs(ONE, 0)), Resources.put(ONE, 1));
    }

    /** {@link dev.andiron.spi.tenant.TenantId}: case matters. */
    @Test
    @Promise("tenants whose names differ in case, in a sign, or by a prefix are different")
    @Needs(Facet.STORE)
    final void required_TN03_similarNames() {
        List<Tenant> tenants =
                List.of("acme", "ACME", "Acme", "a_me", "a.me", "a-me", "acme.", "acme1", "ac")
                        .stream()
                        .map(name -> Tenant.of(backend(), name))
                        .toList();
        for (int i = 0; i < tenants.size(); i++) {
            assertEquals(List.of(), Walk.scan(tenants.get(i), ScanRequest.all()));
            tenants.get(i).create(Resources.patient("p" + i), VALUE);
        }
        for (int i = 0; i < tenants.size(); i++) {
            Tenant tenant = tenants.get(i);
            List<ResourceKey> own = List.of(Resources.patient("p" + i));
            assertEquals(
                    own,
                    Walk.scan(tenant, ScanRequest.all()).stream()
                            .map(StoredResource::key)
                            .toList());
            if (capabilities().changeFeed()) {
                assertEquals(own, tenant.changes(0, 10).stream().map(Change::key).toList());
            }
            if (!capabilities().search().isEmpty()) {
                assertEquals(
                        own, Walk.keys(tenant, Query.of("Patient", Criterion.everything(), 10)));
            }
        }
    }

    /** {@link dev.andiron.spi.resource.VersionedStore}. */
    @Test
    @Promise("versions are those of the tenant alone")
    @Needs(Facet.VERSIONS)
    final void required_TN04_versions() {
        Tenant owner = newTenant();
        Tenant other = newTenant();
        owner.create(ONE);
        owner.update(ONE);
        StoredResource others = other.create(ONE);
        assertEquals(Optional.of(others), other.versions().readVersion(other.context(), ONE, 1));
        assertEquals(Optional.empty(), other.versions().readVersion(other.context(), ONE, 2));
        assertEquals(1, Walk.versions(other, ONE, 10).size());
    }

    /** {@link HistoryStore}: positions are of the whole store, listings are not. */
    @Test
    @Promise("history lists the tenant's versions alone, also from another tenant's place")
    @Needs(Facet.INSTANCE_HISTORY)
    final void required_TN05_history() {
        Tenant owner = newTenant();
        Tenant other = newTenant();
        StoredResource others = other.create(ONE);
        owner.create(ONE);
        owner.update(ONE);
        for (HistoryScope scope :
                List.of(
                        new HistoryScope.Instance(ONE),
                        new HistoryScope.Type("Patient"),
                        new HistoryScope.System())) {
            if (!capabilities().history().contains(scope.level())) {
                continue;
            }
            assertEquals(List.of(others), Walk.history(other, scope, 1));
            HistoryStore.Page page =
                    owner.histories().history(owner.context(), Walk.request(scope, 1));
            assertTrue(page.next().isPresent());
            List<StoredResource> behind =
                    Walk.history(
                            other,
                            new HistoryRequest(
                                    scope, Optional.empty(), Optional.empty(), page.next(), 10));
            assertTrue(List.of(others).containsAll(behind), "another tenant's history leaks");
            OptionalLong count = other.histories().count(other.context(), Walk.request(scope, 10));
            assertEquals(1, count.orElse(1));
        }
    }

    /** {@link dev.andiron.spi.resource.ChangeFeed}. */
    @Test
    @Promise("the feed gives the tenant's changes alone, also from another tenant's place")
    @Needs(Facet.CHANGE_FEED)
    final void required_TN06_changes() {
        Tenant owner = newTenant();
        Tenant other = newTenant();
        for (int i = 0; i < 5; i++) {
            owner.create(Resources.patient("o" + i));
            other.create(Resources.patient("x" + i));
        }
        owner.purge(Resources.patient("o0"));
        assertEquals(5, other.changes(0, 2).size());
        for (Change place : owner.changes(0, 100)) {
            for (Change change : other.feed().changes(other.context(), place.position(), 3)) {
                assertTrue(change.key().id().startsWith("x"), "another tenant's change leaks");
            }
        }
        Tenant empty = newTenant();
        assertEquals(0, empty.feed().last(empty.context()));
        assertEquals(List.of(), empty.changes(0, 10));
    }

    /** {@link dev.andiron.spi.search.SearchEngine}. */
    @Test
    @Promise("a search finds, counts and explains the tenant's resources alone")
    @Needs(Facet.SEARCH)
    final void required_TN07_search() {
        Tenant owner = newTenant();
        Tenant other = newTenant();
        owner.create(ONE, VALUE);
        owner.create(TWO, VALUE);
        Query all =
                new Query(
                        Set.of(), Criterion.everything(), List.of(), 1, Optional.empty(), total());
        assertEquals(List.of(), Walk.search(other, all));
        assertEquals(0, other.engine().count(other.context(), all));
        StoredResource others = other.create(ONE, VALUE);
        assertEquals(List.of(ONE), Walk.keys(other, all));
        assertEquals(1, other.engine().count(other.context(), all));
        SearchPage page = other.engine().search(other.context(), all);
        assertEquals(
                others,
                page.hits().getFirst().resource().orElse(others),
                "another tenant's content under the same key");
        assertEquals(1, page.total().orElse(1), "a total over several tenants");
        assertTrue(other.engine().explain(other.context(), all) != null);
    }

    private Query.Total total() {
        return capabilities().search().contains(SearchFeature.TOTAL)
                ? Query.Total.ACCURATE
                : Query.Total.NONE;
    }

    /** {@link dev.andiron.spi.search.Cursor}. */
    @Test
    @Promise("one tenant's search cursor used by another finds nothing of the first")
    @Needs(Facet.SEARCH)
    final void required_TN08_searchCursors() {
        Tenant owner = newTenant();
        Tenant other = newTenant();
        for (int i = 0; i < 6; i++) {
            owner.create(Resources.patient("o" + i));
            if (i < 3) {
                other.create(Resources.patient("x" + i));
            }
        }
        Query query = Query.of("Patient", Criterion.everything(), 2);
        SearchPage page = owner.engine().search(owner.context(), query);
        Query stolen = Walk.after(query, page);
        assertTrue(stolen.after().isPresent());
        List<Hit> hits;
        try {
            hits = Walk.search(other, stolen);
        } catch (StorageException refused) {
            return;
        }
        for (Hit hit : hits) {
            assertTrue(hit.key().id().startsWith("x"), () -> "found another tenant's " + hit);
        }
    }

    /** {@link Precondition.NoMatch}. */
    @Test
    @Promise("NoMatch and OnlyMatch look among the tenant's resources alone")
    @Needs(value = Facet.STORE, search = SearchFeature.TOKEN)
    final void required_TN09_preconditions() {
        Tenant owner = newTenant();
        Tenant other = newTenant();
        Criterion criterion =
                new Criterion.Value(
                        "code", new ValueTest.Token(Optional.of("urn:s"), Optional.of("c")));
        owner.create(TWO, VALUE);
        other.commit(
                List.of(new Precondition.NoMatch("Patient", criterion)),
                Resources.put(ONE, 1, VALUE));
        owner.commit(List.of(new Precondition.OnlyMatch(criterion, TWO)));
        assertThrows(
                StorageException.PreconditionFailed.class,
                () -> owner.commit(List.of(new Precondition.OnlyMatch(criterion, ONE))));
    }

    /** {@link Criterion.Chain}, {@link Criterion.ReverseChain}. */
    @Test
    @Promise("chains do not lead into another tenant")
    @Needs(
            value = Facet.SEARCH,
            search = {SearchFeature.CHAIN, SearchFeature.REVERSE_CHAIN, SearchFeature.TOKEN})
    final void required_TN10_chains() {
        Tenant owner = newTenant();
        Tenant other = newTenant();
        ResourceKey observation = Resources.observation("1");
        var subject = new SearchValue.LocalReference("subject", "Patient", "1", "");
        owner.create(ONE, VALUE);
        other.create(observation, subject, VALUE);
        Criterion token =
                new Criterion.Value(
                        "code", new ValueTest.Token(Optional.empty(), Optional.of("c")));
        Query chain =
                Query.of(
                        "Observation",
                        new Criterion.Chain("subject", Set.of("Patient"), token),
                        10);
        Query reverse =
                Query.of(
                        "Patient", new Criterion.ReverseChain("Observation", "subject", token), 10);
        assertEquals(List.of(), Walk.keys(other, chain));
        assertEquals(List.of(), Walk.keys(owner, reverse));
        other.create(ONE);
        assertEquals(List.of(), Walk.keys(other, chain));
        other.update(ONE, VALUE);
        assertEquals(List.of(observation), Walk.keys(other, chain));
        assertEquals(List.of(ONE), Walk.keys(other, reverse));
        assertEquals(List.of(), Walk.keys(owner, reverse));
    }
}
