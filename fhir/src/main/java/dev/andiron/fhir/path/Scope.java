package dev.andiron.fhir.path;

import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;

/**
 * What an evaluation knows besides its focus.
 *
 * @param resource {@code %resource}: the resource that the expression is evaluated in
 * @param context {@code %context}: what it was evaluated on
 * @param variables values of other variables by name
 * @param names the names of those of {@code defineVariable()} that have their values
 * @param index {@code $index}
 * @param total {@code $total}
 * @param now the time of the evaluation; null when the expression does not ask for it
 */
record Scope(
        PathNode resource,
        PathNode context,
        Map<String, List<PathNode>> variables,
        Map<LocalVariables.Local, String> names,
        int index,
        List<PathNode> total,
        ZonedDateTime now) {

    Scope(PathNode resource, PathNode context, Map<String, List<PathNode>> variables, int index) {
        this(resource, context, variables, Map.of(), index, List.of(), null);
    }

    Scope at(int newIndex) {
        return new Scope(resource, context, variables, names, newIndex, total, now);
    }

    Scope adding(int newIndex, List<PathNode> newTotal) {
        return new Scope(resource, context, variables, names, newIndex, newTotal, now);
    }

    Scope in(ZonedDateTime time) {
        return new Scope(resource, context, variables, names, index, total, time);
    }

    Scope with(
            Map<String, List<PathNode>> newVariables, Map<LocalVariables.Local, String> newNames) {
        return new Scope(resource, context, newVariables, newNames, index, total, now);
    }
}
