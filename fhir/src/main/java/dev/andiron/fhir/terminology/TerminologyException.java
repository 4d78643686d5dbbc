package dev.andiron.fhir.terminology;

/** What codes mean cannot be told from what is stored; the message says what is lacking. */
public final class TerminologyException extends Exception {
    private static final long serialVersionUID = 1;

    TerminologyException(String message) {
        super(message, null, false, false);
    }

    static TerminologyException lacking(String what) {
        return new TerminologyException("it needs a terminology server: " + what);
    }
}
