package dev.andiron.server.cli;

import dev.andiron.spi.Option;

import java.io.PrintWriter;

/** One line for a person out of an exception. */
final class Messages {
    private Messages() {}

    /** A constant as an operator reads it. */
    static String word(Enum<?> constant) {
        return Option.word(constant).replace('-', ' ');
    }

    /** Tells what went wrong, and gives the exit code. */
    static int tell(Exception problem, PrintWriter err) {
        // A configuration may have several problems, a line each.
        of(problem).lines().forEach(message -> err.println("andiron: " + message));
        err.flush();
        return ExitCodes.of(problem);
    }

    static String of(Throwable problem) {
        String message = problem.getMessage();
        if (message == null || message.isBlank()) {
            return problem.getClass().getSimpleName() + " (--verbose tells more)";
        }
        return message;
    }
}
