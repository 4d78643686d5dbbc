package dev.andiron.server.job;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantId;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

class PollToleranceTest {
    private static final TenantId TENANT = new TenantId("t");
    private static final JobId JOB = new JobId("a");

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-01-02T03:04:05Z"));
    private final PollTolerance polls = new PollTolerance(5, now::get);

    private void pass(long milliseconds) {
        now.updateAndGet(time -> time.plusMillis(milliseconds));
    }

    private boolean poll() {
        return polls.allows(TENANT, JOB);
    }

    @Test
    void oncePerSecondIsAlwaysTolerated() {
        for (int i = 0; i < 1_000; i++) {
            assertTrue(poll());
            pass(1_000);
        }
    }

    @Test
    void moreIsToleratedForAWhileAndThenOncePerSecond() {
        for (int i = 0; i < 5; i++) {
            assertTrue(poll());
        }
        assertFalse(poll());
        pass(500);
        assertFalse(poll());
        pass(500);
        assertTrue(poll());
        assertFalse(poll());
        pass(3_600_000);
        for (int i = 0; i < 5; i++) {
            assertTrue(poll());
        }
        assertFalse(poll());
    }

    @Test
    void eachJobOfEachTenantIsCountedByItself() {
        for (int i = 0; i < 6; i++) {
            poll();
        }
        assertFalse(poll());
        assertTrue(polls.allows(TENANT, new JobId("b")));
        assertTrue(polls.allows(new TenantId("u"), JOB));
        polls.forget(TENANT, JOB);
        assertTrue(poll());
    }

    @Test
    void aClockThatGoesBackGivesNothingAndTakesNothing() {
        assertTrue(poll());
        pass(-10_000);
        for (int i = 0; i < 4; i++) {
            assertTrue(poll());
        }
        assertFalse(poll());
    }
}
