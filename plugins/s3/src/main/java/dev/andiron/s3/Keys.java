package dev.andiron.s3;

import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantId;

import java.util.Locale;

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

    /** An entry of a log; entries count from 1. */
    static String logEntry(TenantId tenant, long sequence) {
        return LOGS + folder(tenant) + String.format(Locale.ROOT, "%020d", sequence);
    }

    /** The records of many entries; segments count from 0. */
    static String segment(TenantId tenant, long number) {
        return "segments/" + folder(tenant) + String.format(Locale.ROOT, "%020d", number);
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

    /** Says that the bytes of what a purge erased are gone. */
    static String erased(TenantId tenant, long position) {
        return ERASED + folder(tenant) + String.format(Locale.ROOT, "%020d", position);
    }
}
