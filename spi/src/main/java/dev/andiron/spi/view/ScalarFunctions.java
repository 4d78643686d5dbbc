package dev.andiron.spi.view;

import dev.andiron.spi.view.Expression.ArithmeticOperator;
import dev.andiron.spi.view.Expression.Bound;
import dev.andiron.spi.view.Expression.TextOperation;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What FHIRPath means on single values, lent to a backend that can call it from its queries: the
 * same code that the kernel's own runner uses. A backend that cannot call it, and cannot say the
 * same in its own language, refuses the view. Pure, safe for use by many threads at once.
 */
public interface ScalarFunctions {

    /**
     * The order of two dates or times of kind DATE or DATE_TIME, as {@link Expression.Comparison}
     * needs it.
     *
     * @return negative, 0 or positive; empty when their precision leaves it open, or one is no date
     */
    OptionalInt compareMoments(String left, String right);

    /**
     * {@link Expression.Boundary} of one value.
     *
     * @param kind DECIMAL, INTEGER, DATE, DATE_TIME or TIME
     * @param value as it stands in JSON
     * @return empty when it has none
     */
    Optional<String> boundary(ValueType.Kind kind, String value, Bound bound);

    /**
     * {@link Expression.ReferenceKey} of one reference.
     *
     * @param reference the text of {@code Reference.reference}
     * @param declared the text of {@code Reference.type}, if there is one
     * @param wanted the wanted resource type; empty takes any
     * @return the key of the resource that it leads to; empty when it leads to none that has a key,
     *     or to one of another type
     */
    Optional<String> referenceKey(
            String reference, Optional<String> declared, Optional<String> wanted);

    /**
     * The names of all resource types. A reference names its target's type in front of the id only
     * if that is one of them, for a backend that says {@link #referenceKey} itself.
     */
    Set<String> resourceTypes();

    /**
     * {@link Expression.TextFunction} of one text.
     *
     * @param arguments {@link Value.Text} or {@link Value.Whole}, as the operation says
     * @return of the operation's type; empty when it gives nothing
     */
    Optional<Value> text(TextOperation operation, String text, List<Value> arguments);

    /**
     * {@link Expression.Arithmetic} on two numbers.
     *
     * @param integers whether both are of kind INTEGER
     * @return empty for a division by zero
     */
    Optional<BigDecimal> arithmetic(
            ArithmeticOperator operator, BigDecimal left, BigDecimal right, boolean integers);
}
