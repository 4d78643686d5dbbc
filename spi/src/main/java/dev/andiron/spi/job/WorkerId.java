package dev.andiron.spi.job;

import java.util.regex.Pattern;

/**
 * Who claims jobs: one run of one server process. No two processes, and no two runs, have the same.
 *
 * @param value 1 to 128 letters, digits, hyphens, underscores, dots and colons
 */
public record WorkerId(String value) {
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    public WorkerId {
        if (!WELL_FORMED.matcher(value).matches()) {
            throw new IllegalArgumentException("not a well-formed worker id");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
