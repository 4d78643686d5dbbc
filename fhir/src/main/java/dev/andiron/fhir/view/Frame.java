package dev.andiron.fhir.view;

import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.ValueType;

/**
 * Where an expression stands.
 *
 * @param focus the type of what paths start from
 * @param resource the type of the resource
 * @param start the type that the whole expression started from ({@code %context})
 * @param isInner whether it is an argument, so that its focus is not that start
 */
record Frame(ValueType focus, ValueType resource, ValueType start, boolean isInner) {

    static Frame at(ValueType focus, ValueType resource) {
        return new Frame(focus, resource, focus, false);
    }

    /** Within an argument that is evaluated on each value of a source. */
    Frame on(Expression source) {
        return new Frame(source.type(), resource, start, true);
    }
}
