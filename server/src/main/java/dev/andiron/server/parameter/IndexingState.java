package dev.andiron.server.parameter;

import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.ParameterName;
import dev.andiron.spi.ClaimStrategy;
import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobList;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which search parameters do not find older resources yet: those of the reindex jobs that have not
 * completed, failed and cancelled ones too. Safe for use by many threads.
 */
final class IndexingState {
    private static final Duration STALENESS = Duration.ofMillis(250);
    private static final int MOST_JOBS = 1_000;
    private static final int MOST_TENANTS = 10_000;

    private final Storage storage;
    private final Map<TenantId, Entry> entries = new ConcurrentHashMap<>();

    private record Entry(long read, Set<ParameterName> parameters) {}

    IndexingState(Storage storage) {
        this.storage = storage;
    }

    Set<ParameterName> incomplete(TenantContext tenant) {
        boolean indexes = !storage.capabilities().search().isEmpty();
        if (!indexes || storage.capabilities().claims() == ClaimStrategy.NONE) {
            return Set.of();
        }
        Entry entry = entries.get(tenant.tenant());
        if (entry == null || System.nanoTime() - entry.read() > STALENESS.toNanos()) {
            entry = new Entry(System.nanoTime(), read(tenant));
            if (entries.size() > MOST_TENANTS) {
                entries.clear();
            }
            entries.put(tenant.tenant(), entry);
        }
        return entry.parameters();
    }

    private Set<ParameterName> read(TenantContext tenant) {
        var parameters = new HashSet<ParameterName>();
        for (Job job : incompleteJobs(storage, tenant)) {
            parameters.addAll(ReindexRequest.of(job.request()).parameters());
        }
        return Set.copyOf(parameters);
    }

    /** The reindex jobs of a tenant that have not completed. */
    static Iterable<Job> incompleteJobs(Storage storage, TenantContext tenant) {
        return storage.jobs()
                .list(
                        tenant,
                        new JobList(
                                Set.of(ReindexJob.KIND),
                                EnumSet.complementOf(EnumSet.of(JobState.COMPLETED)),
                                Optional.empty(),
                                MOST_JOBS));
    }

    /** Looks again at the next question. */
    void forget(TenantContext tenant) {
        entries.remove(tenant.tenant());
    }
}
