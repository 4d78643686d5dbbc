package dev.andiron.fhir.definition;

import java.util.Set;

/**
 * One type that an element may have.
 *
 * @param name the type's name, for which {@link Definitions#type} has a definition; for elements
 *     within elements the path, such as {@code Patient.contact}
 * @param targets the resource types that a {@code Reference} or {@code canonical} may lead to;
 *     empty means any
 */
public record ElementType(String name, Set<String> targets) {
    public ElementType {
        targets = Set.copyOf(targets);
    }
}
