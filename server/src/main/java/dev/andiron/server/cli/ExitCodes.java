package dev.andiron.server.cli;

import dev.andiron.kernel.StartupException;

/**
 * What the process returns: 0 done, 1 failed, 2 wrong usage or configuration, 3 storage that does
 * not open.
 */
final class ExitCodes {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    private ExitCodes() {}

    static int of(Exception problem) {
        return switch (problem) {
            case UsageException _ -> USAGE;
            case StartupException refused -> refused.exitCode().code();
            default -> FAILED;
        };
    }
}
