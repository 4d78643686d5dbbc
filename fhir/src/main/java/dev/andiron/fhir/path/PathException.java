package dev.andiron.fhir.path;

/**
 * An expression that is not FHIRPath, is not supported, names what is not there, or cannot be
 * evaluated on what it got. The message is a sentence for the one who wrote it.
 */
public final class PathException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public PathException(String message) {
        super(message);
    }

    public PathException(String message, Throwable cause) {
        super(message, cause);
    }
}
