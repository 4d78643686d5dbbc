package dev.andiron.fhir.path;

import java.util.Set;

/**
 * A compiled piece and what is known of its values.
 *
 * @param types the types that its values may have; null when they can only be known on values
 * @param resolved whether it is what references lead to, of which only the type is known
 */
record Compiled(Evaluation evaluation, Set<PathType> types, boolean resolved) {

    static Compiled of(Evaluation evaluation, PathType type) {
        return new Compiled(evaluation, Set.of(type), false);
    }

    static Compiled open(Evaluation evaluation) {
        return new Compiled(evaluation, null, false);
    }

    Compiled with(Evaluation other) {
        return new Compiled(other, types, resolved);
    }
}
