package dev.andiron.spi.blob;

import dev.andiron.spi.job.JobId;

import java.util.regex.Pattern;

/**
 * The name of a blob within a tenant.
 *
 * @param job the job that writes it
 * @param part its name within the job: 1 to 128 letters, digits, dots, hyphens and underscores, the
 *     first a letter or a digit. Case matters
 */
public record BlobName(JobId job, String part) {
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    public BlobName {
        if (!isWellFormed(part)) {
            throw new IllegalArgumentException("not a well-formed name of a blob");
        }
    }

    /** Whether a text may be the name of a part. */
    public static boolean isWellFormed(String part) {
        return WELL_FORMED.matcher(part).matches();
    }

    @Override
    public String toString() {
        return job + "/" + part;
    }
}
