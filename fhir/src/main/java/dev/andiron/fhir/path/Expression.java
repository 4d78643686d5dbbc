package dev.andiron.fhir.path;

import java.util.List;

/** A parsed FHIRPath expression. */
public sealed interface Expression {

    /**
     * The collection that the expression, or the argument of a function that it stands in, is
     * evaluated on: {@code $this}, and where a path starts that names nothing else.
     */
    record This() implements Expression {}

    /** {@code $index}. */
    record Index() implements Expression {}

    /** {@code $total}. */
    record Total() implements Expression {}

    /** {@code %name}. */
    record Variable(String name) implements Expression {}

    /** A literal. */
    record Literal(LiteralKind kind, String text) implements Expression {}

    /** A quantity literal such as {@code 4 'mg'} or {@code 2 years}. */
    record QuantityLiteral(String number, String unit) implements Expression {}

    /** {@code {}}. */
    record Empty() implements Expression {}

    /** The elements of a name below each node of the source. */
    record Member(Expression source, String name) implements Expression {}

    /** {@code source[index]}. */
    record Indexer(Expression source, Expression index) implements Expression {}

    /** A call such as {@code source.where(argument)}. */
    record Call(Expression source, String function, List<Expression> arguments)
            implements Expression {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /** {@code operand is Type}; the type may be qualified ({@code FHIR.Patient}). */
    record Is(Expression operand, String type) implements Expression {}

    /** {@code operand as Type}, and {@code as(Type)}: of a single value. */
    record As(Expression operand, String type) implements Expression {}

    /** {@code operand.ofType(Type)}. */
    record OfType(Expression operand, String type) implements Expression {}

    /** {@code -operand}. */
    record Negation(Expression operand) implements Expression {}

    /** Two operands with an operator between. */
    record Binary(Operator operator, Expression left, Expression right) implements Expression {}

    /** What a {@link Literal} is; its text lacks the quotes or the {@code @}. */
    enum LiteralKind {
        BOOLEAN,
        STRING,
        INTEGER,
        DECIMAL,
        DATE,
        DATE_TIME,
        TIME
    }

    /** The operators, as they are written. */
    enum Operator {
        EQUAL("="),
        EQUIVALENT("~"),
        NOT_EQUAL("!="),
        NOT_EQUIVALENT("!~"),
        LESS("<"),
        GREATER(">"),
        LESS_OR_EQUAL("<="),
        GREATER_OR_EQUAL(">="),
        UNION("|"),
        OR("or"),
        AND("and"),
        XOR("xor"),
        IMPLIES("implies"),
        TIMES("*"),
        DIVIDE("/"),
        PLUS("+"),
        MINUS("-"),
        CONCATENATE("&"),
        INTEGER_DIVIDE("div"),
        MODULO("mod"),
        IN("in"),
        CONTAINS("contains");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        public String symbol() {
            return symbol;
        }
    }
}
