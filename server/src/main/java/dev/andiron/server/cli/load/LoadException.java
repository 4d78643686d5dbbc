package dev.andiron.server.cli.load;

/** A load that cannot start or go on, with a sentence for the person who asked for it. */
public final class LoadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LoadException(String message) {
        super(message);
    }

    public LoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
