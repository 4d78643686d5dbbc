package dev.andiron.server.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** A line that is drawn again while something goes on. */
record StatusLine(Thread drawer, PrintWriter out, Supplier<String> text) implements AutoCloseable {
    private static final Duration REDRAWN = Duration.ofMillis(250);
    private static final Duration PRINTED = Duration.ofSeconds(5);

    static StatusLine start(PrintWriter out, Supplier<String> text) {
        boolean terminal = ProgressBar.isTerminal();
        Thread drawer =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        while (true) {
                                            Thread.sleep(terminal ? REDRAWN : PRINTED);
                                            print(out, text.get(), terminal);
                                        }
                                    } catch (InterruptedException _) {
                                        // Closed.
                                    }
                                });
        return new StatusLine(drawer, out, text);
    }

    private static void print(PrintWriter out, String text, boolean terminal) {
        if (terminal) {
            out.print("\r" + bar(text) + "\u001b[K");
        } else {
            out.println(text);
        }
        out.flush();
    }

    /** A bar in front of what tells its own share. */
    private static String bar(String text) {
        var share = Pattern.compile("([0-9]{1,3}) ?%").matcher(text);
        var files = Pattern.compile("^([0-9]+) of ([0-9]+) files").matcher(text);
        int percent = -1;
        if (share.find()) {
            percent = Math.min(100, Integer.parseInt(share.group(1)));
        } else if (files.find() && !files.group(2).equals("0")) {
            percent = (int) (100 * Long.parseLong(files.group(1)) / Long.parseLong(files.group(2)));
        }
        return percent < 0
                ? text
                : "[%s%s] %s"
                        .formatted(
                                "=".repeat(percent * 30 / 100),
                                " ".repeat(30 - percent * 30 / 100),
                                text);
    }

    @Override
    public void close() {
        drawer.interrupt();
        try {
            drawer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        boolean terminal = ProgressBar.isTerminal();
        if (terminal) {
            print(out, text.get(), true);
            out.println();
            out.flush();
        }
    }
}
