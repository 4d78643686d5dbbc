package dev.andiron.sql.document;

import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Expression.Member;
import dev.andiron.spi.view.ScalarFunctions;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles the expressions of one view, noting in shapes which members they look at. Used by one
 * thread.
 */
final class ReadingCompiler {
    private final String resourceType;
    private final Shape resource;
    private final ScalarFunctions functions;
    private final ConditionReadings conditions;
    private final List<Runnable> slots = new ArrayList<>();

    ReadingCompiler(String resourceType, Shape resource, ScalarFunctions functions) {
        this.resourceType = resourceType;
        this.resource = resource;
        this.functions = functions;
        conditions = new ConditionReadings(this, functions);
    }

    /** An expression that is left to SQL. A signal, without a trace. */
    static final class Unsupported extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unsupported() {
            super("left to SQL", null, false, false);
        }
    }

    /**
     * A compiled expression.
     *
     * @param shape what is wanted of its values
     */
    record Compiled(Reading reading, Shape shape) {}

    /** Fixes the places of members, once all expressions are compiled. */
    void finish() {
        slots.forEach(Runnable::run);
    }

    Reading reading(Expression expression, Shape focus) {
        return compile(expression, focus).reading();
    }

    private static Compiled computed(Reading.One how) {
        return new Compiled(Reading.one(how), new Shape());
    }

    Compiled compile(Expression expression, Shape focus) {
        return switch (expression) {
            case Expression.Focus _ -> new Compiled(Reading.one(at -> at.item()), focus);
            case Expression.Resource _ -> new Compiled(Reading.one(at -> at.resource()), resource);
            case Expression.RowIndex _ -> computed(at -> new Value.Whole(at.index()));
            case Expression.Literal literal -> {
                Value value = literal(literal);
                yield computed(_ -> value);
            }
            case Expression.Nothing _ -> computed(_ -> null);
            case Member member -> member(member, focus);
            case Expression.Where where -> where(where, focus);
            case Expression.Select select -> select(select, focus);
            case Expression.Slice slice -> slice(slice, focus);
            case Expression.Last last -> {
                Compiled source = compile(last.source(), focus);
                yield new Compiled(
                        Reading.one(
                                at -> {
                                    Items found = source.reading().all(at);
                                    return found.size() == 0 ? null : found.get(found.size() - 1);
                                }),
                        source.shape());
            }
            case Expression.Single single -> {
                Compiled source = compile(single.source(), focus);
                yield new Compiled(Reading.one(source.reading()::one), source.shape());
            }
            case Expression.Union union when !union.distinct() -> union(union.operands(), focus);
            case Expression.Condition condition ->
                    new Compiled(conditions.compile(condition, focus), new Shape());
            case Expression.Count count -> {
                Reading source = reading(count.source(), focus);
                yield computed(at -> new Value.Whole(source.all(at).size()));
            }
            case Expression.Join join -> join(join, focus);
            case Expression.Concatenation texts -> concatenation(texts, focus);
            case Expression.TextFunction function -> textFunction(function, focus);
            case Expression.Conditional choice -> conditional(choice, focus);
            case Expression.Boundary boundary when !boundary.type().isNumber() ->
                    boundary(boundary, focus);
            case Expression.ResourceKey _ -> resourceKey();
            case Expression.ReferenceKey key -> referenceKey(key, focus);
            case Expression.Union _,
                    Expression.Boundary _,
                    Expression.Arithmetic _,
                    Expression.Negation _ ->
                    throw new Unsupported();
        };
    }

    static Value literal(Expression.Literal literal) {
        return switch (literal.type().kind()) {
            case BOOLEAN -> Value.Truth.of(literal.text().equals("true"));
            case INTEGER -> new Value.Whole(Long.parseLong(literal.text()));
            case DECIMAL -> new Value.Decimal(new BigDecimal(literal.text()));
            case STRING, DATE, DATE_TIME, TIME -> new Value.Text(literal.text());
            case COMPLEX -> throw new Unsupported();
        };
    }

    // Members

    /** One member of objects. */
    private static final class Slot {
        private int value;
        private int companion = -1;

        /** The member of an object; null if there is none. */
        Part of(Object owner) throws IrregularException {
            if (!(owner instanceof Part object)) {
                throw IrregularException.INSTANCE;
            }
            Part found = object.member(value);
            if (found == null && companion >= 0 && object.member(companion) != null) {
                throw IrregularException.INSTANCE;
            }
            return found;
        }

        /** Whether ids or extensions stand beside the value. */
        boolean isAccompanied(Object owner) throws IrregularException {
            return companion >= 0 && owner instanceof Part part && part.member(companion) != null;
        }
    }

    private Slot slot(Shape owner, String name, boolean primitive) {
        owner.member(name);
        if (primitive) {
            owner.member("_" + name);
        }
        var slot = new Slot();
        slots.add(
                () -> {
                    slot.value = owner.slot(name);
                    slot.companion = primitive ? owner.slot("_" + name) : -1;
                });
        return slot;
    }

    private Compiled member(Member member, Shape focus) {
        Compiled source = compile(member.source(), focus);
        if (member.names().size() > 1) {
            return choice(member, source);
        }
        String name = member.names().getFirst();
        Slot slot = slot(source.shape(), name, member.type().isPrimitive());
        Shape shape = source.shape().member(name);
        Reading owners = source.reading();
        if (member.repeats()) {
            return new Compiled(
                    Reading.many((at, found) -> elements(owners, slot, at, found)), shape);
        }
        return new Compiled(
                member.source().many()
                        ? Reading.many(
                                (at, found) -> {
                                    Items all = owners.all(at);
                                    for (int i = 0; i < all.size(); i++) {
                                        Part value = plain(slot.of(all.get(i)));
                                        if (value != null) {
                                            found.add(value);
                                        }
                                    }
                                })
                        : Reading.one(
                                at -> {
                                    Object owner = owners.one(at);
                                    return owner == null ? null : plain(slot.of(owner));
                                }),
                shape);
    }

    /** A member that is no array. */
    private static Part plain(Part value) throws IrregularException {
        if (value != null && (value.first() == '[' || value.first() == 'n')) {
            throw IrregularException.INSTANCE;
        }
        return value;
    }

    private static void elements(Reading owners, Slot slot, Reading.Focus at, Items found)
            throws IrregularException {
        Items all = owners.all(at);
        for (int i = 0; i < all.size(); i++) {
            Part array = slot.of(all.get(i));
            if (array == null) {
                continue;
            }
            if (array.first() != '[' || slot.isAccompanied(all.get(i))) {
                throw IrregularException.INSTANCE;
            }
            for (int k = 0; k < array.count; k++) {
                if (array.elements[k].first() == 'n') {
                    throw IrregularException.INSTANCE;
                }
                found.add(array.elements[k]);
            }
        }
    }

    /** A choice of which only existence is asked. */
    private Compiled choice(Member member, Compiled source) {
        List<Slot> choices =
                member.names().stream().map(name -> slot(source.shape(), name, true)).toList();
        if (member.repeats()) {
            throw new Unsupported();
        }
        return new Compiled(
                Reading.many(
                        (at, found) -> {
                            Items owners = source.reading().all(at);
                            for (int i = 0; i < owners.size(); i++) {
                                for (Slot choice : choices) {
                                    Part value = plain(choice.of(owners.get(i)));
                                    if (value != null) {
                                        found.add(value);
                                    }
                                }
                            }
                        }),
                new Shape());
    }

    // Collections

    private Compiled where(Expression.Where where, Shape focus) {
        Compiled source = compile(where.source(), focus);
        Reading items = source.reading();
        Reading criterion = reading(where.criterion(), source.shape());
        return new Compiled(
                where.many()
                        ? Reading.many(
                                (at, found) -> {
                                    Items all = items.all(at);
                                    for (int i = 0; i < all.size(); i++) {
                                        if (criterion.isTrue(at.on(all.get(i)))) {
                                            found.add(all.get(i));
                                        }
                                    }
                                })
                        : Reading.one(
                                at -> {
                                    Object item = items.one(at);
                                    return item != null && criterion.isTrue(at.on(item))
                                            ? item
                                            : null;
                                }),
                source.shape());
    }

    private Compiled select(Expression.Select select, Shape focus) {
        Compiled source = compile(select.source(), focus);
        Compiled projection = compile(select.projection(), source.shape());
        return new Compiled(
                Reading.many(
                        (at, found) -> {
                            Items all = source.reading().all(at);
                            for (int i = 0; i < all.size(); i++) {
                                projection.reading().all(at.on(all.get(i)), found);
                            }
                        }),
                projection.shape());
    }

    private Compiled slice(Expression.Slice slice, Shape focus) {
        Compiled source = compile(slice.source(), focus);
        int to = slice.to().orElse(Integer.MAX_VALUE);
        Reading.Many part =
                (at, found) -> {
                    Items all = source.reading().all(at);
                    for (int i = slice.from(); i < Math.min(to, all.size()); i++) {
                        found.add(all.get(i));
                    }
                };
        return new Compiled(
                slice.to().isPresent() && to == slice.from() + 1
                        ? Reading.one(
                                at -> {
                                    Items all = source.reading().all(at);
                                    return slice.from() < all.size() ? all.get(slice.from()) : null;
                                })
                        : Reading.many(part),
                source.shape());
    }

    private Compiled union(List<Expression> operands, Shape focus) {
        List<Compiled> all = operands.stream().map(operand -> compile(operand, focus)).toList();
        Shape shape = new Shape();
        all.forEach(each -> shape.unite(each.shape()));
        return new Compiled(
                Reading.many(
                        (at, found) -> {
                            for (Compiled each : all) {
                                each.reading().all(at, found);
                            }
                        }),
                shape);
    }

    private Compiled conditional(Expression.Conditional choice, Shape focus) {
        Reading condition = reading(choice.condition(), focus);
        Compiled then = compile(choice.then(), focus);
        Compiled otherwise = compile(choice.otherwise(), focus);
        Shape shape = new Shape();
        shape.unite(then.shape());
        shape.unite(otherwise.shape());
        return new Compiled(
                Reading.many(
                        (at, found) ->
                                (condition.isTrue(at) ? then : otherwise).reading().all(at, found)),
                shape);
    }

    // Texts

    private Compiled join(Expression.Join join, Shape focus) {
        Reading source = reading(join.source(), focus);
        return computed(
                at -> {
                    Items all = source.all(at);
                    if (all.size() == 1) {
                        return all.get(0);
                    }
                    var text = new StringBuilder();
                    for (int i = 0; i < all.size(); i++) {
                        text.append(i == 0 ? "" : join.separator()).append(Scalar.text(all.get(i)));
                    }
                    return new Value.Text(text.toString());
                });
    }

    private Compiled concatenation(Expression.Concatenation texts, Shape focus) {
        Reading left = reading(texts.left(), focus);
        Reading right = reading(texts.right(), focus);
        return computed(
                at -> {
                    Object one = left.one(at);
                    Object other = right.one(at);
                    if (!texts.lenient() && (one == null || other == null)) {
                        return null;
                    }
                    return new Value.Text(
                            (one == null ? "" : Scalar.text(one))
                                    + (other == null ? "" : Scalar.text(other)));
                });
    }

    private Compiled textFunction(Expression.TextFunction function, Shape focus) {
        Reading source = reading(function.source(), focus);
        List<Reading> readings =
                function.arguments().stream().map(each -> reading(each, focus)).toList();
        List<ValueType> types = function.arguments().stream().map(Expression::type).toList();
        return computed(
                at -> {
                    Object text = source.one(at);
                    var arguments = new ArrayList<Value>();
                    for (int i = 0; i < readings.size(); i++) {
                        Object argument = readings.get(i).one(at);
                        if (argument == null) {
                            return null;
                        }
                        arguments.add(
                                types.get(i).kind() == Kind.INTEGER
                                        ? new Value.Whole(Scalar.whole(argument, types.get(i)))
                                        : new Value.Text(Scalar.text(argument)));
                    }
                    return text == null
                            ? null
                            : functions
                                    .text(function.operation(), Scalar.text(text), arguments)
                                    .orElse(null);
                });
    }

    private Compiled boundary(Expression.Boundary boundary, Shape focus) {
        Reading source = reading(boundary.source(), focus);
        Kind kind = boundary.source().type().kind();
        return computed(
                at -> {
                    Object value = source.one(at);
                    return value == null
                            ? null
                            : functions
                                    .boundary(kind, Scalar.text(value), boundary.bound())
                                    .map(Value.Text::new)
                                    .orElse(null);
                });
    }

    // Keys

    private Compiled resourceKey() {
        Slot id = slot(resource, "id", true);
        return computed(
                at -> {
                    Part found = id.of(at.resource());
                    return found == null ? null : new Value.Text(resourceType + "/" + found.text());
                });
    }

    private Compiled referenceKey(Expression.ReferenceKey key, Shape focus) {
        Compiled source = compile(key.source(), focus);
        Slot reference = slot(source.shape(), "reference", true);
        Slot type = slot(source.shape(), "type", true);
        var keys = new ReferenceKeys(functions, key.resourceType());
        Reading owners = source.reading();
        return new Compiled(
                key.many()
                        ? Reading.many(
                                (at, found) -> {
                                    Items all = owners.all(at);
                                    for (int i = 0; i < all.size(); i++) {
                                        Object one = all.get(i);
                                        Value value = keys.of(reference.of(one), type.of(one));
                                        if (value != null) {
                                            found.add(value);
                                        }
                                    }
                                })
                        : Reading.one(
                                at -> {
                                    Object one = owners.one(at);
                                    return one == null
                                            ? null
                                            : keys.of(reference.of(one), type.of(one));
                                }),
                new Shape());
    }
}
