package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** Promises of {@link HistoryStore}. */
abstract class HistoryContract extends Contract {
    private static final ResourceKey ONE = Resources.patient("1");
    private static final ResourceKey TWO = Resources.patient("2");
    private static final ResourceKey OTHER = Resources.observation("1");

    HistoryContract(BackendContract contract) {
        super(contract);
    }

    /** {@link HistoryScope.Instance}. */
    @Test
    @Promise("the history of a resource lists all its versions, newest first, deletes included")
    @Needs(Facet.INSTANCE_HISTORY)
    final void required_HI01_instance() {
        Tenant tenant = newTenant();
        List<StoredResource> newestFirst = write(tenant).reversed();
        for (ResourceKey key : List.of(ONE, TWO, OTHER)) {
            assertPages(
                    tenant,
                    new HistoryScope.Instance(key),
                    newestFirst.stream().filter(each -> each.key().equals(key)).toList());
        }
        assertPages(tenant, new HistoryScope.Instance(Resources.patient("none")), List.of());
    }

    /** {@link HistoryScope.Type}. */
    @Test
    @Promise("the history of a type lists all versions of its resources, newest first")
    @Needs(Facet.TYPE_HISTORY)
    final void required_HI02_type() {
        Tenant tenant = newTenant();
        List<StoredResource> newestFirst = write(tenant).reversed();
        for (String type : List.of("Patient", "Observation", "Practitioner")) {
            assertPages(
                    tenant,
                    new HistoryScope.Type(type),
                    newestFirst.stream().filter(each -> each.key().type().equals(type)).toList());
        }
    }

    /** {@link HistoryScope.System}. */
    @Test
    @Promise("the history of the system lists all versions, newest first in the order of commits")
    @Needs(Facet.SYSTEM_HISTORY)
    final void required_HI03_system() {
        Tenant tenant = newTenant();
        assertPages(tenant, new HistoryScope.System(), List.of());
        List<StoredResource> written = write(tenant);
        assertPages(tenant, new HistoryScope.System(), written.reversed());
    }

    /** {@link HistoryRequest#since()}. */
    @Test
    @Promise("since keeps the versions written at or after an instant, whatever their order")
    @Needs(Facet.INSTANCE_HISTORY)
    final void required_HI04_since() {
        Tenant tenant = newTenant();
        List<StoredResource> written = writeAtOddTimes(tenant);
        for (HistoryScope scope : scopes()) {
            for (StoredResource from : written) {
                for (int shift : new int[] {-1, 0, 1}) {
                    Instant since = from.lastUpdated().plusMillis(shift);
                    HistoryRequest request =
                            new HistoryRequest(
                                    scope,
                                    Optional.of(since),
                                    Optional.empty(),
                                    OptionalLong.empty(),
                                    2);
                    assertHistory(
                            tenant, request, written, each -> !each.lastUpdated().isBefore(since));
                }
            }
        }
    }

    /** {@link HistoryRequest#at()}. */
    @Test
    @Promise("at keeps the versions that were current at some time within the period")
    @Needs(Facet.INSTANCE_HISTORY)
    final void required_HI05_at() {
        Tenant tenant = newTenant();
        List<StoredResource> written = write(tenant);
        List<Instant> instants = new ArrayList<>();
        for (StoredResource each : written) {
            instants.add(each.lastUpdated());
            instants.add(each.lastUpdated().plusMillis(1));
        }
        instants.add(Instant.parse("1970-01-01T00:00:00Z"));
        instants.add(Instant.parse("9999-12-31T23:59:59.999Z"));
        for (HistoryScope scope : scopes()) {
            for (Instant start : instants) {
                for (long length : new long[] {1, 7, 20}) {
                    var period = new HistoryRequest.Period(start, start.plusMillis(length));
                    HistoryRequest request =
                            new HistoryRequest(
                                    scope,
                                    Optional.empty(),
                                    Optional.of(period),
                                    OptionalLong.empty(),
                                    3);
                    assertHistory(
                            tenant, request, written, each -> wasCurrent(each, period, written));
                }
            }
        }
    }

    /** From its last update until that of the version after it. */
    private static boolean wasCurrent(
            StoredResource version, HistoryRequest.Period period, List<StoredResource> all) {
        boolean replacedBefore =
                all.stream()
                        .anyMatch(
                                each ->
                                        each.key().equals(version.key())
                                                && each.version() == version.version() + 1
                                                && !each.lastUpdated().isAfter(period.start()));
        return version.lastUpdated().isBefore(period.end()) && !replacedBefore;
    }

    /** {@link HistoryStore}: what is written meanwhile never moves what follows. */
    @Test
    @Promise("pages neither repeat nor hide a version while others write")
    @Needs(Facet.INSTANCE_HISTORY)
    final void required_HI06_pagesAreStable() {
        for (HistoryScope scope : scopes()) {
            Tenant tenant = newTenant();
            List<StoredResource> written = write(tenant);
            var seen = new ArrayList<StoredResource>();
            HistoryRequest request = Walk.request(scope, 1);
            while (true) {
                HistoryStore.Page page = tenant.histories().history(tenant.context(), request);
                seen.addAll(page.versions());
                if (page.next().isEmpty()) {
                    break;
                }
                request =
                        new HistoryRequest(
                                scope, Optional.empty(), Optional.empty(), page.next(), 1);
                tenant.update(ONE);
                tenant.create(Resources.patient("new" + seen.size()));
            }
            assertEquals(
                    written.reversed().stream().filter(each -> within(scope, each)).toList(), seen);
        }
    }

    /** {@link HistoryStore#count}. */
    @Test
    @Promise("a count, where it is known, is that of the whole listing")
    @Needs(Facet.INSTANCE_HISTORY)
    final void required_HI07_counts() {
        Tenant tenant = newTenant();
        List<StoredResource> written = writeAtOddTimes(tenant);
        Instant since = written.get(3).lastUpdated();
        for (HistoryScope scope : scopes()) {
            HistoryRequest all = Walk.request(scope, 2);
            HistoryRequest some =
                    new HistoryRequest(
                            scope, Optional.of(since), Optional.empty(), OptionalLong.empty(), 1);
            for (HistoryRequest request : List.of(all, some)) {
                OptionalLong count = tenant.histories().count(tenant.context(), request);
                int expected = Walk.history(tenant, request).size();
                assertTrue(
                        count.isEmpty() || count.getAsLong() == expected,
                        () -> "counted " + count + " versions instead of " + expected);
            }
        }
    }

    /** {@link HistoryStore}: in the order of commits, and of mutations within a commit. */
    @Test
    @Promise("within one commit the later mutation is the newer version")
    @Needs(Facet.SYSTEM_HISTORY)
    final void required_HI08_orderWithinACommit() {
        Tenant tenant = newTenant();
        var mutations = new ArrayList<Mutation.Put>();
        for (int i = 0; i < 20; i++) {
            mutations.add(Resources.put(Resources.patient("" + (i * 7 % 20)), 1));
        }
        tenant.commit(mutations.toArray(Mutation[]::new));
        assertEquals(
                mutations.reversed().stream().map(Mutation.Put::resource).toList(),
                Walk.history(tenant, new HistoryScope.System(), 6));
    }

    /** The declared levels, of the resources that {@link #write} makes. */
    private List<HistoryScope> scopes() {
        return List.<HistoryScope>of(
                        new HistoryScope.Instance(ONE),
                        new HistoryScope.Type("Patient"),
                        new HistoryScope.System())
                .stream()
                .filter(scope -> capabilities().history().contains(scope.level()))
                .toList();
    }

    private static boolean within(HistoryScope scope, StoredResource version) {
        return switch (scope) {
            case HistoryScope.Instance instance -> version.key().equals(instance.key());
            case HistoryScope.Type type -> version.key().type().equals(type.type());
            case HistoryScope.System() -> true;
        };
    }

    private static void assertHistory(
            Tenant tenant,
            HistoryRequest request,
            List<StoredResource> written,
            Predicate<StoredResource> kept) {
        assertEquals(
                written.reversed().stream()
                        .filter(each -> within(request.scope(), each))
                        .filter(kept)
                        .toList(),
                Walk.history(tenant, request),
                request::toString);
    }

    private static void assertPages(
            Tenant tenant, HistoryScope scope, List<StoredResource> expected) {
        for (int pageSize = 1; pageSize <= expected.size() + 1; pageSize++) {
            assertEquals(expected, Walk.history(tenant, scope, pageSize), "pages of " + pageSize);
        }
    }

    /** Versions of three resources, in the order of their commits. */
    private static List<StoredResource> write(Tenant tenant) {
        return List.of(
                tenant.create(ONE),
                tenant.create(OTHER),
                tenant.update(ONE),
                tenant.create(TWO),
                tenant.delete(ONE),
                tenant.delete(OTHER),
                tenant.update(ONE),
                tenant.update(TWO));
    }

    /** Commits whose times do not ascend, as those of concurrent writers may. */
    private static List<StoredResource> writeAtOddTimes(Tenant tenant) {
        Instant start = Instant.parse("2025-03-30T01:00:00.500Z");
        var written = new ArrayList<StoredResource>();
        int[] offsets = {0, 5, 3, 3, 9, 1, 12, 12, 7};
        for (int offset : offsets) {
            ResourceKey key = written.size() % 3 == 2 ? OTHER : written.size() % 3 == 1 ? TWO : ONE;
            Mutation.Put put =
                    Resources.putAt(key, tenant.currentVersion(key) + 1, start.plusMillis(offset));
            tenant.commit(put);
            written.add(put.resource());
        }
        return written;
    }
}
