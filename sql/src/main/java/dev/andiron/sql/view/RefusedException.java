package dev.andiron.sql.view;

/** A view has a part that this compiler does not say in SQL. The message names it. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public RefusedException(String message) {
        super(message);
    }
}
