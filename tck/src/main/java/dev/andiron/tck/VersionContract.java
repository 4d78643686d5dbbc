package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Promises of {@link VersionedStore}. */
@Needs(Facet.VERSIONS)
abstract class VersionContract extends Contract {
    private static final ResourceKey KEY = Resources.patient("1");

    VersionContract(BackendContract contract) {
        super(contract);
    }

    /** {@link VersionedStore#readVersion}. */
    @Test
    @Promise("every version stays readable as it was written, also after later versions")
    final void required_VR01_readsEveryVersion() {
        Tenant tenant = newTenant();
        List<StoredResource> written = write(tenant, 30);
        for (StoredResource version : written) {
            assertEquals(Optional.of(version), readVersion(tenant, KEY, version.version()));
        }
    }

    /** {@link VersionedStore#readVersion}: also after a later delete. */
    @Test
    @Promise("versions stay readable after a delete, and the delete is a version")
    final void required_VR02_readsVersionsOfDeletedResources() {
        Tenant tenant = newTenant();
        StoredResource first = tenant.create(KEY);
        StoredResource second = tenant.delete(KEY);
        assertEquals(Optional.of(first), readVersion(tenant, KEY, 1));
        assertEquals(Optional.of(second), readVersion(tenant, KEY, 2));
        StoredResource third = tenant.update(KEY);
        assertEquals(Optional.of(first), readVersion(tenant, KEY, 1));
        assertEquals(Optional.of(second), readVersion(tenant, KEY, 2));
        assertEquals(Optional.of(third), readVersion(tenant, KEY, 3));
    }

    /** {@link VersionedStore#readVersion}: empty if there is no such version. */
    @Test
    @Promise("a version that does not exist is empty")
    final void required_VR03_absentVersionsAreEmpty() {
        Tenant tenant = newTenant();
        tenant.create(KEY);
        assertEquals(Optional.empty(), readVersion(tenant, KEY, 2));
        assertEquals(Optional.empty(), readVersion(tenant, KEY, Long.MAX_VALUE));
        assertEquals(Optional.empty(), readVersion(tenant, KEY, 0));
        assertEquals(Optional.empty(), readVersion(tenant, Resources.patient("2"), 1));
        assertEquals(Optional.empty(), readVersion(tenant, Resources.observation("1"), 1));
    }

    /** {@link VersionedStore#versions}. */
    @Test
    @Promise("versions are listed ascending, deletes included, from any place, in any page size")
    final void required_VR04_listsVersions() {
        Tenant tenant = newTenant();
        List<StoredResource> written = write(tenant, 12);
        tenant.create(Resources.patient("11"));
        List<ResourceHead> heads = written.stream().map(ResourceHead::of).toList();
        for (int pageSize = 1; pageSize <= 13; pageSize++) {
            assertEquals(heads, Walk.versions(tenant, KEY, pageSize));
        }
        for (int after = 0; after <= 12; after++) {
            assertEquals(
                    heads.subList(after, 12),
                    tenant.versions().versions(tenant.context(), KEY, after, 100));
        }
        assertEquals(heads.subList(3, 5), tenant.versions().versions(tenant.context(), KEY, 3, 2));
        assertEquals(
                List.of(),
                tenant.versions().versions(tenant.context(), Resources.patient("2"), 0, 10));
    }

    private static List<StoredResource> write(Tenant tenant, int count) {
        var written = new ArrayList<StoredResource>();
        for (int version = 1; version <= count; version++) {
            written.add(version % 5 == 0 ? tenant.delete(KEY) : tenant.update(KEY));
        }
        return written;
    }

    private static Optional<StoredResource> readVersion(
            Tenant tenant, ResourceKey key, long version) {
        return tenant.versions().readVersion(tenant.context(), key, version);
    }
}
