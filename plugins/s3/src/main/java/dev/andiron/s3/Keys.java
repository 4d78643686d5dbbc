package dev.andiron.s3;

import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantId;

import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The names of objects. */
final class Keys {
    /** Sorts behind every sign that keys are made of. */
    static final String LAST = "~";

    /** Folders of the tenants' logs. */
    static final String LOGS = "log/";

    /** All jobs. */
    static final String JOBS = "jobs/registry";

    /** Folders of what does not fit into the registry of jobs. */
    static final String JOB_DATA = "jobs/data/";

    /** Folders of the tenants that have buckets of their own. */
    static final String TENANTS = "tenants/";

    private static final Pattern OWNED = Pattern.compile("[a-z]+/([^/!]+)!/");
    private static final String ERASED = "erased/";

    private Keys() {}

    /**
     * A tenant's name as a folder. The sign behind it sorts before every sign of a name, so that
     * folders come in the order of names.
     */
    static String folder(TenantId tenant) {
        return tenant.value() + "!/";
    }

    /** The tenant of a folder. */
    static TenantId tenant(String folder) {
        return new TenantId(folder.substring(0, folder.length() - 2));
    }

    /** Whose object it is; empty for those that are nobody's alone. */
    static Optional<TenantId> tenantOf(String key) {
        var owned = OWNED.matcher(key);
        return owned.lookingAt() && !key.startsWith(TENANTS)
                ? Optional.of(new TenantId(owned.group(1)))
                : Optional.empty();
    }

    /** Says that there is a tenant, where tenants have buckets of their own. */
    static String tenant(TenantId tenant) {
        return TENANTS + folder(tenant) + "known";
    }

    /** An entry of a log; entries count from 1. */
    static String logEntry(TenantId tenant, long sequence) {
        return LOGS + folder(tenant) + String.format(Locale.ROOT, "%020d", sequence);
    }

    /** The root of a run of the index; runs of a level count from 0. */
    static String root(TenantId tenant, int level, long number) {
        return "index/" + folder(tenant) + run(level, number);
    }

    /** Folder of the pages of a tenant's index. */
    static String runs(TenantId tenant) {
        return "runs/" + folder(tenant);
    }

    /** Pages of a run of the index. */
    static String part(TenantId tenant, int level, long number, UUID builder, int part) {
        return runs(tenant)
                + run(level, number)
                + "/"
                + builder
                + "-"
                + String.format(Locale.ROOT, "%05d", part);
    }

    private static String run(int level, long number) {
        return level + "-" + String.format(Locale.ROOT, "%020d", number);
    }

    /** Folder of the contents that are too large for the log. */
    static String packs(TenantId tenant) {
        return "packs/" + folder(tenant);
    }

    /** Contents that are too large for the log. */
    static String pack(TenantId tenant, String name) {
        return packs(tenant) + name;
    }

    /** Folder of a job's files. */
    static String blobs(TenantId tenant, JobId job) {
        return "blobs/" + folder(tenant) + job + "!/";
    }

    static String jobData(TenantId tenant, String name) {
        return JOB_DATA + folder(tenant) + name;
    }

    /** Folder of the marks that the bytes of what purges erased are gone. */
    static String erased(TenantId tenant) {
        return ERASED + folder(tenant);
    }

    /** Says that the bytes of what a purge erased are gone. */
    static String erased(TenantId tenant, long position) {
        return ERASED + folder(tenant) + String.format(Locale.ROOT, "%020d", position);
    }
}
