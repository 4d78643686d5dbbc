package dev.andiron.sql.view;

import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Expression.ComparisonOperator;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;
import dev.andiron.sql.Sql;

/** Compiles conditions to SQL's three-valued truth. For one statement and one thread. */
final class ConditionCompiler {
    private final JsonDialect dialect;
    private final ExpressionCompiler expressions;

    ConditionCompiler(JsonDialect dialect, ExpressionCompiler expressions) {
        this.dialect = dialect;
        this.expressions = expressions;
    }

    Sql truth(Expression.Condition condition, Scope scope) {
        return switch (condition) {
            case Expression.Exists exists ->
                    Sql.of("(").add(expressions.present(exists.source(), scope)).add(")");
            case Expression.All all -> all(all, scope);
            case Expression.Not not ->
                    Sql.of("(NOT ").add(expressions.single(not.operand(), scope)).add(")");
            case Expression.Logic logic -> logic(logic, scope);
            case Expression.Comparison comparison -> comparison(comparison, scope);
            case Expression.Membership membership -> membership(membership, scope);
        };
    }

    private Sql all(Expression.All all, Scope scope) {
        Relation source = expressions.relation(all.source(), scope);
        Sql holds = expressions.single(all.criterion(), scope.focused(source.value()));
        Sql counterexample =
                source.select(Sql.of("1"))
                        .add(source.conditions().isEmpty() ? " WHERE " : " AND ")
                        .add("NOT coalesce(")
                        .add(holds)
                        .add(", false)");
        return Sql.of("(NOT EXISTS (").add(counterexample).add("))");
    }

    private Sql logic(Expression.Logic logic, Scope scope) {
        Sql left = expressions.single(logic.left(), scope);
        Sql right = expressions.single(logic.right(), scope);
        return switch (logic.operator()) {
            case AND -> infix(left, " AND ", right);
            case OR -> infix(left, " OR ", right);
            case XOR -> infix(left, " <> ", right);
            case IMPLIES -> infix(Sql.of("NOT (").add(left).add(")"), " OR ", right);
        };
    }

    private static Sql infix(Sql left, String operator, Sql right) {
        return Sql.of("(").add(left).add(operator).add(right).add(")");
    }

    private Sql comparison(Expression.Comparison comparison, Scope scope) {
        Expression left = comparison.left();
        Expression right = comparison.right();
        if (left instanceof Expression.Nothing || right instanceof Expression.Nothing) {
            return dialect.nothing(ValueType.BOOLEAN);
        }
        boolean equality = equality(comparison);
        if (equality && left.many() && right.many()) {
            throw new RefusedException("equality of several values on both sides");
        }
        if (equality && left.many()) {
            return oneOfSeveral(comparison, left, right, scope);
        }
        if (equality && right.many()) {
            return oneOfSeveral(comparison, right, left, scope);
        }
        return compared(
                comparison, expressions.single(left, scope), expressions.single(right, scope));
    }

    private Sql compared(Expression.Comparison comparison, Sql left, Sql right) {
        ValueType leftType = comparison.left().type();
        ValueType rightType = comparison.right().type();
        String operator = operator(comparison.operator());
        if (leftType.isMoment() && rightType.isMoment()) {
            return infix(dialect.compareMoments(left, right), operator, Sql.of("0"));
        }
        if (exact(leftType) || exact(rightType)) {
            return infix(dialect.compareDecimals(left, right), operator, Sql.of("0"));
        }
        if (equality(comparison) || leftType.isNumber()) {
            return infix(left, operator, right);
        }
        return infix(dialect.ordered(left), operator, dialect.ordered(right));
    }

    private static boolean equality(Expression.Comparison comparison) {
        return comparison.operator() == ComparisonOperator.EQUAL
                || comparison.operator() == ComparisonOperator.NOT_EQUAL;
    }

    /** Several values are never equal to one, whatever they are. */
    private Sql oneOfSeveral(
            Expression.Comparison comparison, Expression many, Expression one, Scope scope) {
        Sql other = expressions.single(one, scope);
        String unequal = comparison.operator() == ComparisonOperator.EQUAL ? "false" : "true";
        return Sql.of("(SELECT CASE WHEN count(v) = 0 OR ")
                .add(other)
                .add(" IS NULL THEN NULL WHEN count(v) > 1 THEN " + unequal + " ELSE ")
                .add(compared(comparison, Sql.of(dialect.only("v")), other))
                .add(" END FROM (")
                .add(expressions.relation(many, scope).select())
                .add(") d)");
    }

    private static boolean exact(ValueType type) {
        return type.kind() == Kind.DECIMAL;
    }

    private static String operator(ComparisonOperator operator) {
        return switch (operator) {
            case EQUAL -> " = ";
            case NOT_EQUAL -> " <> ";
            case LESS -> " < ";
            case LESS_OR_EQUAL -> " <= ";
            case GREATER -> " > ";
            case GREATER_OR_EQUAL -> " >= ";
        };
    }

    private Sql membership(Expression.Membership membership, Scope scope) {
        Kind kind = membership.element().type().kind();
        if (kind != membership.collection().type().kind()
                || kind != Kind.STRING && kind != Kind.INTEGER && kind != Kind.BOOLEAN) {
            throw new RefusedException(
                    "membership of %s values is not supported"
                            .formatted(membership.element().type()));
        }
        Relation collection = expressions.relation(membership.collection(), scope);
        // Without any value the aggregate is NULL, as it has to be.
        return Sql.of("(SELECT ")
                .add(
                        dialect.anyTrue(
                                Sql.of("v = ")
                                        .add(expressions.single(membership.element(), scope))))
                .add(" FROM (")
                .add(collection.select())
                .add(") d WHERE v IS NOT NULL)");
    }
}
