package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Backend;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.Claim;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobCount;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobList;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Work;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;

/** Promises of {@link JobStore} to those who submit jobs and wait for them. */
@Needs(Facet.JOBS)
abstract class JobContract extends Contract {
    private static final Progress HALF = new Progress(50, OptionalLong.of(100), "50 of 100 ½");
    private static final Json RESULT = Json.of("{\"done\":\"já\"}");

    JobContract(BackendContract contract) {
        super(contract);
    }

    private Work newWork() {
        return Work.of(newTenant());
    }

    /** {@link JobStore#submit}. */
    @Test
    @Promise("a submitted job is accepted, due at once, and read back as it was submitted")
    final void required_JB01_submittedJobsAreRead() {
        Work work = newWork();
        assertEquals(Optional.empty(), work.read("1"));
        Job job = work.submit("1");
        Instant now = clock().instant();
        var expected =
                new Job(
                        work.tenant().context().tenant(),
                        new JobId("1"),
                        work.kind(),
                        Work.request("1"),
                        now,
                        JobState.ACCEPTED,
                        0,
                        now,
                        Optional.empty(),
                        Optional.empty(),
                        Progress.NONE,
                        Json.empty(),
                        Optional.empty(),
                        Optional.empty());
        assertEquals(expected, job);
        assertEquals(Optional.of(expected), work.read("1"));
    }

    /** {@link JobStore#submit}: safe to submit again. */
    @Test
    @Promise("submitting an id again changes nothing and gives the job as it stands")
    final void required_JB02_submittingIsIdempotent() throws InterruptedException {
        Work work = newWork();
        var submissions = new ArrayList<Callable<Job>>();
        for (int i = 0; i < 16; i++) {
            Json request = Work.request("other" + i);
            submissions.add(() -> work.submit("1", request));
        }
        List<Job> jobs = Race.run(submissions);
        assertEquals(Set.of(work.job("1")), Set.copyOf(jobs), "they got different jobs");
        Claim claim = work.claim(Work.ANN);
        assertEquals(Optional.empty(), work.tryClaim(Work.ANN), "the job is there twice");
        assertEquals(claim.job(), work.submit("1"));
        work.store().finish(claim.lease(), HALF, RESULT);
        assertEquals(JobState.COMPLETED, work.submit("1").state());
        assertEquals(Optional.empty(), work.tryClaim(Work.ANN), "a finished job runs again");
    }

    /** {@link JobStore#list}. */
    @Test
    @Promise("jobs are listed newest first, page by page, of the kinds and states asked for")
    final void required_JB03_jobsAreListed() {
        Tenant tenant = newTenant();
        Work work = Work.of(tenant);
        Work other = Work.of(tenant);
        for (String id : List.of("b", "a", "C", "d")) {
            work.submit(id);
        }
        clock().advance(Duration.ofMillis(1));
        other.submit("0");
        work.submit("e");
        var everything = List.of("e", "0", "d", "b", "a", "C");
        for (int limit = 1; limit <= 7; limit++) {
            assertEquals(everything, list(tenant, JobList.all(limit)));
        }
        Claim claimed = work.claim(Work.ANN);
        var running = Set.of(JobState.RUNNING);
        assertEquals(
                List.of(claimed.job().id().value()),
                list(tenant, new JobList(Set.of(), running, Optional.empty(), 2)));
        assertEquals(
                List.of("0"),
                list(tenant, new JobList(Set.of(other.kind()), Set.of(), Optional.empty(), 2)));
        assertEquals(
                List.of(),
                list(tenant, new JobList(Set.of(other.kind()), running, Optional.empty(), 2)));
    }

    private static List<String> list(Tenant tenant, JobList first) {
        List<String> ids = new ArrayList<>();
        JobList request = first;
        while (true) {
            List<Job> page = tenant.jobs().list(tenant.context(), request);
            page.forEach(job -> ids.add(job.id().value()));
            assertTrue(page.size() <= first.limit(), "a page is longer than asked for");
            if (page.size() < first.limit()) {
                return ids;
            }
            request = request.behind(page.getLast());
        }
    }

    /** {@link JobStore#checkpoint}. */
    @Test
    @Promise("progress and checkpoint are there for whoever reads, and for the next worker")
    final void required_JB04_progressAndCheckpointAreKept() {
        Work work = newWork();
        work.submit("1");
        Claim first = work.claim(Work.ANN);
        Json checkpoint = Json.of("{\"at\":\"Patient/ü\"}");
        work.store().checkpoint(first.lease(), HALF, checkpoint);
        assertEquals(HALF, work.job("1").progress());
        assertEquals(checkpoint, work.job("1").checkpoint());
        var unknown = new Progress(51, OptionalLong.empty(), "");
        work.store().checkpoint(first.lease(), unknown, checkpoint);
        assertEquals(unknown, work.job("1").progress());
        work.store().release(first.lease());
        Claim second = work.claim(Work.BOB);
        assertEquals(checkpoint, second.job().checkpoint());
        assertEquals(unknown, second.job().progress());
        work.store().checkpoint(second.lease(), HALF, Json.empty());
        assertEquals(Json.empty(), work.job("1").checkpoint());
    }

    /** {@link JobStore#finish} and {@link JobStore#fail}. */
    @Test
    @Promise("a finished job has its result, a failed one its reason, and neither runs again")
    final void required_JB05_jobsEnd() {
        Work work = newWork();
        work.submit("1");
        Claim good = work.claim(Work.ANN);
        clock().advance(Duration.ofSeconds(1));
        work.store().finish(good.lease(), HALF, RESULT);
        Job finished = work.job("1");
        assertEquals(JobState.COMPLETED, finished.state());
        assertEquals(Optional.of(RESULT), finished.result());
        assertEquals(HALF, finished.progress());
        assertEquals(Optional.of(clock().instant()), finished.ended());
        assertEquals(good.job().started(), finished.started());
        work.submit("2");
        Claim bad = work.claim(Work.ANN);
        work.store().fail(bad.lease(), "the disk is full – again");
        Job failed = work.job("2");
        assertEquals(JobState.FAILED, failed.state());
        assertEquals(Optional.of("the disk is full – again"), failed.failure());
        assertEquals(Optional.empty(), failed.result());
        assertEquals(Optional.of(clock().instant()), failed.ended());
        clock().advance(Duration.ofDays(1));
        assertEquals(Optional.empty(), work.tryClaim(Work.BOB), "an ended job was claimed");
    }

    /** {@link JobStore#cancel}. */
    @Test
    @Promise("a cancelled job is never claimed; cancelling what has ended changes nothing")
    final void required_JB06_jobsAreCancelled() {
        Work work = newWork();
        var context = work.tenant().context();
        assertEquals(Optional.empty(), work.store().cancel(context, new JobId("none")));
        work.submit("1");
        Job cancelled = work.store().cancel(context, new JobId("1")).orElseThrow();
        assertEquals(JobState.CANCELLED, cancelled.state());
        assertEquals(Optional.of(clock().instant()), cancelled.ended());
        assertEquals(cancelled, work.job("1"));
        assertEquals(Optional.empty(), work.tryClaim(Work.ANN));
        clock().advance(Duration.ofSeconds(1));
        assertEquals(Optional.of(cancelled), work.store().cancel(context, new JobId("1")), "again");
        work.submit("2");
        work.store().finish(work.claim(Work.ANN).lease(), HALF, RESULT);
        Job finished = work.job("2");
        assertEquals(Optional.of(finished), work.store().cancel(context, new JobId("2")));
        assertEquals(finished, work.job("2"));
    }

    /** {@link JobStore#delete}. */
    @Test
    @Promise("a deleted job is gone, and its id is free")
    final void required_JB07_jobsAreDeleted() {
        Work work = newWork();
        var context = work.tenant().context();
        assertFalse(work.store().delete(context, new JobId("1")));
        work.submit("1");
        work.submit("2");
        assertTrue(work.store().delete(context, new JobId("1")));
        assertFalse(work.store().delete(context, new JobId("1")));
        assertEquals(Optional.empty(), work.read("1"));
        assertEquals(List.of("2"), list(work.tenant(), JobList.all(5)));
        assertEquals("2", work.claim(Work.ANN).job().id().value());
        assertEquals(Optional.empty(), work.tryClaim(Work.ANN), "a deleted job was claimed");
        assertEquals(JobState.ACCEPTED, work.submit("1").state());
    }

    /** {@link JobStore}: the tenant is part of every key. */
    @Test
    @Promise("jobs of one tenant are not seen, cancelled or deleted by another")
    final void required_JB08_tenantsAreApart() {
        Work work = newWork();
        Work others = work.at(newTenant());
        work.submit("1");
        assertEquals(Optional.empty(), others.read("1"));
        assertEquals(List.of(), list(others.tenant(), JobList.all(5)));
        var context = others.tenant().context();
        assertEquals(Optional.empty(), others.store().cancel(context, new JobId("1")));
        assertFalse(others.store().delete(context, new JobId("1")));
        Json request = Work.request("others");
        assertEquals(request, others.submit("1", request).request());
        Claim first = work.claim(Work.ANN);
        Claim second = work.claim(Work.ANN);
        assertEquals(Set.of(work.job("1"), others.job("1")), Set.of(first.job(), second.job()));
        assertEquals(first.job().tenant(), first.lease().tenant());
        others.store().cancel(context, new JobId("1"));
        assertEquals(JobState.RUNNING, work.job("1").state());
        others.store().delete(context, new JobId("1"));
        assertEquals(JobState.RUNNING, work.job("1").state());
    }

    /** {@link Job#MAX_DATA}. */
    @Test
    @Promise("data up to the bound is taken whole, more is refused as too large")
    final void required_JB09_dataHasABound() {
        Work work = newWork();
        Json most = text(Job.MAX_DATA);
        Json tooMuch = text(Job.MAX_DATA + 1);
        assertThrows(StorageException.TooLarge.class, () -> work.submit("1", tooMuch));
        assertEquals(Optional.empty(), work.read("1"));
        assertEquals(most, work.submit("1", most).request());
        Claim claim = work.claim(Work.ANN);
        assertEquals(most, claim.job().request());
        assertThrows(
                StorageException.TooLarge.class,
                () -> work.store().checkpoint(claim.lease(), HALF, tooMuch));
        assertEquals(Progress.NONE, work.job("1").progress());
        work.store().checkpoint(claim.lease(), HALF, most);
        assertThrows(
                StorageException.TooLarge.class,
                () -> work.store().finish(claim.lease(), HALF, tooMuch));
        String reason = "x".repeat(Job.MAX_FAILURE + 1);
        assertThrows(
                StorageException.TooLarge.class, () -> work.store().fail(claim.lease(), reason));
        work.store().finish(claim.lease(), HALF, most);
        Job finished = work.job("1");
        assertEquals(most, finished.checkpoint());
        assertEquals(Optional.of(most), finished.result());
    }

    private static Json text(int length) {
        byte[] text = new byte[length];
        Arrays.fill(text, (byte) 'x');
        text[0] = '"';
        text[length - 1] = '"';
        return Json.of(text);
    }

    /** {@link JobStore#endedBefore}. */
    @Test
    @Promise("what ended before a time is listed for all tenants, first ended first")
    final void required_JB10_endedJobsAreListed() {
        Work work = newWork();
        Work others = work.at(newTenant());
        work.submit("waits");
        work.store().cancel(work.tenant().context(), work.submit("1").id());
        clock().advance(Duration.ofMillis(1));
        others.store().cancel(others.tenant().context(), others.submit("2").id());
        clock().advance(Duration.ofMillis(1));
        Instant time = clock().instant();
        work.store().cancel(work.tenant().context(), work.submit("3").id());
        List<Job> expected = List.of(work.job("1"), others.job("2"));
        assertEquals(expected, ended(work, time));
        clock().advance(Duration.ofMillis(1));
        assertEquals(3, ended(work, clock().instant()).size());
        assertEquals(1, work.store().endedBefore(clock().instant(), 1).size());
    }

    private static List<Job> ended(Work work, Instant time) {
        return work.store().endedBefore(time, 10_000).stream()
                .filter(job -> job.kind().equals(work.kind()))
                .toList();
    }

    /** {@link JobStore#counts}. */
    @Test
    @Promise("jobs are counted by kind and state over all tenants")
    final void required_JB11_jobsAreCounted() {
        Work work = newWork();
        assertEquals(Set.of(), counts(work));
        work.submit("1");
        work.submit("2");
        work.at(newTenant()).submit("1");
        assertEquals(Set.of(new JobCount(work.kind(), JobState.ACCEPTED, 3)), counts(work));
        work.claim(Work.ANN);
        assertEquals(
                Set.of(
                        new JobCount(work.kind(), JobState.ACCEPTED, 2),
                        new JobCount(work.kind(), JobState.RUNNING, 1)),
                counts(work));
    }

    private static Set<JobCount> counts(Work work) {
        List<JobCount> counts =
                work.store().counts().stream()
                        .filter(count -> count.kind().equals(work.kind()))
                        .toList();
        assertEquals(Set.copyOf(counts).size(), counts.size(), "something is counted twice");
        return Set.copyOf(counts);
    }

    /** {@link JobStore}: on return every change is durable. */
    @Test
    @Promise("jobs, leases and fencing tokens are the same after the backend was opened again")
    final void required_JB12_jobsSurviveRestarts() {
        Path folder = newFolder();
        Job waiting;
        Job running;
        Claim claim;
        try (Backend opened = opening().open(folder, clock())) {
            Work work = new Work(Tenant.of(opened, "default"), "kept");
            work.submit("1");
            claim = work.claim(Work.ANN);
            work.store().checkpoint(claim.lease(), HALF, RESULT);
            running = work.job("1");
            waiting = work.submit("2");
        }
        try (Backend opened = opening().open(folder, clock())) {
            Work work = new Work(Tenant.of(opened, "default"), "kept");
            assertEquals(running, work.job("1"));
            assertEquals(waiting, work.job("2"));
            work.store().heartbeat(claim.lease(), Work.LEASE);
            assertEquals("2", work.claim(Work.BOB).job().id().value());
            assertEquals(Optional.empty(), work.tryClaim(Work.BOB));
            clock().advance(Work.LEASE.plusMillis(1));
            Claim taken = work.claim(Work.BOB);
            assertTrue(taken.lease().token() > 1, "a fencing token was given a second time");
            work.store().fail(work.claim(Work.BOB).lease(), "for no reason");
        }
        try (Backend opened = opening().open(folder, clock())) {
            Work work = new Work(Tenant.of(opened, "default"), "kept");
            assertThrows(
                    StorageException.LeaseLost.class,
                    () -> work.store().heartbeat(claim.lease(), Work.LEASE));
            clock().advance(Work.LEASE.plusMillis(1));
            Claim last = work.claim(Work.ANN);
            assertEquals(
                    Set.of(JobState.RUNNING, JobState.FAILED),
                    Set.of(work.job("1").state(), work.job("2").state()));
            assertTrue(last.lease().token() > 1, "a fencing token was given a second time");
        }
    }
}
