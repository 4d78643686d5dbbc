package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Backend;
import dev.andiron.spi.blob.Blob;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.blob.BlobWriter;
import dev.andiron.spi.job.JobId;
import dev.andiron.tck.fixture.BlobBytes;
import dev.andiron.tck.fixture.ForkedBlobWriter;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Promises of {@link BlobStore}. */
@Needs(Facet.BLOBS)
abstract class BlobContract extends Contract {
    private static final JobId JOB = new JobId("4711-Export");

    BlobContract(BackendContract contract) {
        super(contract);
    }

    /** {@link BlobStore#write}, {@link BlobStore#read}. */
    @Test
    @Promise("a finished blob is read back as it was written, whatever its size and its pieces")
    final void required_BL01_blobsAreReadBack() {
        Tenant tenant = newTenant();
        for (int size : new int[] {0, 1, 8191, 8192, 70_001, 3_000_017}) {
            BlobName name = new BlobName(JOB, "part-" + size + ".ndjson");
            assertEquals(Optional.empty(), tenant.blobs().find(tenant.context(), name));
            byte[] bytes = BlobBytes.of(size);
            assertTrue(BlobBytes.write(tenant, name, bytes, 4099));
            assertEquals(
                    Optional.of(new Blob(name, size)), tenant.blobs().find(tenant.context(), name));
            assertArrayEquals(bytes, BlobBytes.read(tenant, name).orElseThrow());
        }
    }

    /** {@link BlobWriter}: nobody ever sees a part of it. */
    @Test
    @Promise("a blob that is being written, or was given up, is not seen")
    final void required_BL02_halfABlobIsNotSeen() {
        Tenant tenant = newTenant();
        BlobName name = new BlobName(JOB, "part");
        try (BlobWriter given = tenant.blobs().write(tenant.context(), name)) {
            given.write(BlobBytes.of(100_000), 0, 100_000);
            assertUnseen(tenant, name);
        }
        assertUnseen(tenant, name);
        try (BlobWriter finished = tenant.blobs().write(tenant.context(), name)) {
            finished.write(BlobBytes.of(10), 2, 3);
            assertUnseen(tenant, name);
            assertTrue(finished.finish());
            assertArrayEquals(
                    Arrays.copyOfRange(BlobBytes.of(10), 2, 5),
                    BlobBytes.read(tenant, name).orElseThrow());
            assertThrows(IllegalStateException.class, finished::finish);
        }
        assertEquals(3, BlobBytes.read(tenant, name).orElseThrow().length);
        BlobName other = new BlobName(new JobId("other"), "part");
        BlobWriter closed = tenant.blobs().write(tenant.context(), other);
        closed.close();
        closed.close();
        assertThrows(IllegalStateException.class, closed::finish);
        assertUnseen(tenant, other);
    }

    private static void assertUnseen(Tenant tenant, BlobName name) {
        assertEquals(Optional.empty(), tenant.blobs().find(tenant.context(), name));
        assertTrue(tenant.blobs().read(tenant.context(), name, 0, 0).isEmpty());
        assertEquals(List.of(), tenant.blobs().list(tenant.context(), name.job(), "", 10));
        assertEquals(
                Optional.empty(),
                tenant.blobs().signedUrl(tenant.context(), name, Duration.ofMinutes(1)));
    }

    /** {@link BlobStore#read}. */
    @Test
    @Promise("any range within a blob is read, one that is not within it is refused")
    final void required_BL03_rangesAreRead() {
        Tenant tenant = newTenant();
        BlobName name = new BlobName(JOB, "part");
        byte[] bytes = BlobBytes.of(23);
        BlobBytes.write(tenant, name, bytes, 5);
        for (int offset = 0; offset <= bytes.length; offset++) {
            for (int length = 0; length <= bytes.length - offset; length++) {
                assertArrayEquals(
                        Arrays.copyOfRange(bytes, offset, offset + length),
                        BlobBytes.read(tenant, name, offset, length));
            }
        }
        assertOutside(tenant, name, 0, 24);
        assertOutside(tenant, name, 24, 0);
        assertOutside(tenant, name, -1, 2);
        assertOutside(tenant, name, 1, -1);
        assertOutside(tenant, name, 1, Long.MAX_VALUE);
        BlobName large = new BlobName(JOB, "large");
        byte[] much = BlobBytes.of(2_500_000);
        BlobBytes.write(tenant, large, much, 1 << 16);
        for (int offset : new int[] {0, 1, 65_535, 262_144, 1_048_575, 2_400_000}) {
            assertArrayEquals(
                    Arrays.copyOfRange(much, offset, offset + 100_000),
                    BlobBytes.read(tenant, large, offset, 100_000));
        }
        try (BlobReader early =
                tenant.blobs().read(tenant.context(), large, 7, 2_000_000).orElseThrow()) {
            assertEquals(1, early.read(new byte[3], 2, 1));
        }
    }

    private static void assertOutside(Tenant tenant, BlobName name, long offset, long length) {
        assertThrows(
                IllegalArgumentException.class,
                () -> tenant.blobs().read(tenant.context(), name, offset, length));
    }

    /** {@link BlobWriter#finish}: blobs never change. */
    @Test
    @Promise("of several writers of one name the first to finish wins, and the blob never changes")
    final void required_BL04_blobsNeverChange() throws InterruptedException {
        Tenant tenant = newTenant();
        BlobName name = new BlobName(JOB, "part");
        try (BlobWriter late = tenant.blobs().write(tenant.context(), name)) {
            late.write(BlobBytes.of(5), 0, 5);
            assertTrue(BlobBytes.write(tenant, name, BlobBytes.of(9), 9));
            assertFalse(late.finish(), "a second writer is told that its content counts");
        }
        assertFalse(BlobBytes.write(tenant, name, BlobBytes.of(11), 3));
        assertArrayEquals(BlobBytes.of(9), BlobBytes.read(tenant, name).orElseThrow());
        for (int round = 0; round < 5; round++) {
            BlobName raced = new BlobName(JOB, "raced" + round);
            var writers = new ArrayList<Callable<Integer>>();
            for (int i = 0; i < 8; i++) {
                int size = 1000 + i;
                writers.add(
                        () -> BlobBytes.write(tenant, raced, BlobBytes.of(size), 100) ? size : 0);
            }
            List<Integer> winners = Race.run(writers).stream().filter(size -> size > 0).toList();
            assertEquals(1, winners.size(), "writers that finished first");
            assertArrayEquals(
                    BlobBytes.of(winners.getFirst()), BlobBytes.read(tenant, raced).orElseThrow());
        }
    }

    /** {@link BlobStore#list}. */
    @Test
    @Promise("a job's blobs are listed in the order of their names, page by page")
    final void required_BL05_blobsAreListed() {
        Tenant tenant = newTenant();
        JobId other = new JobId("4711-export");
        List<String> names = List.of("10", "9", "A.x", "B", "a-x", "a.x", "a_x", "b");
        for (String name : names.reversed()) {
            BlobBytes.write(tenant, new BlobName(JOB, name), BlobBytes.of(name.length()), 9);
        }
        BlobBytes.write(tenant, new BlobName(other, "a"), BlobBytes.of(1), 9);
        for (int limit = 1; limit <= 9; limit++) {
            List<String> listed = new ArrayList<>();
            String after = "";
            List<Blob> page;
            do {
                page = tenant.blobs().list(tenant.context(), JOB, after, limit);
                for (Blob blob : page) {
                    assertEquals(blob.name().part().length(), blob.size());
                    assertEquals(JOB, blob.name().job());
                    listed.add(blob.name().part());
                }
                after = listed.getLast();
            } while (page.size() == limit && listed.size() < names.size());
            assertEquals(names, listed, "in pages of " + limit);
        }
        assertEquals(
                List.of(new Blob(new BlobName(other, "a"), 1)),
                tenant.blobs().list(tenant.context(), other, "", 2));
    }

    /** {@link BlobStore#delete}. */
    @Test
    @Promise("a job's blobs are deleted together, those of others stay, and names are free again")
    final void required_BL06_blobsAreDeleted() {
        Tenant tenant = newTenant();
        BlobName one = new BlobName(JOB, "1");
        BlobName two = new BlobName(JOB, "2");
        BlobName others = new BlobName(new JobId("4711"), "1");
        tenant.blobs().delete(tenant.context(), JOB);
        for (BlobName name : List.of(one, two, others)) {
            BlobBytes.write(tenant, name, BlobBytes.of(100_000), 1000);
        }
        tenant.blobs().delete(tenant.context(), JOB);
        tenant.blobs().delete(tenant.context(), JOB);
        assertUnseen(tenant, one);
        assertUnseen(tenant, two);
        assertArrayEquals(BlobBytes.of(100_000), BlobBytes.read(tenant, others).orElseThrow());
        assertTrue(BlobBytes.write(tenant, one, BlobBytes.of(7), 7));
        assertArrayEquals(BlobBytes.of(7), BlobBytes.read(tenant, one).orElseThrow());
        assertUnseen(tenant, new BlobName(new JobId("none"), "1"));
    }

    /** {@link BlobStore}: the tenant is part of every key. */
    @Test
    @Promise("blobs of one tenant are not seen or deleted by another, however alike the names")
    final void required_BL07_tenantsAreApart() {
        List<Tenant> tenants =
                List.of("blob", "BLOB", "Blob", "bl_b", "bl.b", "bl-b", "blob.", "blo").stream()
                        .map(name -> Tenant.of(backend(), name))
                        .toList();
        BlobName name = new BlobName(JOB, "part");
        for (int i = 0; i < tenants.size(); i++) {
            assertUnseen(tenants.get(i), name);
            assertTrue(BlobBytes.write(tenants.get(i), name, BlobBytes.of(10 + i), 100));
        }
        tenants.getLast().blobs().delete(tenants.getLast().context(), JOB);
        for (int i = 0; i < tenants.size() - 1; i++) {
            assertArrayEquals(
                    BlobBytes.of(10 + i), BlobBytes.read(tenants.get(i), name).orElseThrow());
        }
        assertUnseen(tenants.getLast(), name);
    }

    /** {@link BlobStore}: writers that crashed leave nothing that can be seen. */
    @Test
    @Promise("after a crash finished blobs are whole, and unfinished ones are not there")
    final void required_BL08_crashLeavesNoHalves() throws IOException, InterruptedException {
        Optional<List<String>> command = contract().forked();
        if (command.isEmpty()) {
            Assumptions.abort("the author gives no way to open the backend in another process");
        }
        Path folder = newFolder();
        List<String> finished = ForkedBlobWriter.runUntilKilled(command.get(), contract(), folder);
        try (Backend opened = opening().open(folder)) {
            Tenant tenant = Tenant.of(opened, ForkedBlobWriter.TENANT);
            for (String part : finished) {
                BlobName name = new BlobName(ForkedBlobWriter.JOB, part);
                assertArrayEquals(
                        ForkedBlobWriter.bytes(part),
                        BlobBytes.read(tenant, name).orElseThrow(),
                        part);
            }
            for (Blob blob :
                    tenant.blobs().list(tenant.context(), ForkedBlobWriter.JOB, "", 10_000)) {
                assertEquals(
                        ForkedBlobWriter.bytes(blob.name().part()).length,
                        blob.size(),
                        "half a blob is there");
            }
            tenant.blobs().delete(tenant.context(), ForkedBlobWriter.JOB);
            assertEquals(
                    List.of(), tenant.blobs().list(tenant.context(), ForkedBlobWriter.JOB, "", 10));
        }
    }
}
