package dev.andiron.server.cli;

import dev.andiron.server.cli.load.LoadTally;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Tells how a load ended.
 *
 * @param tally what was done
 * @param time how long it took
 */
record LoadReport(LoadTally tally, Duration time) {
    private static final int FEW_FAILURES = 20;

    /** Prints the resources by type, and the speed. */
    void printSummary(PrintWriter out) {
        out.printf("%-28s %10s %10s%n", "type", "created", "existing");
        tally.counts()
                .forEach(
                        (type, count) ->
                                out.printf(
                                        Locale.ROOT,
                                        "%-28s %,10d %,10d%n",
                                        type,
                                        count.created(),
                                        count.other()));
        printTotal(out);
    }

    /** Prints how many resources in how much time. */
    void printTotal(PrintWriter out) {
        double seconds = Math.max(time.toNanos() / 1e9, 0.001);
        String retries =
                tally.retries() == 0 ? "" : ", %d requests sent again".formatted(tally.retries());
        if (tally.earlier() > 0) {
            out.printf(Locale.ROOT, "%,d pieces were done by earlier loads%n", tally.earlier());
        }
        out.printf(
                Locale.ROOT,
                "%,d resources in %.1f s (%,.0f/s), %,d failed%s%n",
                tally.resources(),
                seconds,
                tally.resources() / seconds,
                tally.failures(),
                retries);
        out.flush();
    }

    /** Prints the first failures, or all that were kept. */
    void printFailures(PrintWriter err, boolean all) {
        List<LoadTally.Failure> kept = tally.firstFailures();
        int shown = all ? kept.size() : Math.min(kept.size(), FEW_FAILURES);
        kept.subList(0, shown)
                .forEach(failure -> err.println(failure.origin() + ": " + failure.reason()));
        if (tally.failures() > shown) {
            err.printf(
                    Locale.ROOT,
                    "and %,d more%s%n",
                    tally.failures() - shown,
                    kept.size() > shown ? "; --verbose prints more of them" : "");
        }
        err.flush();
    }
}
