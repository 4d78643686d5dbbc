package dev.andiron.spi.view;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * FHIRPath as a backend gets it: resolved against the definitions, typed, without variables. An
 * expression gives an ordered collection of values of one type; {@link #many()} says whether there
 * can be several. Where the text below says <em>single</em>, several values fail the view ({@link
 * dev.andiron.spi.StorageException.Unprocessable}), none gives none, and nothing has to be checked
 * when {@code many()} is false. Truth is three-valued, with none for unknown.
 */
public sealed interface Expression {

    /** What its values are. */
    ValueType type();

    /** Whether it can have several values. */
    boolean many();

    /**
     * What paths start from: the element under test within a criterion of {@link Where} or {@link
     * All} and within {@link Select}, otherwise the element of the innermost iteration, otherwise
     * the resource. Single by nature; nothing in the one row of an empty {@link
     * Iteration.ForEach#keepsEmpty()}.
     */
    record Focus(ValueType type) implements Expression {
        @Override
        public boolean many() {
            return false;
        }
    }

    /** The resource, wherever the focus is. */
    record Resource(ValueType type) implements Expression {
        @Override
        public boolean many() {
            return false;
        }
    }

    /** The index, from 0, of the focus within the innermost iteration; 0 outside of any. */
    record RowIndex() implements Expression {
        @Override
        public ValueType type() {
            return ValueType.INTEGER;
        }

        @Override
        public boolean many() {
            return false;
        }
    }

    /**
     * A constant.
     *
     * @param type a primitive type
     * @param text its value as text: {@code true}, {@code 12}, {@code 1.20}, {@code 2024-05}
     */
    record Literal(ValueType type, String text) implements Expression {
        public Literal {
            Objects.requireNonNull(text, "text is null");
        }

        @Override
        public boolean many() {
            return false;
        }
    }

    /** No value. */
    record Nothing(ValueType type) implements Expression {
        @Override
        public boolean many() {
            return false;
        }
    }

    /**
     * Members of JSON objects: for each value of the source, in order, the values of the members of
     * these names, an array giving its elements. A choice is resolved: {@code valueQuantity}. A
     * primitive that has no value but an id or extensions stands in a member of the same name with
     * an underscore before it, alone or beside a null in an array. It is an element without a
     * value: {@link Exists}, {@link Count} and positions count it; a column shows it as absent, a
     * collection and {@link Join} leave it out, and every other use takes it for none.
     *
     * @param source of kind COMPLEX
     * @param names one name; several only for a choice of which nothing but existence is asked, and
     *     the type is then {@code Element} of kind COMPLEX
     * @param repeats whether the member is an array
     */
    record Member(Expression source, List<String> names, ValueType type, boolean repeats)
            implements Expression {
        public Member {
            names = List.copyOf(names);
        }

        @Override
        public boolean many() {
            return repeats || source.many();
        }
    }

    /** The values of the source for which the criterion, of kind BOOLEAN and single, is true. */
    record Where(Expression source, Expression criterion) implements Expression {
        @Override
        public ValueType type() {
            return source.type();
        }

        @Override
        public boolean many() {
            return source.many();
        }
    }

    /** For each value of the source, in order, the values of the projection. */
    record Select(Expression source, Expression projection) implements Expression {
        @Override
        public ValueType type() {
            return projection.type();
        }

        @Override
        public boolean many() {
            return source.many() || projection.many();
        }
    }

    /**
     * A part of the source: {@code first()}, {@code [n]}, {@code skip(n)}, {@code take(n)}.
     *
     * @param from the first position, from 0
     * @param to the position behind the last; empty takes all
     */
    record Slice(Expression source, int from, OptionalInt to) implements Expression {
        public Slice {
            if (from < 0 || to.isPresent() && to.getAsInt() < from) {
                throw new IllegalArgumentException("a slice starts at 0 or later");
            }
        }

        @Override
        public ValueType type() {
            return source.type();
        }

        @Override
        public boolean many() {
            return source.many() && (to.isEmpty() || to.getAsInt() - from > 1);
        }
    }

    /** The last value of the source. */
    record Last(Expression source) implements Expression {
        @Override
        public ValueType type() {
            return source.type();
        }

        @Override
        public boolean many() {
            return false;
        }
    }

    /** The source, which must be single ({@code single()}). */
    record Single(Expression source) implements Expression {
        @Override
        public ValueType type() {
            return source.type();
        }

        @Override
        public boolean many() {
            return false;
        }
    }

    /** The values of the operands, one operand after another. Their types are of one kind. */
    record Union(List<Expression> operands, boolean distinct) implements Expression {
        public Union {
            operands = List.copyOf(operands);
        }

        @Override
        public ValueType type() {
            return operands.getFirst().type();
        }

        @Override
        public boolean many() {
            return true;
        }
    }

    /** An expression whose values are truths, and at most one. */
    sealed interface Condition extends Expression {
        @Override
        default ValueType type() {
            return ValueType.BOOLEAN;
        }

        @Override
        default boolean many() {
            return false;
        }
    }

    /** Whether there is a value; always true or false. */
    record Exists(Expression source) implements Condition {}

    /** Whether the criterion is true for every value of the source; true without any. */
    record All(Expression source, Expression criterion) implements Condition {}

    /** Negation; none of none. */
    record Not(Expression operand) implements Condition {}

    /** {@code and}, {@code or}, {@code xor}, {@code implies} on single truths, as in SQL. */
    record Logic(LogicOperator operator, Expression left, Expression right) implements Condition {}

    /**
     * Compares two operands.
     *
     * <p>Equality takes several values: none on either side gives none; different numbers of values
     * are unequal; otherwise values are compared in pairs, one unequal pair making the whole
     * unequal, else one unknown pair unknown. The orders take single operands.
     *
     * <p>The two types are primitive, and both numbers, both moments ({@link
     * ValueType#isMoment()}), or of the same kind. Numbers compare by value, whatever their digits;
     * texts and times by code points; booleans only by equality. Moments compare by the half-open
     * intervals of time that their precision means (UTC without a zone; seconds and fractions of
     * seconds are instants): the same interval is equal, one that ends before or where the other
     * starts is less, and everything else is unknown; {@link ScalarFunctions#compareMoments} says
     * it.
     */
    record Comparison(ComparisonOperator operator, Expression left, Expression right)
            implements Condition {}

    /** Whether a single value is equal to one of others; none of none. Types as for equality. */
    record Membership(Expression element, Expression collection) implements Condition {}

    /** How many values there are. */
    record Count(Expression source) implements Expression {
        @Override
        public ValueType type() {
            return ValueType.INTEGER;
        }

        @Override
        public boolean many() {
            return false;
        }
    }

    /**
     * The texts of the source, of kind STRING, one behind another with the separator between; the
     * empty text without any.
     */
    record Join(Expression source, String separator) implements Expression {
        @Override
        public ValueType type() {
            return ValueType.STRING;
        }

        @Override
        public boolean many() {
            return false;
        }
    }

    /** Computes with single numbers, exactly; see {@link ScalarFunctions#arithmetic}. */
    record Arithmetic(ArithmeticOperator operator, Expression left, Expression right)
            implements Expression {
        @Override
        public ValueType type() {
            return switch (operator) {
                case DIVIDE -> ValueType.DECIMAL;
                case INTEGER_DIVIDE -> ValueType.INTEGER;
                case PLUS, MINUS, TIMES, MODULO ->
                        left.type().kind() == ValueType.Kind.INTEGER
                                        && right.type().kind() == ValueType.Kind.INTEGER
                                ? ValueType.INTEGER
                                : ValueType.DECIMAL;
            };
        }

        @Override
        public boolean many() {
            return false;
        }
    }

    /** The opposite of a single number. */
    record Negation(Expression operand) implements Expression {
        @Override
        public ValueType type() {
            return operand.type();
        }

        @Override
        public boolean many() {
            return false;
        }
    }

    /**
     * Two single texts, one behind the other.
     *
     * @param lenient whether none counts as the empty text ({@code &}); otherwise it gives none
     *     ({@code +})
     */
    record Concatenation(Expression left, Expression right, boolean lenient) implements Expression {
        @Override
        public ValueType type() {
            return ValueType.STRING;
        }

        @Override
        public boolean many() {
            return false;
        }
    }

    /**
     * A function of one single text and single arguments; none if one of them is none. See {@link
     * ScalarFunctions#text}.
     */
    record TextFunction(TextOperation operation, Expression source, List<Expression> arguments)
            implements Expression {
        public TextFunction {
            arguments = List.copyOf(arguments);
        }

        @Override
        public ValueType type() {
            return operation.type();
        }

        @Override
        public boolean many() {
            return false;
        }
    }

    /**
     * The second operand where the condition, single, is true; otherwise the third. Both are of one
     * kind.
     */
    record Conditional(Expression condition, Expression then, Expression otherwise)
            implements Expression {
        @Override
        public ValueType type() {
            return then instanceof Nothing ? otherwise.type() : then.type();
        }

        @Override
        public boolean many() {
            return then.many() || otherwise.many();
        }
    }

    /**
     * The least or greatest value that a single number, date or time may mean by its precision; see
     * {@link ScalarFunctions#boundary}.
     */
    record Boundary(Expression source, Bound bound, ValueType type) implements Expression {
        @Override
        public boolean many() {
            return false;
        }
    }

    /** The key of the resource, which {@link ReferenceKey} gives too: {@code Type/id}. */
    record ResourceKey() implements Expression {
        @Override
        public ValueType type() {
            return ValueType.STRING;
        }

        @Override
        public boolean many() {
            return false;
        }
    }

    /**
     * The keys of the resources that references lead to; see {@link ScalarFunctions#referenceKey}.
     *
     * @param source of type Reference
     * @param resourceType leads to this type only; empty takes any
     */
    record ReferenceKey(Expression source, Optional<String> resourceType) implements Expression {
        @Override
        public ValueType type() {
            return ValueType.STRING;
        }

        @Override
        public boolean many() {
            return source.many();
        }
    }

    /** The operators of {@link Logic}. */
    enum LogicOperator {
        AND,
        OR,
        XOR,
        IMPLIES
    }

    /** The operators of {@link Comparison}. */
    enum ComparisonOperator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL
    }

    /** The operators of {@link Arithmetic}. */
    enum ArithmeticOperator {
        PLUS,
        MINUS,
        TIMES,
        /** Rounded to 16 digits; none for a division by zero. */
        DIVIDE,
        /** Towards zero; none for a division by zero. */
        INTEGER_DIVIDE,
        /** With the sign of the dividend; none for a division by zero. */
        MODULO
    }

    /** Which end a {@link Boundary} is. */
    enum Bound {
        LOW,
        HIGH
    }

    /** What a {@link TextFunction} does. */
    enum TextOperation {
        UPPER(ValueType.STRING),
        LOWER(ValueType.STRING),
        TRIM(ValueType.STRING),
        LENGTH(ValueType.INTEGER),
        /** From a position from 0, to the end or with a length: one or two integers. */
        SUBSTRING(ValueType.STRING),
        STARTS_WITH(ValueType.BOOLEAN),
        ENDS_WITH(ValueType.BOOLEAN),
        CONTAINS(ValueType.BOOLEAN),
        /** The first position of a text, -1 without. */
        INDEX_OF(ValueType.INTEGER),
        /** Whether a regular expression is found. */
        MATCHES(ValueType.BOOLEAN),
        /** All occurrences of one text by another. */
        REPLACE(ValueType.STRING);

        private final ValueType type;

        TextOperation(ValueType type) {
            this.type = type;
        }

        /** What it gives. */
        public ValueType type() {
            return type;
        }
    }
}
