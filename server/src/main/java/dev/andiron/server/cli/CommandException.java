package dev.andiron.server.cli;

/** A command that failed, with a sentence that says why. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
