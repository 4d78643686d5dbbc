package dev.andiron.fhir.view;

import dev.andiron.fhir.path.Expression.Call;
import dev.andiron.fhir.path.Expression.Literal;
import dev.andiron.fhir.path.Expression.LiteralKind;
import dev.andiron.fhir.path.Expression.Member;
import dev.andiron.fhir.path.Expression.This;
import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Expression.Bound;
import dev.andiron.spi.view.Expression.ComparisonOperator;
import dev.andiron.spi.view.Expression.TextOperation;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Gives a call of a function its type and portable form. */
final class FunctionTyping {
    private final PathTyping typing;
    private final Call call;
    private final Frame frame;

    FunctionTyping(PathTyping typing, Call call, Frame frame) {
        this.typing = typing;
        this.call = call;
        this.frame = frame;
    }

    Expression type() {
        Expression source = typing.type(call.source(), frame);
        return switch (call.function()) {
            case "exists" ->
                    new Expression.Exists(call.arguments().isEmpty() ? source : where(source));
            case "empty" -> new Expression.Not(new Expression.Exists(plain(source)));
            case "not" -> new Expression.Not(PathTyping.truth(plain(source)));
            case "count" -> new Expression.Count(plain(source));
            case "where" -> where(source);
            case "all" -> new Expression.All(source, criterion(source));
            case "select" -> new Expression.Select(source, onEach(source));
            case "first" -> slice(source, 0, OptionalInt.of(1), 0);
            case "last" -> new Expression.Last(plain(source));
            case "single" -> new Expression.Single(plain(source));
            case "tail" -> slice(source, 1, OptionalInt.empty(), 0);
            case "skip" -> slice(source, position(), OptionalInt.empty(), 1);
            case "take" -> slice(source, 0, OptionalInt.of(position()), 1);
            case "extension" -> extension(source);
            case "distinct" -> distinct(plain(source));
            case "union" -> PathTyping.union(source, onFocus(0), true);
            case "combine" -> PathTyping.union(source, onFocus(0), false);
            case "iif" -> conditional();
            case "join" -> join(source);
            case "lowBoundary" -> boundary(source, Bound.LOW);
            case "highBoundary" -> boundary(source, Bound.HIGH);
            case "getResourceKey" -> resourceKey(source);
            case "getReferenceKey" -> referenceKey(source);
            case "upper" -> text(TextOperation.UPPER, source);
            case "lower" -> text(TextOperation.LOWER, source);
            case "trim" -> text(TextOperation.TRIM, source);
            case "length" -> text(TextOperation.LENGTH, source);
            case "startsWith" -> text(TextOperation.STARTS_WITH, source, Kind.STRING);
            case "endsWith" -> text(TextOperation.ENDS_WITH, source, Kind.STRING);
            case "contains" -> text(TextOperation.CONTAINS, source, Kind.STRING);
            case "indexOf" -> text(TextOperation.INDEX_OF, source, Kind.STRING);
            case "matches" -> text(TextOperation.MATCHES, source, Kind.STRING);
            case "replace" -> text(TextOperation.REPLACE, source, Kind.STRING, Kind.STRING);
            case "substring" ->
                    call.arguments().size() == 1
                            ? text(TextOperation.SUBSTRING, source, Kind.INTEGER)
                            : text(TextOperation.SUBSTRING, source, Kind.INTEGER, Kind.INTEGER);
            default -> throw none();
        };
    }

    private Obstacle none() {
        return new Obstacle(call.function() + "() has no portable form as it is used");
    }

    private Expression plain(Expression source) {
        if (!call.arguments().isEmpty()) {
            throw none();
        }
        return source;
    }

    private dev.andiron.fhir.path.Expression argument() {
        if (call.arguments().size() != 1) {
            throw none();
        }
        return call.arguments().getFirst();
    }

    /** An argument that is evaluated where the call stands. */
    private Expression onFocus(int index) {
        if (index >= call.arguments().size()) {
            throw none();
        }
        return typing.type(call.arguments().get(index), frame);
    }

    /** The argument, evaluated on each value of the source. */
    private Expression onEach(Expression source) {
        return typing.type(argument(), frame.on(source));
    }

    private Expression criterion(Expression source) {
        return PathTyping.truth(onEach(source));
    }

    private Expression where(Expression source) {
        return new Expression.Where(source, criterion(source));
    }

    private Expression slice(Expression source, int from, OptionalInt to, int arguments) {
        if (call.arguments().size() != arguments) {
            throw none();
        }
        return new Expression.Slice(source, from, to);
    }

    private int position() {
        if (argument() instanceof Literal(LiteralKind kind, String text)
                && kind == LiteralKind.INTEGER) {
            int position = PathTyping.position(text);
            if (position >= 0) {
                return position;
            }
        }
        throw none();
    }

    private Expression extension(Expression source) {
        Expression extensions = typing.member(source, "extension");
        Expression url = typing.member(new Expression.Focus(extensions.type()), "url");
        return new Expression.Where(
                extensions,
                new Expression.Comparison(
                        ComparisonOperator.EQUAL, url, PathTyping.string(onFocus(0))));
    }

    private static Expression distinct(Expression source) {
        if (!source.type().isPrimitive()) {
            throw new Obstacle("distinct() of elements has no portable form");
        }
        return new Expression.Union(List.of(source), true);
    }

    private Expression conditional() {
        int size = call.arguments().size();
        if (!(call.source() instanceof This) || size < 2 || size > 3) {
            throw none();
        }
        Expression condition = PathTyping.truth(onFocus(0));
        Expression then = onFocus(1);
        Expression otherwise = size == 3 ? onFocus(2) : new Expression.Nothing(then.type());
        boolean fits =
                then.type().kind() == otherwise.type().kind()
                        || then instanceof Expression.Nothing
                        || otherwise instanceof Expression.Nothing;
        if (!fits) {
            throw new Obstacle("iif() with results of several types has no portable form");
        }
        return new Expression.Conditional(condition, then, otherwise);
    }

    private Expression join(Expression source) {
        if (call.arguments().isEmpty()) {
            return new Expression.Join(PathTyping.string(source), "");
        }
        if (argument() instanceof Literal(LiteralKind kind, String text)
                && kind == LiteralKind.STRING) {
            return new Expression.Join(PathTyping.string(source), text);
        }
        throw none();
    }

    private Expression boundary(Expression source, Bound bound) {
        ValueType type = plain(source).type();
        return switch (type.kind()) {
            case DECIMAL, DATE, DATE_TIME, TIME -> new Expression.Boundary(source, bound, type);
            case INTEGER -> new Expression.Boundary(source, bound, ValueType.DECIMAL);
            case BOOLEAN, STRING, COMPLEX -> throw none();
        };
    }

    private Expression resourceKey(Expression source) {
        plain(source);
        boolean isResource =
                source instanceof Expression.Resource
                        || source instanceof Expression.Focus
                                && !frame.isInner()
                                && frame.focus().equals(frame.resource());
        if (!isResource) {
            throw none();
        }
        return new Expression.ResourceKey();
    }

    private Expression referenceKey(Expression source) {
        if (!source.type().name().equals("Reference")) {
            throw none();
        }
        if (call.arguments().isEmpty()) {
            return new Expression.ReferenceKey(source, Optional.empty());
        }
        if (argument() instanceof Member(dev.andiron.fhir.path.Expression at, String name)
                && at instanceof This) {
            return new Expression.ReferenceKey(source, Optional.of(name));
        }
        throw none();
    }

    private Expression text(TextOperation operation, Expression source, Kind... kinds) {
        if (call.arguments().size() != kinds.length) {
            throw none();
        }
        var arguments = new ArrayList<Expression>(kinds.length);
        for (int i = 0; i < kinds.length; i++) {
            Expression argument = onFocus(i);
            if (argument.type().kind() != kinds[i]) {
                throw none();
            }
            arguments.add(argument);
        }
        return new Expression.TextFunction(operation, PathTyping.string(source), arguments);
    }
}
