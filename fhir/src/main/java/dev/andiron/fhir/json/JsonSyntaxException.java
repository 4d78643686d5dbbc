package dev.andiron.fhir.json;

/** Text that is not JSON as FHIR allows it, with the place where reading stopped. */
public final class JsonSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int line;
    private final int column;

    JsonSyntaxException(String message, int line, int column) {
        super(line > 0 ? "%s (line %d, column %d)".formatted(message, line, column) : message);
        this.line = line;
        this.column = column;
    }

    /** From 1; 0 when unknown. */
    public int line() {
        return line;
    }

    /** From 1; 0 when unknown. */
    public int column() {
        return column;
    }
}
