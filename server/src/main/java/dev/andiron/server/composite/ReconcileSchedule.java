package dev.andiron.server.composite;

import dev.andiron.kernel.composite.Composite;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.job.Jobs;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Asks for reconciliations at regular times. The ids of these jobs follow from the time, so of
 * several servers one gets its way, and the others find it done.
 */
public final class ReconcileSchedule implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileSchedule.class);
    private static final Duration LONGEST_LOOK = Duration.ofMinutes(1);
    private static final int TENANTS_A_PAGE = 1_000;

    private final Storage storage;
    private final Composites composites;
    private final Jobs jobs;
    private final Settings settings;
    private final InstantSource clock;
    private final Thread looker;

    /**
     * What an operator decided.
     *
     * @param every how often each tenant's data is compared
     * @param repairs whether differences are repaired
     * @param comparesContent whether search values are compared, too
     */
    public record Settings(Duration every, boolean repairs, boolean comparesContent) {}

    public ReconcileSchedule(
            Storage storage,
            Composites composites,
            Jobs jobs,
            Settings settings,
            InstantSource clock) {
        this.storage = storage;
        this.composites = composites;
        this.jobs = jobs;
        this.settings = settings;
        this.clock = clock;
        looker = Thread.ofVirtual().name("reconcile-schedule").unstarted(this::lookAgain);
    }

    /** Begins to look at the time. */
    public void start() {
        looker.start();
    }

    private void lookAgain() {
        Duration quarter = settings.every().dividedBy(4);
        Duration pause = quarter.compareTo(LONGEST_LOOK) < 0 ? quarter : LONGEST_LOOK;
        try {
            while (true) {
                look();
                Thread.sleep(pause);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** Asks for what is due and was not asked for yet. */
    void look() {
        long slot = clock.instant().toEpochMilli() / settings.every().toMillis();
        composites
                .byName()
                .forEach(
                        (name, composite) -> {
                            try {
                                ask(name, composite, slot);
                            } catch (RuntimeException e) {
                                LOG.warn(
                                        "The reconciliation of {} cannot be asked for now: {}",
                                        name,
                                        e.getMessage());
                            }
                        });
    }

    private void ask(String name, Composite composite, long slot) {
        var id = new JobId("reconcile-%s-%d".formatted(Integer.toHexString(name.hashCode()), slot));
        var request =
                new ReconcileRequest(name, settings.repairs(), settings.comparesContent(), true);
        String after = "";
        List<TenantId> page;
        do {
            page = composite.tenants(after, TENANTS_A_PAGE);
            for (TenantId each : page) {
                TenantContext tenant = TenantContext.of(each);
                if (storage.jobs().read(tenant, id).isEmpty()) {
                    jobs.require(tenant, id, ReconcileJob.KIND, request.json());
                }
            }
            after = page.isEmpty() ? "" : page.getLast().value();
        } while (page.size() == TENANTS_A_PAGE);
    }

    @Override
    public void close() {
        looker.interrupt();
    }
}
