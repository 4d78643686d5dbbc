package dev.andiron.fhir.path.hapi;

import dev.andiron.fhir.path.Expression;
import dev.andiron.fhir.path.Expression.Operator;
import dev.andiron.fhir.path.PathException;

import org.hl7.fhir.r4.fhirpath.ExpressionNode;
import org.hl7.fhir.r4.fhirpath.ExpressionNode.Kind;
import org.hl7.fhir.r4.fhirpath.ExpressionNode.Operation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Operands and the operators between them, grouped by the precedence of FHIRPath. The parser's own
 * groups are taken apart first: it lets {@code is} and {@code as} bind weaker than comparisons.
 */
final class OperatorChain {
    private static final Map<String, Operator> OPERATORS =
            Arrays.stream(Operator.values())
                    .collect(Collectors.toMap(Operator::symbol, Function.identity()));

    private record Term(ExpressionNode node, boolean isNegative) {}

    private final Function<ExpressionNode, Expression> operand;
    private final Function<ExpressionNode, String> typeName;
    private final List<Term> terms = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private int at;

    OperatorChain(
            Function<ExpressionNode, Expression> operand,
            Function<ExpressionNode, String> typeName) {
        this.operand = operand;
        this.typeName = typeName;
    }

    Expression expression(ExpressionNode first) {
        flatten(first, false);
        return climb(0);
    }

    private void flatten(ExpressionNode first, boolean isNegative) {
        ExpressionNode node = first;
        boolean negative = isNegative;
        while (node != null) {
            if (node.getKind() == Kind.Unary) {
                negative ^= node.getOperation() == Operation.Minus;
                node = node.getOpNext();
                continue;
            }
            if (isOfPrecedence(node)) {
                flatten(node.getGroup(), negative);
            } else {
                terms.add(new Term(node, negative));
            }
            negative = false;
            ExpressionNode holder = operatorHolder(node);
            if (holder.getOperation() != null) {
                operations.add(holder.getOperation());
            }
            node = holder.getOpNext();
        }
    }

    /** Behind an index on the first step of an operand, the parser leaves the operator there. */
    private static ExpressionNode operatorHolder(ExpressionNode node) {
        ExpressionNode inner = node.getInner();
        boolean isIndex =
                inner != null
                        && inner.getKind() == Kind.Function
                        && inner.getFunction() == ExpressionNode.Function.Item;
        return isIndex && node.getOperation() == null && inner.getOperation() != null
                ? inner
                : node;
    }

    /** A group that nobody wrote stands nowhere. */
    private static boolean isOfPrecedence(ExpressionNode node) {
        return node.getKind() == Kind.Group && node.getStart() == null && node.getInner() == null;
    }

    /** Binds stronger the higher it is. */
    private static int strength(Operation operation) {
        return switch (operation) {
            case Times, DivideBy, Div, Mod -> 9;
            case Plus, Minus, Concatenate -> 8;
            case Is, As -> 7;
            case Union -> 6;
            case Greater, LessThan, LessOrEqual, GreaterOrEqual -> 5;
            case Equals, Equivalent, NotEquals, NotEquivalent -> 4;
            case In, Contains -> 3;
            case And -> 2;
            case Or, Xor -> 1;
            case Implies -> 0;
            case MemberOf -> throw new PathException("the operator 'memberOf' is not supported");
        };
    }

    private Expression climb(int least) {
        Term term = terms.get(at);
        Expression value = operand.apply(term.node());
        Expression left = term.isNegative() ? new Expression.Negation(value) : value;
        while (at < operations.size() && strength(operations.get(at)) >= least) {
            Operation operation = operations.get(at);
            at++;
            left =
                    switch (operation) {
                        case Is -> new Expression.Is(left, type());
                        case As -> new Expression.As(left, type());
                        default -> binary(operation, left, climb(strength(operation) + 1));
                    };
        }
        return left;
    }

    private String type() {
        return typeName.apply(terms.get(at).node());
    }

    private static Expression binary(Operation operation, Expression left, Expression right) {
        Operator operator = OPERATORS.get(operation.toCode());
        if (operator == null) {
            throw new PathException("the operator '" + operation.toCode() + "' is not supported");
        }
        return new Expression.Binary(operator, left, right);
    }
}
