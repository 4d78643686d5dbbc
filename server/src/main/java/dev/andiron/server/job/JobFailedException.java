package dev.andiron.server.job;

/** A job cannot be done, whoever tries it. The message is for whoever asked for it. */
public final class JobFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public JobFailedException(String message) {
        super(message);
    }
}
