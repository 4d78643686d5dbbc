package dev.andiron.sql.document;

import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Expression.ComparisonOperator;
import dev.andiron.spi.view.ScalarFunctions;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** Compiles conditions; the truth of null is unknown. */
final class ConditionReadings {
    private final ReadingCompiler readings;
    private final ScalarFunctions functions;

    ConditionReadings(ReadingCompiler readings, ScalarFunctions functions) {
        this.readings = readings;
        this.functions = functions;
    }

    Reading compile(Expression.Condition condition, Shape focus) {
        return switch (condition) {
            case Expression.Exists exists -> exists(exists, focus);
            case Expression.All all -> all(all, focus);
            case Expression.Not not -> {
                Reading operand = readings.reading(not.operand(), focus);
                yield Reading.one(
                        at -> {
                            Object truth = operand.one(at);
                            return truth == null ? null : Value.Truth.of(!Scalar.truth(truth));
                        });
            }
            case Expression.Logic logic -> logic(logic, focus);
            case Expression.Comparison comparison -> comparison(comparison, focus);
            case Expression.Membership membership -> membership(membership, focus);
        };
    }

    private Reading exists(Expression.Exists exists, Shape focus) {
        Reading source = readings.reading(exists.source(), focus);
        return exists.source().many()
                ? Reading.one(at -> Value.Truth.of(source.all(at).size() > 0))
                : Reading.one(at -> Value.Truth.of(source.one(at) != null));
    }

    private Reading all(Expression.All all, Shape focus) {
        ReadingCompiler.Compiled source = readings.compile(all.source(), focus);
        Reading criterion = readings.reading(all.criterion(), source.shape());
        return Reading.one(
                at -> {
                    Items items = source.reading().all(at);
                    for (int i = 0; i < items.size(); i++) {
                        if (!criterion.isTrue(at.on(items.get(i)))) {
                            return Value.Truth.FALSE;
                        }
                    }
                    return Value.Truth.TRUE;
                });
    }

    private Reading logic(Expression.Logic logic, Shape focus) {
        Reading left = readings.reading(logic.left(), focus);
        Reading right = readings.reading(logic.right(), focus);
        return Reading.one(
                at -> {
                    Object one = left.one(at);
                    Boolean first = one == null ? null : (Boolean) Scalar.truth(one);
                    Object other = right.one(at);
                    Boolean second = other == null ? null : (Boolean) Scalar.truth(other);
                    return switch (logic.operator()) {
                        case AND -> decided(Boolean.FALSE, first, second);
                        case OR -> decided(Boolean.TRUE, first, second);
                        case IMPLIES ->
                                decided(Boolean.TRUE, first == null ? null : !first, second);
                        case XOR ->
                                first == null || second == null
                                        ? null
                                        : Value.Truth.of(!first.equals(second));
                    };
                });
    }

    /** What one of them decides alone, otherwise unknown if one is, otherwise the opposite. */
    private static Value.Truth decided(Boolean deciding, Boolean first, Boolean second) {
        if (deciding.equals(first) || deciding.equals(second)) {
            return Value.Truth.of(deciding);
        }
        return first == null || second == null ? null : Value.Truth.of(!deciding);
    }

    // Comparisons

    private Reading comparison(Expression.Comparison comparison, Shape focus) {
        Expression left = comparison.left();
        Expression right = comparison.right();
        Reading one = readings.reading(left, focus);
        Reading other = readings.reading(right, focus);
        ComparisonOperator operator = comparison.operator();
        boolean equality =
                operator == ComparisonOperator.EQUAL || operator == ComparisonOperator.NOT_EQUAL;
        if (!equality) {
            return Reading.one(
                    at -> {
                        Object first = one.one(at);
                        Object second = other.one(at);
                        if (first == null || second == null) {
                            return null;
                        }
                        OptionalInt order = order(first, left.type(), second, right.type());
                        return order.isEmpty()
                                ? null
                                : Value.Truth.of(holds(operator, order.getAsInt()));
                    });
        }
        boolean equal = operator == ComparisonOperator.EQUAL;
        if (left.type().kind() == Kind.STRING
                && !left.many()
                && right instanceof Expression.Literal literal
                && literal.type().kind() == Kind.STRING) {
            return isText(one, literal.text(), equal);
        }
        return Reading.one(
                at -> {
                    Items first = one.all(at);
                    Items second = other.all(at);
                    if (first.size() == 0 || second.size() == 0) {
                        return null;
                    }
                    if (first.size() != second.size()) {
                        return Value.Truth.of(!equal);
                    }
                    boolean unknown = false;
                    for (int i = 0; i < first.size(); i++) {
                        OptionalInt order =
                                order(first.get(i), left.type(), second.get(i), right.type());
                        unknown |= order.isEmpty();
                        if (order.isPresent() && order.getAsInt() != 0) {
                            return Value.Truth.of(!equal);
                        }
                    }
                    return unknown ? null : Value.Truth.of(equal);
                });
    }

    private static Reading isText(Reading source, String text, boolean equal) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Reading.one(
                at -> {
                    Object item = source.one(at);
                    if (item == null) {
                        return null;
                    }
                    boolean same =
                            item instanceof Part part && part.isText() && !part.escaped
                                    ? part.isPlainly(bytes)
                                    : Scalar.text(item).equals(text);
                    return Value.Truth.of(same == equal);
                });
    }

    private static boolean holds(ComparisonOperator operator, int order) {
        return switch (operator) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    private OptionalInt order(Object left, ValueType type, Object right, ValueType other)
            throws IrregularException {
        if (type.isMoment()) {
            return functions.compareMoments(Scalar.text(left), Scalar.text(right));
        }
        if (type.isNumber()) {
            return OptionalInt.of(Scalar.number(left, type).compareTo(Scalar.number(right, other)));
        }
        if (type.kind() == Kind.BOOLEAN) {
            return OptionalInt.of(Boolean.compare(Scalar.truth(left), Scalar.truth(right)));
        }
        return OptionalInt.of(byCodePoints(Scalar.text(left), Scalar.text(right)));
    }

    private static int byCodePoints(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char one = left.charAt(i);
            char other = right.charAt(i);
            if (one != other) {
                // Pairs of surrogates stand for greater code points than any single one.
                return Character.isSurrogate(one) == Character.isSurrogate(other)
                        ? Character.compare(one, other)
                        : Boolean.compare(Character.isSurrogate(one), Character.isSurrogate(other));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private Reading membership(Expression.Membership membership, Shape focus) {
        ValueType type = membership.element().type();
        Reading element = readings.reading(membership.element(), focus);
        Reading collection = readings.reading(membership.collection(), focus);
        if (type.kind() != membership.collection().type().kind()
                || type.kind() != Kind.STRING && type.kind() != Kind.BOOLEAN) {
            throw new ReadingCompiler.Unsupported();
        }
        return Reading.one(
                at -> {
                    Object wanted = element.one(at);
                    Items all = collection.all(at);
                    if (wanted == null || all.size() == 0) {
                        return null;
                    }
                    for (int i = 0; i < all.size(); i++) {
                        if (order(wanted, type, all.get(i), type).orElse(1) == 0) {
                            return Value.Truth.TRUE;
                        }
                    }
                    return Value.Truth.FALSE;
                });
    }
}
