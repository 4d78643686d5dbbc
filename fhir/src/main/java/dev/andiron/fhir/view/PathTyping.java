package dev.andiron.fhir.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.ElementDefinition;
import dev.andiron.fhir.definition.ElementType;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.path.Expression.LiteralKind;
import dev.andiron.fhir.path.Expression.Operator;
import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Expression.ArithmeticOperator;
import dev.andiron.spi.view.Expression.ComparisonOperator;
import dev.andiron.spi.view.Expression.LogicOperator;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;

import java.util.List;
import java.util.OptionalInt;

/**
 * Gives the expressions of a view their types, and so their portable form. What has no single type,
 * or no portable form, is refused with an {@link Obstacle}; it can still be evaluated here. Whether
 * an expression is valid at all, the compiler of paths says.
 */
final class PathTyping {
    /** What stands for any of several types of which only existence matters. */
    static final ValueType ANY = new ValueType("Element", Kind.COMPLEX);

    private final Definitions definitions;

    PathTyping(Definitions definitions) {
        this.definitions = definitions;
    }

    /** The portable form of an expression without constants. */
    Expression type(dev.andiron.fhir.path.Expression expression, Frame frame) {
        return switch (expression) {
            case dev.andiron.fhir.path.Expression.This() -> new Expression.Focus(frame.focus());
            case dev.andiron.fhir.path.Expression.Literal(LiteralKind kind, String text) ->
                    new Expression.Literal(literalType(kind), text);
            case dev.andiron.fhir.path.Expression.Empty() -> new Expression.Nothing(ANY);
            case dev.andiron.fhir.path.Expression.Variable(String name) -> variable(name, frame);
            case dev.andiron.fhir.path.Expression.Member(
                            dev.andiron.fhir.path.Expression source,
                            String name) ->
                    member(source, name, frame);
            case dev.andiron.fhir.path.Expression.As(
                            dev.andiron.fhir.path.Expression operand,
                            String typeName) ->
                    as(operand, typeName, frame);
            case dev.andiron.fhir.path.Expression.OfType(
                            dev.andiron.fhir.path.Expression operand,
                            String typeName) ->
                    as(operand, typeName, frame);
            case dev.andiron.fhir.path.Expression.Indexer(
                            dev.andiron.fhir.path.Expression source,
                            dev.andiron.fhir.path.Expression index) ->
                    indexer(type(source, frame), index);
            case dev.andiron.fhir.path.Expression.Call call ->
                    new FunctionTyping(this, call, frame).type();
            case dev.andiron.fhir.path.Expression.Negation(
                            dev.andiron.fhir.path.Expression operand) ->
                    new Expression.Negation(number(type(operand, frame)));
            case dev.andiron.fhir.path.Expression.Binary(
                            Operator operator,
                            dev.andiron.fhir.path.Expression left,
                            dev.andiron.fhir.path.Expression right) ->
                    binary(operator, type(left, frame), type(right, frame));
            case dev.andiron.fhir.path.Expression.Is is ->
                    throw new Obstacle("'is " + is.type() + "' has no portable form");
            case dev.andiron.fhir.path.Expression.Index() ->
                    throw new Obstacle("$index has no portable form");
            case dev.andiron.fhir.path.Expression.Total() ->
                    throw new Obstacle("$total has no portable form");
            case dev.andiron.fhir.path.Expression.QuantityLiteral quantity ->
                    throw new Obstacle("quantities have no portable form");
        };
    }

    private static ValueType literalType(LiteralKind kind) {
        return switch (kind) {
            case BOOLEAN -> ValueType.BOOLEAN;
            case STRING -> ValueType.STRING;
            case INTEGER -> ValueType.INTEGER;
            case DECIMAL -> ValueType.DECIMAL;
            case DATE -> new ValueType("date", Kind.DATE);
            case DATE_TIME -> new ValueType("dateTime", Kind.DATE_TIME);
            case TIME -> new ValueType("time", Kind.TIME);
        };
    }

    private static Expression variable(String name, Frame frame) {
        return switch (name) {
            case Constants.ROW_INDEX -> new Expression.RowIndex();
            case "resource", "rootResource" -> new Expression.Resource(frame.resource());
            case "ucum" -> text("http://unitsofmeasure.org");
            case "sct" -> text("http://snomed.info/sct");
            case "loinc" -> text("http://loinc.org");
            case "context" -> {
                if (frame.isInner() && !frame.start().equals(frame.resource())) {
                    throw new Obstacle("%context within a function has no portable form");
                }
                yield frame.isInner()
                        ? new Expression.Resource(frame.resource())
                        : new Expression.Focus(frame.focus());
            }
            default -> throw new Obstacle("%" + name + " has no portable form");
        };
    }

    private static Expression text(String text) {
        return new Expression.Literal(ValueType.STRING, text);
    }

    private Expression member(dev.andiron.fhir.path.Expression source, String name, Frame frame) {
        if (source instanceof dev.andiron.fhir.path.Expression.This
                && Character.isUpperCase(name.charAt(0))
                && definitions.type(name).isPresent()) {
            return only(new Expression.Focus(frame.focus()), name);
        }
        return member(type(source, frame), name);
    }

    /** The elements of a name below an expression. */
    Expression member(Expression from, String name) {
        ElementDefinition element = element(from, name);
        List<ElementType> types = element.types();
        if (types.size() == 1) {
            return member(from, element, types.getFirst());
        }
        return new Expression.Member(
                from, types.stream().map(element::jsonName).toList(), ANY, element.isRepeating());
    }

    private Expression member(Expression from, ElementDefinition element, ElementType type) {
        ValueType valueType =
                ValueTypes.of(type.name(), definitions)
                        .orElseThrow(() -> new Obstacle("the type of it is not known"));
        if (definitions.type(type.name()).filter(TypeDefinition::isAbstract).isPresent()) {
            throw new Obstacle("'" + element.name() + "' may be of several types");
        }
        return new Expression.Member(
                from, List.of(element.jsonName(type)), valueType, element.isRepeating());
    }

    private ElementDefinition element(Expression from, String name) {
        if (from.type().isPrimitive()) {
            throw new Obstacle("elements of primitives have no portable form");
        }
        return definitions.type(from.type().name()).stream()
                .flatMap(type -> type.elements().stream())
                .filter(element -> element.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new Obstacle("the type of '" + name + "' is not known"));
    }

    private Expression as(dev.andiron.fhir.path.Expression operand, String typeName, Frame frame) {
        String name = typeName.startsWith("FHIR.") ? typeName.substring(5) : typeName;
        if (operand
                instanceof
                dev.andiron.fhir.path.Expression.Member(
                        dev.andiron.fhir.path.Expression source,
                        String memberName)) {
            boolean isType =
                    source instanceof dev.andiron.fhir.path.Expression.This
                            && Character.isUpperCase(memberName.charAt(0));
            if (!isType) {
                Expression from = type(source, frame);
                ElementDefinition element = element(from, memberName);
                if (element.types().size() > 1) {
                    return chosen(from, element, name);
                }
            }
        }
        return only(type(operand, frame), name);
    }

    private Expression chosen(Expression from, ElementDefinition element, String typeName) {
        ValueType wanted = ValueTypes.of(typeName, definitions).orElse(ANY);
        return element.types().stream()
                .filter(type -> type.name().equals(typeName))
                .findFirst()
                .map(type -> member(from, element, type))
                .orElseGet(() -> new Expression.Nothing(wanted));
    }

    /** What of an expression is of a type: all or nothing. */
    private Expression only(Expression from, String typeName) {
        if (from.type().equals(ANY)) {
            throw new Obstacle("a choice of types behind a function has no portable form");
        }
        String name = from.type().name();
        boolean primitive = from.type().isPrimitive();
        for (String at = name; at != null; at = base(at)) {
            if (at.equals(typeName)) {
                return from;
            }
            if (primitive) {
                break;
            }
        }
        return new Expression.Nothing(ValueTypes.of(typeName, definitions).orElse(ANY));
    }

    private String base(String typeName) {
        return definitions.type(typeName).flatMap(TypeDefinition::base).orElse(null);
    }

    private static Expression indexer(Expression source, dev.andiron.fhir.path.Expression index) {
        if (index
                instanceof
                dev.andiron.fhir.path.Expression.Literal(LiteralKind kind, String text)) {
            int at = kind == LiteralKind.INTEGER ? position(text) : -1;
            if (at >= 0) {
                return new Expression.Slice(source, at, OptionalInt.of(at + 1));
            }
        }
        throw new Obstacle("an index that is no number has no portable form");
    }

    /** A position; -1 when it is none that makes sense. */
    static int position(String text) {
        return text.length() > 9 ? -1 : Integer.parseInt(text);
    }

    private static Expression binary(Operator operator, Expression left, Expression right) {
        return switch (operator) {
            case EQUAL -> comparison(ComparisonOperator.EQUAL, left, right);
            case NOT_EQUAL -> comparison(ComparisonOperator.NOT_EQUAL, left, right);
            case LESS -> order(ComparisonOperator.LESS, left, right);
            case LESS_OR_EQUAL -> order(ComparisonOperator.LESS_OR_EQUAL, left, right);
            case GREATER -> order(ComparisonOperator.GREATER, left, right);
            case GREATER_OR_EQUAL -> order(ComparisonOperator.GREATER_OR_EQUAL, left, right);
            case AND -> logic(LogicOperator.AND, left, right);
            case OR -> logic(LogicOperator.OR, left, right);
            case XOR -> logic(LogicOperator.XOR, left, right);
            case IMPLIES -> logic(LogicOperator.IMPLIES, left, right);
            case IN -> new Expression.Membership(left, comparable(left, right));
            case CONTAINS -> new Expression.Membership(right, comparable(right, left));
            case UNION -> union(left, right, true);
            case CONCATENATE -> new Expression.Concatenation(string(left), string(right), true);
            case PLUS ->
                    left.type().kind() == Kind.STRING && right.type().kind() == Kind.STRING
                            ? new Expression.Concatenation(left, right, false)
                            : arithmetic(ArithmeticOperator.PLUS, left, right);
            case MINUS -> arithmetic(ArithmeticOperator.MINUS, left, right);
            case TIMES -> arithmetic(ArithmeticOperator.TIMES, left, right);
            case DIVIDE -> arithmetic(ArithmeticOperator.DIVIDE, left, right);
            case INTEGER_DIVIDE -> arithmetic(ArithmeticOperator.INTEGER_DIVIDE, left, right);
            case MODULO -> arithmetic(ArithmeticOperator.MODULO, left, right);
            case EQUIVALENT, NOT_EQUIVALENT ->
                    throw new Obstacle("'" + operator.symbol() + "' has no portable form");
        };
    }

    private static Expression comparison(
            ComparisonOperator operator, Expression left, Expression right) {
        return new Expression.Comparison(operator, left, comparable(left, right));
    }

    private static Expression order(
            ComparisonOperator operator, Expression left, Expression right) {
        if (left.type().kind() == Kind.BOOLEAN) {
            throw new Obstacle("booleans have no order");
        }
        return comparison(operator, left, right);
    }

    private static Expression comparable(Expression left, Expression right) {
        ValueType one = left.type();
        ValueType other = right.type();
        boolean comparable =
                one.isPrimitive()
                        && other.isPrimitive()
                        && (one.kind() == other.kind()
                                || one.isNumber() && other.isNumber()
                                || one.isMoment() && other.isMoment());
        if (!comparable && !(right instanceof Expression.Nothing)) {
            throw new Obstacle("comparing " + one + " and " + other + " has no portable form");
        }
        return right;
    }

    private static Expression logic(LogicOperator operator, Expression left, Expression right) {
        return new Expression.Logic(operator, truth(left), truth(right));
    }

    /** An expression that must be boolean. */
    static Expression truth(Expression expression) {
        if (expression.type().kind() != Kind.BOOLEAN) {
            throw new Obstacle("taking " + expression.type() + " for a truth has no portable form");
        }
        return expression;
    }

    static Expression string(Expression expression) {
        if (expression.type().kind() != Kind.STRING) {
            throw new Obstacle("taking " + expression.type() + " for a text has no portable form");
        }
        return expression;
    }

    private static Expression number(Expression expression) {
        if (!expression.type().isNumber()) {
            throw new Obstacle("computing with " + expression.type() + " has no portable form");
        }
        return expression;
    }

    private static Expression arithmetic(
            ArithmeticOperator operator, Expression left, Expression right) {
        return new Expression.Arithmetic(operator, number(left), number(right));
    }

    /** Two operands one behind the other, of one type. */
    static Expression union(Expression left, Expression right, boolean distinct) {
        boolean fits =
                left.type().kind() == right.type().kind()
                        && (left.type().isPrimitive() || left.type().equals(right.type()));
        if (!fits || left.type().equals(ANY)) {
            throw new Obstacle("a union of several types has no portable form");
        }
        if (distinct && !left.type().isPrimitive()) {
            throw new Obstacle("a union without duplicates of elements has no portable form");
        }
        return new Expression.Union(List.of(left, right), distinct);
    }
}
