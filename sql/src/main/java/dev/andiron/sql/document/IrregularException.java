package dev.andiron.sql.document;

/**
 * A document has something that {@link RowReader} leaves to SQL: several values for one, a null, a
 * value of another kind, ids or extensions in place of a value. A signal, without a trace.
 */
public final class IrregularException extends Exception {
    private static final long serialVersionUID = 1;
    static final IrregularException INSTANCE = new IrregularException();

    private IrregularException() {
        super("left to SQL", null, false, false);
    }
}
