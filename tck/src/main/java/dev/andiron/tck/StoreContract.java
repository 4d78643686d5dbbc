package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/** Promises of {@link ResourceStore} about reading what was committed. */
@Needs(Facet.STORE)
abstract class StoreContract extends Contract {

    StoreContract(BackendContract contract) {
        super(contract);
    }

    /** {@link ResourceStore#read}. */
    @Test
    @Promise("what was committed is read back with every fact and every byte")
    final void required_RS01_readsWhatWasWritten() {
        Tenant tenant = newTenant();
        for (FhirVersion release : FhirVersion.values()) {
            ResourceKey key = Resources.patient(release.name());
            var resource =
                    new StoredResource(
                            key,
                            1,
                            Resources.nextInstant(),
                            release,
                            false,
                            Json.of("{\"id\" :  \"x\", \"a\": 1.00}\n"));
            tenant.commit(new Mutation.Put(resource, List.of()));
            assertEquals(Optional.of(resource), tenant.read(key));
        }
    }

    /** {@link ResourceStore#read}. */
    @Test
    @Promise("a resource that never existed is empty, not an error")
    final void required_RS02_absentIsEmpty() {
        Tenant tenant = newTenant();
        tenant.create(Resources.patient("here"));
        assertEquals(Optional.empty(), tenant.read(Resources.patient("elsewhere")));
        assertEquals(Optional.empty(), tenant.read(Resources.observation("here")));
        assertEquals(
                Optional.empty(),
                tenant.store().head(tenant.context(), Resources.patient("elsewhere")));
    }

    /** {@link ResourceStore#commit}: visible to every later call. */
    @Test
    @Promise("an update replaces the current version, and is visible when the commit returns")
    final void required_RS03_readsTheLatestVersion() {
        Tenant tenant = newTenant();
        ResourceKey key = Resources.patient("1");
        for (int version = 1; version <= 20; version++) {
            StoredResource written = tenant.write(key, version);
            assertEquals(Optional.of(written), tenant.read(key));
        }
    }

    /** {@link ResourceStore#read}: a deleted one after a delete. */
    @Test
    @Promise("after a delete the current version is the deleted one")
    final void required_RS04_readsADeletedVersion() {
        Tenant tenant = newTenant();
        ResourceKey key = Resources.patient("1");
        tenant.create(key);
        StoredResource deleted = tenant.delete(key);
        assertEquals(Optional.of(deleted), tenant.read(key));
        assertEquals(
                Optional.of(ResourceHead.of(deleted)), tenant.store().head(tenant.context(), key));
    }

    /** {@link ResourceStore#head}, {@link ResourceStore#heads}, {@link ResourceStore#readMany}. */
    @Test
    @Promise("heads and reads of many give each existing key once, deleted ones included")
    final void required_RS05_readsMany() {
        Tenant tenant = newTenant();
        var expected = new HashSet<StoredResource>();
        var keys = new ArrayList<ResourceKey>();
        for (int i = 0; i < 700; i++) {
            ResourceKey key =
                    i % 2 == 0 ? Resources.patient("p" + i) : Resources.observation("" + i);
            keys.add(key);
            if (i % 3 != 0) {
                expected.add(tenant.create(key));
            }
        }
        ResourceKey gone = Resources.patient("gone");
        tenant.create(gone);
        expected.add(tenant.delete(gone));
        keys.add(gone);
        ResourceStore store = tenant.store();
        assertSameElements(expected, store.readMany(tenant.context(), keys));
        Set<ResourceHead> heads = new HashSet<>();
        expected.forEach(each -> heads.add(ResourceHead.of(each)));
        assertSameElements(heads, store.heads(tenant.context(), keys));
        assertEquals(List.of(), store.readMany(tenant.context(), List.of()));
        assertEquals(List.of(), store.heads(tenant.context(), Set.of()));
    }

    private static <T> void assertSameElements(Set<T> expected, List<T> actual) {
        assertEquals(expected, new HashSet<>(actual));
        assertEquals(expected.size(), actual.size(), "something was given twice");
    }

    /** {@link ResourceStore#scan}, {@link ResourceKey}'s order. */
    @Test
    @Promise("a scan walks through the live resources in the order of their keys")
    final void required_RS06_scansInOrder(TestInfo test) {
        Tenant tenant = newTenant();
        List<String> ids =
                new ArrayList<>(
                        List.of("a", "A", "aa", "a-a", "a.a", "a0", "B", "b", "-", ".", "0", "10"));
        ids.addAll(List.of("2", "Z", "z", "zz", "i", "I", "1-1", "1.1", "11"));
        Collections.shuffle(ids, random(test));
        var expected = new ArrayList<ResourceKey>();
        for (String id : ids) {
            for (String type : List.of("Observation", "Patient", "ObservationDefinition")) {
                ResourceKey key = new ResourceKey(type, id);
                tenant.create(key);
                expected.add(key);
            }
        }
        Collections.sort(expected);
        assertEquals(expected, scanned(tenant, ScanRequest.all()));
        assertEquals(
                expected.stream().filter(key -> key.type().equals("Observation")).toList(),
                scanned(tenant, ScanRequest.ofType("Observation")));
        assertEquals(List.of(), scanned(tenant, ScanRequest.ofType("Practitioner")));
    }

    /** {@link ScanRequest#after}. */
    @Test
    @Promise("a scan goes on behind any key, whether or not a resource is there")
    final void required_RS07_scanResumes() {
        Tenant tenant = newTenant();
        List<ResourceKey> keys =
                IntStream.range(0, 30)
                        .mapToObj(
                                i ->
                                        i < 10
                                                ? new ResourceKey("Account", "" + i)
                                                : Resources.patient("" + i))
                        .sorted()
                        .toList();
        keys.forEach(tenant::create);
        for (int i = 0; i < keys.size(); i++) {
            assertEquals(
                    keys.subList(i + 1, keys.size()),
                    scanned(tenant, ScanRequest.all().after(keys.get(i))));
        }
        ResourceKey between = Resources.patient("10x");
        assertEquals(
                keys.stream().filter(key -> key.compareTo(between) > 0).toList(),
                scanned(tenant, ScanRequest.ofType("Patient").after(between)));
        assertEquals(
                keys.subList(10, 30),
                scanned(tenant, ScanRequest.all().after(new ResourceKey("B", "b"))));
        assertEquals(List.of(), scanned(tenant, ScanRequest.ofType("Account").after(keys.get(9))));
        assertEquals(
                keys.subList(10, 30),
                scanned(
                        tenant,
                        ScanRequest.ofType("Patient").after(new ResourceKey("Account", "zzz"))));
    }

    /** {@link ResourceStore#scan}: live resources, current versions. */
    @Test
    @Promise("a scan gives current versions and no deleted resources")
    final void required_RS08_scansCurrentVersionsOnly() {
        Tenant tenant = newTenant();
        StoredResource first = tenant.create(Resources.patient("1"));
        tenant.create(Resources.patient("2"));
        tenant.delete(Resources.patient("2"));
        tenant.create(Resources.patient("3"));
        StoredResource third = tenant.update(Resources.patient("3"));
        tenant.create(Resources.patient("4"));
        tenant.delete(Resources.patient("4"));
        StoredResource fourth = tenant.update(Resources.patient("4"));
        assertEquals(List.of(first, third, fourth), Walk.scan(tenant, ScanRequest.all()));
    }

    /** {@link ResourceStore#scan}: a resource that lives during the whole walk is seen once. */
    @Test
    @Promise("a scan sees each untouched resource exactly once while others come and go")
    final void required_RS09_scanIsStableUnderWrites() {
        Tenant tenant = newTenant();
        List<ResourceKey> kept = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            ResourceKey key = Resources.patient("k" + i);
            tenant.create(key);
            kept.add(key);
            if (i % 3 == 0) {
                tenant.create(Resources.patient("k" + i + "-leaves"));
            }
        }
        var seen = new ArrayList<ResourceKey>();
        try (ResourceCursor cursor = tenant.store().scan(tenant.context(), ScanRequest.all())) {
            int step = 0;
            for (var next = cursor.next(); next.isPresent(); next = cursor.next()) {
                seen.add(next.get().key());
                if (step % 2 == 0 && step < 200) {
                    tenant.create(Resources.patient("k" + step + "-arrives"));
                    ResourceKey leaving = Resources.patient("k" + (299 - step) + "-leaves");
                    if (tenant.currentVersion(leaving) == 1) {
                        tenant.delete(leaving);
                    }
                }
                step++;
            }
        }
        assertEquals(seen.stream().sorted().distinct().toList(), seen, "out of order or repeated");
        seen.retainAll(kept);
        Collections.sort(kept);
        assertEquals(kept, seen);
    }

    /** {@link ResourceCursor}: closed early if one likes. */
    @Test
    @Promise("many cursors may be open at once, and closed early or twice")
    final void required_RS10_cursorsAreIndependent() {
        Tenant tenant = newTenant();
        for (int i = 0; i < 10; i++) {
            tenant.create(Resources.patient("" + i));
        }
        var cursors = new ArrayList<ResourceCursor>();
        for (int i = 0; i < 40; i++) {
            cursors.add(tenant.store().scan(tenant.context(), ScanRequest.all()));
        }
        for (int i = 0; i < 5; i++) {
            for (ResourceCursor cursor : cursors) {
                assertEquals(
                        Optional.of(Resources.patient("" + i)),
                        cursor.next().map(StoredResource::key));
            }
        }
        cursors.forEach(ResourceCursor::close);
        cursors.forEach(ResourceCursor::close);
        tenant.create(Resources.patient("after"));
        assertEquals(11, Walk.scan(tenant, ScanRequest.all()).size());
    }

    /** {@link ResourceStore#count}. */
    @Test
    @Promise("a count, where it is known, is that of the live resources")
    final void required_RS11_countsLiveResources() {
        Tenant tenant = newTenant();
        assertCount(tenant, 0, Optional.empty());
        for (int i = 0; i < 7; i++) {
            tenant.create(Resources.patient("" + i));
        }
        for (int i = 0; i < 3; i++) {
            tenant.create(Resources.observation("" + i));
        }
        assertCount(tenant, 10, Optional.empty());
        tenant.delete(Resources.patient("0"));
        tenant.delete(Resources.observation("1"));
        tenant.update(Resources.patient("2"));
        tenant.delete(Resources.patient("3"));
        tenant.update(Resources.patient("3"));
        assertCount(tenant, 8, Optional.empty());
        assertCount(tenant, 6, Optional.of("Patient"));
        assertCount(tenant, 2, Optional.of("Observation"));
        assertCount(tenant, 0, Optional.of("Practitioner"));
    }

    private static void assertCount(Tenant tenant, long expected, Optional<String> type) {
        OptionalLong count = tenant.store().count(tenant.context(), type);
        assertTrue(
                count.isEmpty() || count.getAsLong() == expected,
                () -> "counted " + count + " of type " + type + " instead of " + expected);
    }

    private static List<ResourceKey> scanned(Tenant tenant, ScanRequest request) {
        return Walk.scan(tenant, request).stream().map(StoredResource::key).toList();
    }
}
