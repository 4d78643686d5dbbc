package dev.andiron.fhir.path;

import java.util.List;
import java.util.Map;

/**
 * What an evaluation knows besides its focus.
 *
 * @param resource {@code %resource}: the resource that the expression is evaluated in
 * @param context {@code %context}: what it was evaluated on
 * @param variables values of other variables by name
 * @param index {@code $index}
 */
record Scope(
        PathNode resource, PathNode context, Map<String, List<PathNode>> variables, int index) {

    Scope at(int newIndex) {
        return new Scope(resource, context, variables, newIndex);
    }
}
