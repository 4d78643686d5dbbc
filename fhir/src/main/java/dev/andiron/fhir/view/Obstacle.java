package dev.andiron.fhir.view;

/** Why an expression has no portable form; the message is a phrase for an operator. */
final class Obstacle extends RuntimeException {
    private static final long serialVersionUID = 1;

    Obstacle(String message) {
        super(message, null, false, false);
    }
}
