package dev.andiron.fhir.view;

import dev.andiron.fhir.path.Path;
import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.ValueType;

import java.util.Optional;

/**
 * A path of a view, in both of its forms.
 *
 * @param path to evaluate it here
 * @param portable for a backend; empty when it has no such form
 * @param obstacle why it has none; empty text when it has one
 * @param type what its values are; empty when that is not known before they are there
 */
record ViewPath(
        Path path, Optional<Expression> portable, String obstacle, Optional<ValueType> type) {}
