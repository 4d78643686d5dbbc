package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.Claim;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;
import dev.andiron.tck.fixture.DyingWorker;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Work;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Promises of {@link JobStore} and {@link BlobStore} together: work is done once. */
@Needs({Facet.STORE, Facet.JOBS, Facet.BLOBS})
abstract class JobOutputContract extends Contract {
    private static final int RESOURCES = 10;

    JobOutputContract(BackendContract contract) {
        super(contract);
    }

    private static List<String> store(Tenant tenant) {
        var expected = new ArrayList<String>();
        for (int i = 0; i < RESOURCES; i++) {
            var key = Resources.patient("p" + i);
            tenant.create(key);
            if (i % 3 == 0) {
                tenant.update(key);
            }
            expected.add(key + "/" + (i % 3 == 0 ? 2 : 1));
        }
        return expected;
    }

    /** {@link JobStore#checkpoint}. */
    @Test
    @Promise("a worker that dies between any two steps leaves nothing out and nothing twice")
    final void required_JO01_outputIsOnceWhereverAWorkerDies() {
        Work work = Work.of(newTenant());
        List<String> expected = store(work.tenant());
        boolean died = true;
        for (int step = 1; died; step++) {
            String id = "dies-" + step;
            work.submit(id);
            died = isDeadAt(step, work);
            if (work.job(id).state() != JobState.COMPLETED) {
                clock().advance(Work.LEASE);
                new DyingWorker(work, Work.BOB, 0).run();
            }
            var job = work.job(id);
            assertEquals(JobState.COMPLETED, job.state());
            assertEquals(
                    expected,
                    DyingWorker.output(work.tenant(), job.id(), job.result().orElseThrow()),
                    "died before step " + step);
            assertTrue(step > 15 || died, "there are few steps to die at: " + step);
        }
    }

    private static boolean isDeadAt(int step, Work work) {
        try {
            new DyingWorker(work, Work.ANN, step).run();
            return false;
        } catch (DyingWorker.Death _) {
            return true;
        }
    }

    /** {@link JobStore#checkpoint}: no word from the dead. */
    @Test
    @Promise("a file that a worker finishes after it lost its job belongs to no result")
    final void required_JO02_theDeadAddNothing() {
        Work work = Work.of(newTenant());
        List<String> expected = store(work.tenant());
        var job = work.submit("late");
        Claim late = work.claim(Work.ANN);
        clock().advance(Work.LEASE);
        new DyingWorker(work, Work.BOB, 0).run();
        Json wrong = Json.of("[\"p9\",\"part-1-" + late.lease().token() + "\"]");
        assertThrows(
                StorageException.LeaseLost.class,
                () -> work.store().checkpoint(late.lease(), Progress.NONE, wrong));
        assertThrows(
                StorageException.LeaseLost.class,
                () -> work.store().finish(late.lease(), Progress.NONE, wrong));
        assertEquals(
                expected,
                DyingWorker.output(
                        work.tenant(), job.id(), work.job("late").result().orElseThrow()));
    }
}
