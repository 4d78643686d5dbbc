package dev.andiron.server.cli;

import dev.andiron.server.cli.load.LoadTally;
import dev.andiron.server.cli.load.Loader;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Draws how far a load is: a line that is redrawn on a terminal, and otherwise a line now and then.
 * A thread of its own draws until it is closed.
 */
final class ProgressBar implements Loader.Running {
    private static final int WIDTH = 30;
    private static final Duration REDRAWN = Duration.ofMillis(200);
    private static final Duration PRINTED = Duration.ofSeconds(10);

    private final LoadTally tally;
    private final long bytes;
    private final PrintWriter out;
    private final boolean terminal;
    private final long started = System.nanoTime();
    private final Thread drawer;

    private ProgressBar(LoadTally tally, long bytes, PrintWriter out, boolean terminal) {
        this.tally = tally;
        this.bytes = bytes;
        this.out = out;
        this.terminal = terminal;
        this.drawer = Thread.ofVirtual().unstarted(this::draw);
    }

    /**
     * Starts to draw.
     *
     * @param terminal whether the line can be redrawn
     */
    static ProgressBar start(LoadTally tally, long bytes, PrintWriter out, boolean terminal) {
        var bar = new ProgressBar(tally, bytes, out, terminal);
        bar.drawer.start();
        return bar;
    }

    /** Whether somebody sees what is printed. */
    static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    private void draw() {
        try {
            while (true) {
                Thread.sleep(terminal ? REDRAWN : PRINTED);
                print();
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    private void print() {
        String line = line(tally, bytes, System.nanoTime() - started);
        if (terminal) {
            // Up to the end of the line is erased, since the last line may have been longer.
            out.print("\r" + line + "\u001b[K");
        } else {
            out.println(line);
        }
        out.flush();
    }

    static String line(LoadTally tally, long bytes, long nanoseconds) {
        double share = bytes == 0 ? 1 : Math.min(1, (double) tally.bytes() / bytes);
        int filled = (int) (share * WIDTH);
        double seconds = Math.max(nanoseconds / 1e9, 0.001);
        String failures = tally.failures() == 0 ? "" : "  %d failed".formatted(tally.failures());
        return String.format(
                Locale.ROOT,
                "[%s%s] %3d %%  %,d resources  %,.0f/s%s",
                "=".repeat(filled),
                " ".repeat(WIDTH - filled),
                (int) (share * 100),
                tally.resources(),
                tally.resources() / seconds,
                failures);
    }

    @Override
    public void close() {
        drawer.interrupt();
        try {
            drawer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (terminal) {
            print();
            out.println();
            out.flush();
        }
    }
}
