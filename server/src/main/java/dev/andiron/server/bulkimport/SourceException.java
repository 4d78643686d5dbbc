package dev.andiron.server.bulkimport;

/** A file cannot be had, however often one tries. The message is for whoever asked for it. */
final class SourceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SourceException(String message) {
        super(message);
    }
}
