package dev.andiron.server.cli.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a load has done so far. Safe for use by several threads. */
public final class LoadTally {
    /** The most failures that are kept word by word; all are counted. */
    static final int KEPT_FAILURES = 1000;

    /**
     * How many resources of one type were answered how.
     *
     * @param created new ones
     * @param other updated, or there already under their condition
     */
    public record Count(long created, long other) {}

    /**
     * Something that was not loaded.
     *
     * @param origin the file and the entry or line
     * @param reason what the server or the loader said
     */
    public record Failure(String origin, String reason) {}

    private final TreeMap<String, Count> counts = new TreeMap<>();
    private final ArrayList<Failure> failures = new ArrayList<>();
    private long failed;
    private long resources;
    private long bytes;
    private long retries;
    private long passedOver;

    synchronized void loaded(String type, boolean created) {
        loaded(type, created ? new Count(1, 0) : new Count(0, 1));
    }

    synchronized void loaded(String type, Count more) {
        if (more.created() + more.other() > 0) {
            counts.merge(
                    type,
                    more,
                    (a, b) -> new Count(a.created() + b.created(), a.other() + b.other()));
            resources += more.created() + more.other();
        }
    }

    synchronized void failed(String origin, String reason) {
        failed++;
        if (failures.size() < KEPT_FAILURES) {
            failures.add(new Failure(origin, reason));
        }
    }

    synchronized void advanced(long more) {
        bytes += more;
    }

    synchronized void passedOver() {
        passedOver++;
    }

    /** Pieces that an earlier load has done. */
    public synchronized long earlier() {
        return passedOver;
    }

    synchronized void retried() {
        retries++;
    }

    /** Resources that the server took. */
    public synchronized long resources() {
        return resources;
    }

    /** Entries, lines or whole bundles that it did not. */
    public synchronized long failures() {
        return failed;
    }

    /** Requests that were sent again. */
    public synchronized long retries() {
        return retries;
    }

    /** Bytes of the files on disk that have been dealt with. */
    public synchronized long bytes() {
        return bytes;
    }

    public synchronized SortedMap<String, Count> counts() {
        return new TreeMap<>(counts);
    }

    /** The first failures, at most {@value #KEPT_FAILURES}. */
    public synchronized List<Failure> firstFailures() {
        return List.copyOf(failures);
    }
}
