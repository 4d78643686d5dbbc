package dev.andiron.fhir.definition;

import java.util.List;

/**
 * An element of a type.
 *
 * @param name its name; that of a choice lacks the type, so {@code value} for {@code value[x]}
 * @param isChoice whether its JSON name carries its type, such as {@code valueString}
 * @param types the types it may have, one unless it is a choice
 * @param min how often it must occur
 * @param max how often it may occur, {@link #UNBOUNDED} without limit
 * @param isSummary whether {@code _summary=true} keeps it
 * @param isModifier whether it can change the meaning of others
 */
public record ElementDefinition(
        String name,
        boolean isChoice,
        List<ElementType> types,
        int min,
        int max,
        boolean isSummary,
        boolean isModifier) {
    /** {@link #max()} of an element without limit. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    public ElementDefinition {
        types = List.copyOf(types);
    }

    /** Whether it stands in a JSON array. */
    public boolean isRepeating() {
        return max > 1;
    }

    public boolean isRequired() {
        return min > 0;
    }

    /** Its name in JSON when it has this one of its types: {@code valueQuantity}. */
    public String jsonName(ElementType type) {
        return isChoice
                ? name + Character.toUpperCase(type.name().charAt(0)) + type.name().substring(1)
                : name;
    }
}
