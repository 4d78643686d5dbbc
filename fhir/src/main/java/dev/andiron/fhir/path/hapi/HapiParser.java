package dev.andiron.fhir.path.hapi;

import dev.andiron.fhir.path.Expression;
import dev.andiron.fhir.path.Expression.LiteralKind;
import dev.andiron.fhir.path.PathException;

import org.hl7.fhir.r4.context.SimpleWorkerContext;
import org.hl7.fhir.r4.fhirpath.ExpressionNode;
import org.hl7.fhir.r4.fhirpath.FHIRLexer.FHIRLexerException;
import org.hl7.fhir.r4.fhirpath.FHIRPathEngine;
import org.hl7.fhir.r4.fhirpath.FHIRPathUtilityClasses.FHIRConstant;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.DecimalType;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.StringType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Parses FHIRPath with HAPI's parser, evaluating nothing. Safe for use by many threads. */
public final class HapiParser {
    private static final int MAX_LENGTH = 16_384;
    private static final int MAX_STEPS = 1_000;
    private static final String STEPS = ".([|+-*/&=~<>";

    private HapiParser() {}

    /** Loads HAPI when the first expression is parsed, not when the server starts. */
    private static final class Engine {
        private static final FHIRPathEngine PARSER = create();

        private static FHIRPathEngine create() {
            try {
                var engine = new FHIRPathEngine(new SimpleWorkerContext());
                engine.setHostServices(new AnyFunction());
                return engine;
            } catch (IOException e) {
                throw new PathException("the FHIRPath parser cannot start", e);
            }
        }
    }

    /**
     * Parses.
     *
     * @throws PathException if it is no FHIRPath, too long, or more than our tree holds
     */
    public static Expression parse(String expression) {
        checkSize(expression);
        try {
            synchronized (Engine.PARSER) {
                return new HapiParser().chain(Engine.PARSER.parse(expression));
            }
        } catch (FHIRLexerException e) {
            throw new PathException("'" + expression + "' is no FHIRPath: " + e.getMessage(), e);
        }
    }

    /** The parser calls itself for each step, so that a long chain of them would end its stack. */
    private static void checkSize(String expression) {
        if (expression.length() > MAX_LENGTH) {
            throw new PathException(
                    "an expression has at most "
                            + MAX_LENGTH
                            + " characters, got "
                            + expression.length());
        }
        long steps = expression.chars().filter(c -> STEPS.indexOf(c) >= 0).count();
        if (steps > MAX_STEPS) {
            throw new PathException("an expression has at most " + MAX_STEPS + " steps");
        }
    }

    private Expression chain(ExpressionNode first) {
        return new OperatorChain(this::operand, HapiParser::typeName).expression(first);
    }

    private Expression operand(ExpressionNode node) {
        Expression source =
                switch (node.getKind()) {
                    case Name -> name(new Expression.This(), node.getName());
                    case Function -> function(new Expression.This(), node);
                    case Constant -> constant(node);
                    case Group -> chain(node.getGroup());
                    case Unary -> throw new PathException("a sign cannot stand at '" + node + "'");
                };
        for (ExpressionNode step = node.getInner(); step != null; step = step.getInner()) {
            source =
                    switch (step.getKind()) {
                        case Name -> new Expression.Member(source, step.getName());
                        case Function -> function(source, step);
                        case Constant, Group, Unary ->
                                throw new PathException("'" + step + "' cannot follow a dot");
                    };
        }
        return source;
    }

    private static Expression name(Expression source, String name) {
        return switch (name) {
            case "$this" -> new Expression.This();
            case "$index" -> new Expression.Index();
            case "$total" -> new Expression.Total();
            default -> new Expression.Member(source, name);
        };
    }

    private Expression function(Expression source, ExpressionNode node) {
        List<ExpressionNode> parameters =
                node.getParameters() == null ? List.of() : node.getParameters();
        String name = node.getName();
        if (node.getFunction() == ExpressionNode.Function.Item) {
            return new Expression.Indexer(source, chain(parameters.getFirst()));
        }
        if (parameters.size() == 1) {
            switch (name) {
                case "is" -> {
                    return new Expression.Is(source, typeName(parameters.getFirst()));
                }
                case "as" -> {
                    return new Expression.As(source, typeName(parameters.getFirst()));
                }
                case "ofType" -> {
                    return new Expression.OfType(source, typeName(parameters.getFirst()));
                }
                default -> {
                    // An ordinary function.
                }
            }
        }
        var arguments = new ArrayList<Expression>(parameters.size());
        for (ExpressionNode parameter : parameters) {
            arguments.add(chain(parameter));
        }
        return new Expression.Call(source, name, arguments);
    }

    private static String typeName(ExpressionNode node) {
        if (node.getKind() != ExpressionNode.Kind.Name) {
            throw new PathException("'" + node + "' is no name of a type");
        }
        ExpressionNode inner = node.getInner();
        return inner == null ? node.getName() : node.getName() + "." + inner.getName();
    }

    private static Expression constant(ExpressionNode node) {
        Base constant = node.getConstant();
        return switch (constant) {
            case null -> new Expression.Empty();
            case BooleanType truth ->
                    new Expression.Literal(LiteralKind.BOOLEAN, truth.primitiveValue());
            case IntegerType number ->
                    new Expression.Literal(LiteralKind.INTEGER, number.primitiveValue());
            case DecimalType number ->
                    new Expression.Literal(LiteralKind.DECIMAL, number.primitiveValue());
            case StringType text -> new Expression.Literal(LiteralKind.STRING, text.getValue());
            case Quantity quantity ->
                    new Expression.QuantityLiteral(
                            quantity.getValue().toPlainString(),
                            quantity.hasUnit() ? quantity.getUnit() : quantity.getCode());
            case FHIRConstant reference -> reference(reference.getValue());
            default -> throw new PathException("the literal '" + node + "' is not supported");
        };
    }

    /** What the parser leaves for the evaluation: variables and moments. */
    private static Expression reference(String text) {
        if (text.startsWith("%")) {
            String name = text.substring(1);
            boolean quoted = name.length() > 1 && (name.startsWith("`") || name.startsWith("\""));
            return new Expression.Variable(quoted ? name.substring(1, name.length() - 1) : name);
        }
        if (text.startsWith("@T")) {
            return new Expression.Literal(LiteralKind.TIME, text.substring(2));
        }
        if (text.startsWith("@")) {
            String moment = text.substring(1);
            boolean time = moment.contains("T");
            // A dateTime may end with a T to say that it is no date.
            String trimmed =
                    moment.endsWith("T") ? moment.substring(0, moment.length() - 1) : moment;
            return new Expression.Literal(time ? LiteralKind.DATE_TIME : LiteralKind.DATE, trimmed);
        }
        throw new PathException("the constant '" + text + "' is not supported");
    }
}
