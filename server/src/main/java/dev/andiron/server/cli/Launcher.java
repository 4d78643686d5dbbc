package dev.andiron.server.cli;

/**
 * The entry point: {@code andiron COMMAND}. The library that reads command lines is too old for
 * what Java keeps of its loading, and so is each class that mentions it; a usual start needs none
 * of them.
 */
public final class Launcher {
    private Launcher() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(
                PlainServe.of(arguments)
                        .map(PlainServe::run)
                        .orElseGet(() -> Main.execute(arguments)));
    }
}
