package dev.andiron.fhir.path;

import java.util.List;

/** One compiled piece of an expression. Pure, and safe for use by many threads. */
@FunctionalInterface
interface Evaluation {

    /**
     * Evaluates.
     *
     * @param focus what {@code $this} is
     */
    List<PathNode> on(List<PathNode> focus, Scope scope);
}
