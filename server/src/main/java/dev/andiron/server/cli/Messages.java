package dev.andiron.server.cli;

import dev.andiron.spi.Option;

/** One line for a person out of an exception. */
final class Messages {
    private Messages() {}

    /** A constant as an operator reads it. */
    static String word(Enum<?> constant) {
        return Option.word(constant).replace('-', ' ');
    }

    static String of(Throwable problem) {
        String message = problem.getMessage();
        if (message == null || message.isBlank()) {
            return problem.getClass().getSimpleName() + " (--verbose tells more)";
        }
        return message;
    }
}
