package dev.andiron.spi.job;

import java.util.regex.Pattern;

/**
 * The id of a job, unique within its tenant. Chosen by whoever submits it. Case matters.
 *
 * @param value 1 to 64 letters, digits and hyphens
 */
public record JobId(String value) implements Comparable<JobId> {
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9-]{1,64}");

    public JobId {
        if (!isWellFormed(value)) {
            throw new IllegalArgumentException("not a well-formed job id");
        }
    }

    /** Whether a text may be the id of a job. */
    public static boolean isWellFormed(String value) {
        return WELL_FORMED.matcher(value).matches();
    }

    /** By UTF-16 code units (all allowed characters are ASCII). */
    @Override
    public int compareTo(JobId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
