package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Backend;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.Claim;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.job.Lease;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.job.WorkerId;
import dev.andiron.spi.resource.Json;
import dev.andiron.tck.fixture.ForkedWorker;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Work;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** Promises of {@link JobStore} to workers: one holder at a time, and no word from the dead. */
@Needs(Facet.JOBS)
abstract class JobFenceContract extends Contract {
    private static final Duration TICK = Duration.ofMillis(1);

    JobFenceContract(BackendContract contract) {
        super(contract);
    }

    private Work newWork() {
        return Work.of(newTenant());
    }

    /** {@link JobStore#claim}. */
    @Test
    @Promise("a claim gives a job that waits, of the kinds asked for, that was due first")
    final void required_JF01_claimsTakeWhatIsDue() {
        Work work = newWork();
        Work other = newWork();
        assertEquals(Optional.empty(), work.tryClaim(Work.ANN));
        other.submit("0");
        work.submit("b");
        clock().advance(TICK);
        work.submit("a");
        clock().advance(TICK);
        assertEquals(
                Optional.empty(), work.store().claim(Work.ANN, Set.of("other-kind"), Work.LEASE));
        Claim first = work.claim(Work.ANN);
        assertEquals("b", first.job().id().value());
        assertEquals(new JobId("b"), first.lease().job());
        assertEquals(Work.ANN, first.lease().worker());
        assertEquals(JobState.RUNNING, first.job().state());
        assertEquals(1, first.job().attempts());
        assertEquals(Optional.of(clock().instant()), first.job().started());
        assertEquals(clock().instant().plus(Work.LEASE), first.expires());
        assertEquals(first.job(), work.job("b"));
        assertEquals("a", work.claim(Work.ANN).job().id().value());
        assertEquals(Optional.empty(), work.tryClaim(Work.BOB));
        var both = Set.of(work.kind(), other.kind());
        Claim third = work.store().claim(Work.BOB, both, Work.LEASE).orElseThrow();
        assertEquals(other.kind(), third.job().kind());
    }

    /** {@link JobStore#claim}: one holder at a time. */
    @Test
    @Promise("of N claimers one gets the job, and M jobs go to M claimers, once each")
    final void required_JF02_oneClaimerWins() throws InterruptedException {
        Work work = newWork();
        for (int jobs = 1; jobs <= 9; jobs += 4) {
            for (int i = 0; i < jobs; i++) {
                work.submit(jobs + "-" + i);
            }
            var claimers = new ArrayList<Callable<Optional<Claim>>>();
            for (int i = 0; i < 16; i++) {
                WorkerId worker = new WorkerId("w" + i);
                claimers.add(() -> work.tryClaim(worker));
            }
            List<Claim> claims = Race.run(claimers).stream().flatMap(Optional::stream).toList();
            assertEquals(jobs, claims.size(), "claims of " + jobs + " jobs");
            Set<JobId> claimed = new HashSet<>();
            claims.forEach(claim -> claimed.add(claim.job().id()));
            assertEquals(jobs, claimed.size(), "a job has two holders");
        }
    }

    /** {@link Lease#token()}. */
    @Test
    @Promise("every claim of a job has a larger fencing token, whatever ended the one before")
    final void required_JF03_tokensGrow() {
        Work work = newWork();
        work.submit("1");
        long token = 0;
        int attempts = 0;
        for (int round = 0; round < 9; round++) {
            Claim claim = work.claim(round % 2 == 0 ? Work.ANN : Work.BOB);
            assertTrue(claim.lease().token() > token, "the token did not grow");
            token = claim.lease().token();
            assertEquals(++attempts, claim.job().attempts(), "attempts");
            switch (round % 3) {
                case 0 -> {
                    work.store().release(claim.lease());
                    attempts--;
                    assertEquals(attempts, work.job("1").attempts(), "a release counts");
                }
                case 1 -> work.store().putOff(claim.lease(), "not yet", clock().instant());
                default -> clock().advance(Work.LEASE);
            }
        }
    }

    /** {@link JobStore#putOff}. */
    @Test
    @Promise("a job that is put off waits until it is due, with the reason, and counts the attempt")
    final void required_JF04_jobsArePutOff() {
        Work work = newWork();
        work.submit("1");
        Claim claim = work.claim(Work.ANN);
        Instant due = clock().instant().plus(Work.LEASE.multipliedBy(3));
        work.store().putOff(claim.lease(), "the network is down", due);
        Job waiting = work.job("1");
        assertEquals(JobState.ACCEPTED, waiting.state());
        assertEquals(due, waiting.due());
        assertEquals(1, waiting.attempts());
        assertEquals(Optional.of("the network is down"), waiting.failure());
        assertEquals(Optional.empty(), waiting.ended());
        clock().advance(Work.LEASE.multipliedBy(3).minus(TICK));
        assertEquals(Optional.empty(), work.tryClaim(Work.BOB), "claimed before it was due");
        clock().advance(TICK);
        Claim again = work.claim(Work.BOB);
        assertEquals(2, again.job().attempts());
        assertEquals(claim.job().started(), again.job().started());
        assertLost(() -> work.store().heartbeat(claim.lease(), Work.LEASE));
    }

    /** {@link JobStore#claim}: or running with an expired lease. */
    @Test
    @Promise("an expired lease is taken over, a renewed one is not, and not before its time")
    final void required_JF05_expiredLeasesAreTakenOver() {
        Work work = newWork();
        work.submit("1");
        Claim first = work.claim(Work.ANN);
        clock().advance(Work.LEASE.minus(TICK));
        assertEquals(Optional.empty(), work.tryClaim(Work.BOB), "taken before its time");
        Instant expires = work.store().heartbeat(first.lease(), Work.LEASE);
        assertEquals(clock().instant().plus(Work.LEASE), expires);
        clock().advance(Work.LEASE.minus(TICK));
        assertEquals(Optional.empty(), work.tryClaim(Work.BOB), "a renewed lease was taken");
        clock().advance(TICK);
        Claim second = work.claim(Work.BOB);
        assertEquals(2, second.job().attempts());
        assertEquals(first.job().started(), second.job().started());
        assertLost(() -> work.store().heartbeat(first.lease(), Work.LEASE));
        clock().advance(Work.LEASE);
        Claim third = work.claim(Work.BOB);
        assertNotEquals(second.lease(), third.lease());
        assertLost(() -> work.store().heartbeat(second.lease(), Work.LEASE));
    }

    /** {@link JobStore}: an expired lease does not end by itself. */
    @Test
    @Promise("whoever holds an expired lease that nobody took over may go on")
    final void required_JF06_expiredLeasesCanBeRenewed() {
        Work work = newWork();
        work.submit("1");
        Claim claim = work.claim(Work.ANN);
        clock().advance(Work.LEASE.multipliedBy(10));
        Json checkpoint = Json.of("{}");
        work.store().checkpoint(claim.lease(), Progress.NONE, checkpoint);
        assertEquals(checkpoint, work.job("1").checkpoint());
        work.store().heartbeat(claim.lease(), Work.LEASE);
        assertEquals(Optional.empty(), work.tryClaim(Work.BOB), "a renewed lease was taken");
        clock().advance(Work.LEASE.multipliedBy(10));
        work.store().finish(claim.lease(), Progress.NONE, checkpoint);
        assertEquals(JobState.COMPLETED, work.job("1").state());
    }

    /** {@link JobStore}: otherwise nothing changes. */
    @Test
    @Promise("a worker whose lease was taken over, or is not its own, changes nothing")
    final void required_JF07_zombiesChangeNothing() {
        Work work = newWork();
        work.submit("1");
        Lease old = work.claim(Work.ANN).lease();
        clock().advance(Work.LEASE);
        Lease held = work.claim(Work.ANN).lease(); // the same worker has its own job again
        assertFenced(work, old);
        assertFenced(work, new Lease(held.tenant(), held.job(), Work.BOB, held.token()));
        assertFenced(work, new Lease(held.tenant(), held.job(), held.worker(), held.token() + 1));
        assertFenced(work, new Lease(held.tenant(), new JobId("2"), held.worker(), held.token()));
        Lease foreign =
                new Lease(newTenant().context().tenant(), held.job(), held.worker(), held.token());
        assertFenced(work, foreign);
        work.store().release(held);
        assertFenced(work, held);
        work.store().putOff(work.claim(Work.ANN).lease(), "later", clock().instant());
        Lease last = work.claim(Work.ANN).lease();
        work.store().finish(last, Progress.NONE, Json.of("{}"));
        assertFenced(work, last);
    }

    /** Nothing can be done by this lease, and the job stands as before. */
    private void assertFenced(Work work, Lease lease) {
        Job before = work.job("1");
        JobStore store = work.store();
        Json data = Json.of("{\"by\":\"nobody\"}");
        assertLost(() -> store.heartbeat(lease, Work.LEASE.multipliedBy(100)));
        assertLost(() -> store.checkpoint(lease, Progress.NONE, data));
        assertLost(() -> store.release(lease));
        assertLost(() -> store.putOff(lease, "later", clock().instant().plus(Work.LEASE)));
        assertLost(() -> store.finish(lease, Progress.NONE, data));
        assertLost(() -> store.fail(lease, "failed"));
        assertEquals(before, work.job("1"));
        assertEquals(Optional.empty(), work.read("2"));
    }

    private static void assertLost(Executable call) {
        assertThrows(StorageException.LeaseLost.class, call, "a lost lease was taken");
    }

    /** {@link JobStore#cancel}. */
    @Test
    @Promise("whoever holds a job that is cancelled or deleted learns it at the next call")
    final void required_JF08_cancellingEndsLeases() {
        Work work = newWork();
        work.submit("1");
        Lease lease = work.claim(Work.ANN).lease();
        work.store().cancel(work.tenant().context(), new JobId("1"));
        assertEquals(JobState.CANCELLED, work.job("1").state());
        assertFenced(work, lease);
        clock().advance(Work.LEASE);
        assertEquals(Optional.empty(), work.tryClaim(Work.BOB), "a cancelled job was claimed");
        work.submit("3");
        Lease other = work.claim(Work.ANN).lease();
        work.store().delete(work.tenant().context(), new JobId("3"));
        assertLost(() -> work.store().heartbeat(other, Work.LEASE));
        assertLost(() -> work.store().finish(other, Progress.NONE, Json.of("{}")));
        assertEquals(Optional.empty(), work.read("3"));
    }

    /** {@link JobStore#cancel} against {@link JobStore#finish}. */
    @Test
    @Promise("when a cancel and a finish race, one of them wins and both know which")
    final void required_JF09_cancelAgainstFinish() throws InterruptedException {
        Work work = newWork();
        for (int round = 0; round < 12; round++) {
            String id = "r" + round;
            work.submit(id);
            Lease lease = work.claim(Work.ANN).lease();
            List<Callable<JobState>> both =
                    List.of(
                            () ->
                                    work.store()
                                            .cancel(work.tenant().context(), new JobId(id))
                                            .orElseThrow()
                                            .state(),
                            () -> finish(work, lease));
            List<JobState> seen = Race.run(both);
            JobState state = work.job(id).state();
            assertEquals(List.of(state, state), seen);
            assertEquals(state == JobState.COMPLETED, work.job(id).result().isPresent());
        }
    }

    private static JobState finish(Work work, Lease lease) {
        try {
            work.store().finish(lease, Progress.NONE, Json.of("{}"));
            return JobState.COMPLETED;
        } catch (StorageException.LeaseLost lost) {
            return JobState.CANCELLED;
        }
    }

    /** {@link JobStore}: an expired lease ends when another worker claims the job. */
    @Test
    @Promise("when a renewal and takeovers race, the job has one holder afterwards")
    final void required_JF10_renewalAgainstTakeover() throws InterruptedException {
        Work work = newWork();
        work.submit("1");
        Lease held = work.claim(Work.ANN).lease();
        for (int round = 0; round < 12; round++) {
            clock().advance(Work.LEASE);
            Lease lease = held;
            List<Callable<Optional<Lease>>> all = new ArrayList<>();
            all.add(() -> renew(work, lease));
            for (int i = 0; i < 4; i++) {
                all.add(() -> work.tryClaim(Work.BOB).map(Claim::lease));
            }
            List<Lease> holders = Race.run(all).stream().flatMap(Optional::stream).toList();
            held = holders.getLast();
            List<Lease> alive = holders.stream().filter(each -> holds(work, each)).toList();
            assertEquals(List.of(held), alive, () -> "of " + holders);
        }
    }

    private static Optional<Lease> renew(Work work, Lease lease) {
        try {
            work.store().heartbeat(lease, Work.LEASE);
            return Optional.of(lease);
        } catch (StorageException.LeaseLost lost) {
            return Optional.empty();
        }
    }

    private static boolean holds(Work work, Lease lease) {
        return renew(work, lease).isPresent();
    }

    /** {@link JobStore}: on return every change is durable. */
    @Test
    @Promise("what a worker was told is done is there after a crash of its process")
    final void required_JF11_crashLosesNothing() throws IOException, InterruptedException {
        Optional<List<String>> command = contract().forked();
        if (command.isEmpty()) {
            Assumptions.abort("the author gives no way to open the backend in another process");
        }
        Path folder = newFolder();
        for (int crash = 0; crash < 2; crash++) {
            Map<String, Long> told =
                    ForkedWorker.runUntilKilled(command.get(), contract(), folder, 40);
            try (Backend opened = opening().open(folder)) {
                Work work = ForkedWorker.work(Tenant.of(opened, "crash"));
                told.forEach(
                        (id, done) ->
                                assertTrue(
                                        work.job(id).progress().done() >= done,
                                        () -> "job " + id + " was at " + done));
                assertTrue(work.job(ForkedWorker.FINISHED).result().isPresent());
            }
        }
    }
}
