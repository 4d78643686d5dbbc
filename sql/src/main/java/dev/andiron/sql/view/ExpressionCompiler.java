package dev.andiron.sql.view;

import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Expression.Member;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;
import dev.andiron.sql.Sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compiles expressions in three forms: as one SQL value, as a condition that there is something,
 * and as rows. For one statement and one thread.
 */
final class ExpressionCompiler {
    /** Kinds whose equality is that of their SQL values. */
    private static final Set<Kind> PLAIN = Set.of(Kind.BOOLEAN, Kind.INTEGER, Kind.STRING);

    private final JsonDialect dialect;
    private final ConditionCompiler conditions;
    private int aliases;

    ExpressionCompiler(JsonDialect dialect) {
        this.dialect = dialect;
        conditions = new ConditionCompiler(dialect, this);
    }

    String alias() {
        aliases++;
        return "j" + aliases;
    }

    /** An element or a value at a place that needs no rows. */
    private record Located(Sql base, Place place) {}

    private Optional<Located> locate(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Focus _ -> Optional.of(new Located(scope.focus(), Place.HERE));
            case Expression.Resource _ -> Optional.of(new Located(scope.resource(), Place.HERE));
            case Member member when !member.repeats() && member.names().size() == 1 ->
                    locate(member.source(), scope)
                            .map(source -> below(source, member.names().getFirst()));
            case Expression.Slice slice
                    when isOne(slice) && slice.source() instanceof Member list ->
                    list.repeats() && list.names().size() == 1
                            ? locate(list.source(), scope)
                                    .map(source -> below(source, list.names().getFirst()))
                                    .map(
                                            found ->
                                                    new Located(
                                                            found.base(),
                                                            found.place().position(slice.from())))
                            : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static boolean isOne(Expression.Slice slice) {
        return slice.to().isPresent() && slice.to().getAsInt() == slice.from() + 1;
    }

    private static Located below(Located source, String name) {
        return new Located(source.base(), source.place().member(name));
    }

    private Sql at(Located found, ValueType type) {
        if (found.place().isHere()) {
            return found.base();
        }
        return type.isPrimitive()
                ? dialect.value(found.base(), found.place(), type)
                : dialect.element(found.base(), found.place());
    }

    /** The one value; NULL for none. Several fail the statement. */
    Sql single(Expression expression, Scope scope) {
        var located = locate(expression, scope);
        if (located.isPresent()) {
            return at(located.get(), expression.type());
        }
        if (expression.many()) {
            return one(relation(expression, scope));
        }
        return switch (expression) {
            case Expression.Focus _, Expression.Resource _ ->
                    throw new IllegalStateException("always located");
            case Expression.RowIndex _ -> scope.index();
            case Expression.Literal literal -> literal(literal);
            case Expression.Nothing nothing -> dialect.nothing(nothing.type());
            case Member member ->
                    at(new Located(single(member.source(), scope), place(member)), member.type());
            case Expression.Where where -> {
                Sql value = single(where.source(), scope);
                Sql criterion = single(where.criterion(), scope.focused(value));
                yield Sql.of("CASE WHEN ").add(criterion).add(" THEN ").add(value).add(" END");
            }
            case Expression.Select select ->
                    single(select.projection(), scope.focused(single(select.source(), scope)));
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Last last -> last(last, scope);
            case Expression.Single single -> single(single.source(), scope);
            case Expression.Union _ -> throw new IllegalStateException("a union has several");
            case Expression.Condition condition -> conditions.truth(condition, scope);
            case Expression.Count count -> count(count, scope);
            case Expression.Join join ->
                    Sql.of("(SELECT coalesce(")
                            .add(dialect.joined("v", join.separator()))
                            .add(", '') FROM (")
                            .add(relation(join.source(), scope).select())
                            .add(") d WHERE v IS NOT NULL)");
            case Expression.Arithmetic arithmetic -> arithmetic(arithmetic, scope);
            case Expression.Negation negation ->
                    dialect.arithmetic(
                            Expression.ArithmeticOperator.MINUS,
                            Sql.of("0"),
                            single(negation.operand(), scope),
                            negation.type().kind() == Kind.INTEGER);
            case Expression.Concatenation texts -> concatenation(texts, scope);
            case Expression.TextFunction function ->
                    dialect.text(
                            function.operation(),
                            single(function.source(), scope),
                            function.arguments().stream().map(a -> single(a, scope)).toList());
            case Expression.Conditional choice ->
                    Sql.of("CASE WHEN ")
                            .add(single(choice.condition(), scope))
                            .add(" THEN ")
                            .add(single(choice.then(), scope))
                            .add(" ELSE ")
                            .add(single(choice.otherwise(), scope))
                            .add(" END");
            case Expression.Boundary boundary ->
                    dialect.boundary(
                            boundary.source().type().kind(),
                            single(boundary.source(), scope),
                            boundary.bound());
            case Expression.ResourceKey _ -> resourceKey(scope);
            case Expression.ReferenceKey key -> referenceKey(key, single(key.source(), scope));
        };
    }

    private static Place place(Member member) {
        if (member.names().size() > 1) {
            throw new RefusedException("a choice of several types is not supported as a value");
        }
        return Place.HERE.member(member.names().getFirst());
    }

    private static Sql literal(Expression.Literal literal) {
        return switch (literal.type().kind()) {
            case BOOLEAN -> Sql.of(literal.text().equals("true") ? "true" : "false");
            case INTEGER -> new Sql().bind(Long.parseLong(literal.text()));
            case DECIMAL, STRING, DATE, DATE_TIME, TIME -> new Sql().bind(literal.text());
            case COMPLEX -> throw new IllegalStateException("a literal is primitive");
        };
    }

    private Sql one(Relation relation) {
        String value = dialect.only("v");
        return Sql.of("(SELECT CASE count(v) WHEN 0 THEN NULL WHEN 1 THEN " + value + " ELSE ")
                .add(dialect.several(value))
                .add(" END FROM (")
                .add(relation.select())
                .add(") d)");
    }

    private Sql slice(Expression.Slice slice, Scope scope) {
        boolean empty = slice.to().isPresent() && slice.to().getAsInt() == slice.from();
        if (empty || !slice.source().many() && slice.from() > 0) {
            return dialect.nothing(slice.type());
        }
        if (!slice.source().many()) {
            return single(slice.source(), scope);
        }
        return Sql.of("(")
                .add(relation(slice.source(), scope).select())
                .add(" LIMIT 1 OFFSET ")
                .bind((long) slice.from())
                .add(")");
    }

    private Sql last(Expression.Last last, Scope scope) {
        return last.source().many()
                ? Sql.of("(SELECT v FROM (SELECT v, row_number() OVER () AS n FROM (")
                        .add(relation(last.source(), scope).select())
                        .add(") d) d ORDER BY n DESC LIMIT 1)")
                : single(last.source(), scope);
    }

    private Sql count(Expression.Count count, Scope scope) {
        return count.source().many()
                ? Sql.of("(")
                        .add(relation(count.source(), scope).select(Sql.of("count(*)")))
                        .add(")")
                : Sql.of("CASE WHEN ")
                        .add(present(count.source(), scope))
                        .add(" THEN 1 ELSE 0 END");
    }

    private Sql arithmetic(Expression.Arithmetic arithmetic, Scope scope) {
        boolean integers =
                arithmetic.left().type().kind() == Kind.INTEGER
                        && arithmetic.right().type().kind() == Kind.INTEGER;
        return dialect.arithmetic(
                arithmetic.operator(),
                single(arithmetic.left(), scope),
                single(arithmetic.right(), scope),
                integers);
    }

    private Sql concatenation(Expression.Concatenation texts, Scope scope) {
        Sql left = single(texts.left(), scope);
        Sql right = single(texts.right(), scope);
        return texts.lenient()
                ? Sql.of("(coalesce(").add(left).add(", '') || coalesce(").add(right).add(", ''))")
                : Sql.of("(").add(left).add(" || ").add(right).add(")");
    }

    private Sql resourceKey(Scope scope) {
        Sql type =
                dialect.value(
                        scope.resource(), Place.HERE.member("resourceType"), ValueType.STRING);
        Sql id = dialect.value(scope.resource(), Place.HERE.member("id"), ValueType.STRING);
        return Sql.of("(").add(type).add(" || '/' || ").add(id).add(")");
    }

    private Sql referenceKey(Expression.ReferenceKey key, Sql reference) {
        return dialect.referenceKey(
                dialect.value(reference, Place.HERE.member("reference"), ValueType.STRING),
                dialect.value(reference, Place.HERE.member("type"), ValueType.STRING),
                key.resourceType().orElse(""));
    }

    /** The condition that there is an element, be it one without a value. Never unknown. */
    Sql present(Expression expression, Scope scope) {
        if (expression instanceof Member member && !member.source().many()) {
            return present(member, source(member, scope));
        }
        if (expression.many()) {
            return Sql.of("EXISTS (").add(relation(expression, scope).select(Sql.of("1"))).add(")");
        }
        return switch (expression) {
            case Expression.Focus _ -> scope.present();
            case Expression.Resource _, Expression.RowIndex _, Expression.Literal _ ->
                    Sql.of("1 = 1");
            case Expression.Where where ->
                    Sql.of("(")
                            .add(present(where.source(), scope))
                            .add(" AND coalesce(")
                            .add(
                                    single(
                                            where.criterion(),
                                            scope.focused(single(where.source(), scope))))
                            .add(", false))");
            case Expression.Slice slice when locate(slice, scope).isPresent() ->
                    present(locate(slice, scope).get(), slice.type());
            default -> Sql.of("(").add(single(expression, scope)).add(") IS NOT NULL");
        };
    }

    private Located source(Member member, Scope scope) {
        return locate(member.source(), scope)
                .orElseGet(() -> new Located(single(member.source(), scope), Place.HERE));
    }

    private Sql present(Member member, Located source) {
        return Sql.any(
                member.names().stream().map(name -> present(below(source, name), member)).toList());
    }

    /** A choice of which only existence is asked may be of primitive and of other types. */
    private Sql present(Located found, Member member) {
        boolean complex = !member.type().isPrimitive() && member.names().size() == 1;
        return complex
                ? dialect.present(found.base(), found.place())
                : present(found, ValueType.STRING);
    }

    private Sql present(Located found, ValueType type) {
        Sql there = dialect.present(found.base(), found.place());
        return type.isPrimitive()
                ? Sql.of("(")
                        .add(there)
                        .add(" OR ")
                        .add(dialect.present(found.base(), found.place().companion()))
                        .add(")")
                : there;
    }

    /** The values as rows. */
    Relation relation(Expression expression, Scope scope) {
        if (!expression.many()) {
            return new Relation(
                    Optional.empty(),
                    List.of(present(expression, scope)),
                    single(expression, scope),
                    true);
        }
        return switch (expression) {
            case Member member -> members(member, scope);
            case Expression.Where where -> {
                Relation source = relation(where.source(), scope);
                yield and(source, single(where.criterion(), scope.focused(source.value())));
            }
            case Expression.Select select -> selected(select, scope);
            case Expression.Slice slice -> {
                Sql rows =
                        relation(slice.source(), scope)
                                .select()
                                .add(" LIMIT ")
                                .bind(
                                        slice.to().isEmpty()
                                                ? Long.MAX_VALUE
                                                : (long) slice.to().getAsInt() - slice.from())
                                .add(" OFFSET ")
                                .bind((long) slice.from());
                yield subselect(rows);
            }
            case Expression.Union union -> union(union, scope);
            case Expression.ReferenceKey key -> {
                Relation source = relation(key.source(), scope);
                Sql value = referenceKey(key, source.value());
                yield and(
                        new Relation(source.from(), source.conditions(), value, source.lateral()),
                        value.copy().add(" IS NOT NULL"));
            }
            default ->
                    throw new RefusedException(
                            "%s with several values is not supported"
                                    .formatted(expression.getClass().getSimpleName()));
        };
    }

    private static Relation and(Relation relation, Sql condition) {
        var all = new ArrayList<>(relation.conditions());
        all.add(condition);
        return new Relation(relation.from(), all, relation.value(), relation.lateral());
    }

    private Relation subselect(Sql rows) {
        String alias = alias();
        return new Relation(
                Optional.of(Sql.of("(").add(rows).add(") " + alias)),
                List.of(),
                Sql.of(alias + ".v"),
                false);
    }

    private Relation members(Member member, Scope scope) {
        Place place = place(member);
        if (!member.source().many()) {
            Located source = source(member, scope);
            return elements(
                    Optional.empty(),
                    List.of(),
                    array(below(source, member.names().getFirst()), member.type()),
                    member.type(),
                    true);
        }
        Relation source = relation(member.source(), scope);
        var found = new Located(source.value(), place);
        if (member.repeats()) {
            return elements(
                    source.from(),
                    source.conditions(),
                    array(found, member.type()),
                    member.type(),
                    source.lateral());
        }
        var all = new ArrayList<>(source.conditions());
        all.add(present(found, member));
        return new Relation(source.from(), all, at(found, member.type()), source.lateral());
    }

    /** The array itself, or where no element has a value the one of ids and extensions. */
    private Sql array(Located found, ValueType type) {
        Sql array = dialect.element(found.base(), found.place());
        if (!type.isPrimitive()) {
            return array;
        }
        if (type.kind() == Kind.DECIMAL) {
            throw new RefusedException("decimals that repeat are not supported");
        }
        return Sql.of("coalesce(")
                .add(array)
                .add(", ")
                .add(dialect.element(found.base(), found.place().companion()))
                .add(")");
    }

    private Relation elements(
            Optional<Sql> before, List<Sql> where, Sql array, ValueType type, boolean lateral) {
        String alias = alias();
        Sql from = new Sql();
        before.ifPresent(tables -> from.add(tables).add(" CROSS JOIN "));
        return new Relation(
                Optional.of(from.add(dialect.elements(array, alias))),
                where,
                Sql.of(dialect.elementColumn(alias, type)),
                lateral);
    }

    private Relation selected(Expression.Select select, Scope scope) {
        Relation source = relation(select.source(), scope);
        Expression projection = select.projection();
        Scope inner = scope.focused(source.value());
        if (!projection.many()) {
            var all = new ArrayList<>(source.conditions());
            all.add(present(projection, inner));
            return new Relation(source.from(), all, single(projection, inner), source.lateral());
        }
        return elements(
                source.from(),
                source.conditions(),
                array(projection, inner),
                projection.type(),
                source.lateral());
    }

    private Relation union(Expression.Union union, Scope scope) {
        Sql all = new Sql();
        String separator = "";
        for (Expression operand : union.operands()) {
            // A compound takes no LIMIT in its parts; a subselect does.
            all.add(separator)
                    .add("SELECT v FROM (")
                    .add(relation(operand, scope).select())
                    .add(") d");
            separator = " UNION ALL ";
        }
        if (!union.distinct()) {
            return subselect(all);
        }
        if (!PLAIN.contains(union.type().kind())) {
            throw new RefusedException(
                    "a union of %s values is not supported".formatted(union.type()));
        }
        return subselect(
                Sql.of("SELECT v FROM (SELECT v, min(n) AS n FROM (SELECT v, row_number() OVER ()")
                        .add(" AS n FROM (")
                        .add(all)
                        .add(") d) d GROUP BY v) d ORDER BY n"));
    }

    /** The values as an array of the database's own. */
    Sql array(Expression expression, Scope scope) {
        if (expression instanceof Member member
                && member.repeats()
                && member.names().size() == 1
                && !member.source().many()) {
            return array(below(source(member, scope), member.names().getFirst()), member.type());
        }
        if (!expression.many()) {
            return Sql.of("CASE WHEN ")
                    .add(present(expression, scope))
                    .add(" THEN ")
                    .add(dialect.arrayOf(single(expression, scope)))
                    .add(" END");
        }
        return Sql.of("(SELECT ")
                .add(dialect.aggregate("v"))
                .add(" FROM (")
                .add(relation(expression, scope).select())
                .add(") d)");
    }
}
