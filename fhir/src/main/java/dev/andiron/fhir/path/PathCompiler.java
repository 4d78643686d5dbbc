package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.path.Expression.LiteralKind;
import dev.andiron.fhir.path.PathType.Element;
import dev.andiron.fhir.path.PathType.Field;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Turns a syntax tree into closures. Refuses what it does not cover and what cannot be: an unknown
 * function, an element that none of the possible types has.
 */
final class PathCompiler {
    /** Deeper expressions are refused rather than overflow the stack. */
    private static final int MAX_DEPTH = 200;

    private static final String HL7 = "http://hl7.org/fhir/";

    /** Variables that every expression has. */
    private static final Set<String> RESERVED =
            Set.of("resource", "rootResource", "context", "ucum", "sct", "loinc");

    private final PathModel model;
    private final Set<String> variables;
    private final PathDialect dialect;
    private final TypeOperators typeOperators;
    private final LocalVariables locals = new LocalVariables();
    private PathType root = PathType.UNKNOWN;
    private boolean isTimed;
    private int depth;

    PathCompiler(PathModel model, Set<String> variables, PathDialect dialect) {
        this.model = model;
        this.variables = variables;
        this.dialect = dialect;
        typeOperators = new TypeOperators(this);
    }

    PathModel model() {
        return model;
    }

    /** Remembers that the expression needs to know the time. */
    void asksForTime() {
        isTimed = true;
    }

    /** Whether what was compiled needs to know the time. */
    boolean isTimed() {
        return isTimed;
    }

    /** Compiles a whole expression. */
    Compiled compile(Expression expression, PathType context) {
        root = context;
        return compile(expression, focus(context));
    }

    private static Compiled focus(PathType type) {
        return type.isOpenResource() || type == PathType.UNKNOWN
                ? Compiled.open((focus, scope) -> focus)
                : Compiled.of((focus, scope) -> focus, type);
    }

    /** The focus that the argument of a function like {@code where} is evaluated on. */
    static Compiled each(Compiled source) {
        return source.with((focus, scope) -> focus);
    }

    /** Compiles a piece. */
    Compiled compile(Expression expression, Compiled focus) {
        if (++depth > MAX_DEPTH) {
            throw new PathException("it is nested deeper than " + MAX_DEPTH);
        }
        Compiled compiled =
                switch (expression) {
                    case Expression.This() -> focus;
                    case Expression.Index() ->
                            Compiled.of(
                                    (nodes, scope) -> List.of(PathNode.of(scope.index())),
                                    PathType.SYSTEM_INTEGER);
                    case Expression.Total() -> Compiled.open((nodes, scope) -> scope.total());
                    case Expression.Variable(String name) -> variable(name);
                    case Expression.Literal literal -> literal(literal);
                    case Expression.QuantityLiteral quantity -> quantity(quantity);
                    case Expression.Empty() -> Compiled.open((nodes, scope) -> List.of());
                    case Expression.Member(Expression source, String name) ->
                            member(source, name, null, focus);
                    case Expression.Indexer(Expression source, Expression index) ->
                            indexer(source, index, focus);
                    case Expression.Call call -> call(call, focus);
                    case Expression.Is(Expression operand, String type) ->
                            typeOperators.is(operand, type, focus);
                    case Expression.As(Expression operand, String type) ->
                            dialect == PathDialect.FILTERING_AS
                                    ? typeOperators.ofType(operand, type, focus)
                                    : typeOperators.as(operand, type, focus);
                    case Expression.OfType(Expression operand, String type) ->
                            typeOperators.ofType(operand, type, focus);
                    case Expression.Negation(Expression operand) -> negation(operand, focus);
                    case Expression.Binary binary -> PathOperators.compile(binary, this, focus);
                };
        depth--;
        locals.pass(expression);
        return compiled;
    }

    private Compiled call(Expression.Call call, Compiled focus) {
        if (dialect == PathDialect.STRICT && CollectionOrder.matters(call.function())) {
            CollectionOrder.check(call.function() + "()", call.source());
        }
        Compiled source = compile(call.source(), focus);
        List<LocalVariables.Local> visible = locals.enter(call.source());
        try {
            var site = new CallSite(call, this, focus, source);
            Compiled compiled = PathFunctions.compile(site);
            if (call.function().equals("defineVariable")) {
                define(call, site);
            }
            return LocalVariables.bound(compiled, visible);
        } finally {
            locals.leave(visible);
        }
    }

    private void define(Expression.Call call, CallSite site) {
        var taken = new HashSet<String>(RESERVED);
        taken.addAll(variables);
        if (!(site.written(0) instanceof Expression.Literal(LiteralKind kind, String name))
                || kind != LiteralKind.STRING) {
            Evaluation computed = site.argument(0).evaluation();
            locals.define(call, computed, Set.copyOf(taken), value(site));
            return;
        }
        if (taken.contains(name) || locals.isVisible(name)) {
            throw LocalVariables.defined(name);
        }
        locals.define(call, name, value(site));
    }

    private static Evaluation value(CallSite site) {
        Evaluation source = site.input();
        if (site.size() == 1) {
            return source;
        }
        Evaluation value = site.lambda(1).evaluation();
        return (input, scope) -> value.on(source.on(input, scope), scope);
    }

    private Compiled variable(String name) {
        if (variables.contains(name) || locals.isVisible(name)) {
            return lookup(name);
        }
        return switch (name) {
            case "resource", "rootResource" ->
                    Compiled.open((nodes, scope) -> List.of(scope.resource()));
            case "context" ->
                    focus(root)
                            .with(
                                    (nodes, scope) ->
                                            scope.context() == null
                                                    ? List.of()
                                                    : List.of(scope.context()));
            case "ucum" -> constant(PathNode.of("http://unitsofmeasure.org"));
            case "sct" -> constant(PathNode.of("http://snomed.info/sct"));
            case "loinc" -> constant(PathNode.of("http://loinc.org"));
            default -> {
                if (name.startsWith("ext-")) {
                    yield constant(PathNode.of(HL7 + "StructureDefinition/" + name.substring(4)));
                }
                if (name.startsWith("vs-")) {
                    yield constant(PathNode.of(HL7 + "ValueSet/" + name.substring(3)));
                }
                if (locals.isOpen()) {
                    yield lookup(name);
                }
                throw new PathException("there is no variable %" + name);
            }
        };
    }

    private static Compiled lookup(String name) {
        return Compiled.open(
                (nodes, scope) -> {
                    List<PathNode> values = scope.variables().get(name);
                    if (values == null) {
                        throw new PathException("the variable %" + name + " has no value");
                    }
                    return values;
                });
    }

    private static Compiled constant(PathNode node) {
        List<PathNode> nodes = List.of(node);
        return Compiled.of((focus, scope) -> nodes, node.type());
    }

    private static Compiled literal(Expression.Literal literal) {
        String text = literal.text();
        return constant(
                switch (literal.kind()) {
                    case BOOLEAN ->
                            PathNode.computed(
                                    PathType.SYSTEM_BOOLEAN, JsonBoolean.of("true".equals(text)));
                    case STRING -> PathNode.of(text);
                    case INTEGER -> PathNode.computed(PathType.SYSTEM_INTEGER, JsonNumber.of(text));
                    case DECIMAL -> PathNode.computed(PathType.SYSTEM_DECIMAL, JsonNumber.of(text));
                    case DATE -> PathNode.computed(PathType.SYSTEM_DATE, JsonString.of(text));
                    case DATE_TIME ->
                            PathNode.computed(PathType.SYSTEM_DATE_TIME, JsonString.of(text));
                    case TIME -> {
                        if (TimeOfDay.parse(text) == null) {
                            throw new PathException("'@T" + text + "' is no time");
                        }
                        yield PathNode.computed(PathType.SYSTEM_TIME, JsonString.of(text));
                    }
                });
    }

    private static Compiled quantity(Expression.QuantityLiteral literal) {
        String unit = literal.unit() == null ? "1" : literal.unit();
        return constant(new Amount(new BigDecimal(literal.number()), unit).node());
    }

    /**
     * A step.
     *
     * @param typeName keeps only elements of this FHIR type; null keeps all
     */
    Compiled member(Expression source, String name, String typeName, Compiled focus) {
        boolean type =
                source instanceof Expression.This
                        && Character.isUpperCase(name.charAt(0))
                        && model.type(name) != PathType.UNKNOWN;
        if (type && typeName == null) {
            return startingWithType(name, focus);
        }
        Compiled from = compile(source, focus);
        if (from.resolved()) {
            throw new PathException(
                    "'."
                            + name
                            + "' behind resolve() is not supported: only the type of what a"
                            + " reference leads to is known");
        }
        Evaluation step = new Step(from.evaluation(), name, typeName, model, dialect);
        if (from.types() == null) {
            return Compiled.open(step);
        }
        var types = new HashSet<PathType>();
        boolean open = false;
        boolean found = from.types().isEmpty();
        for (PathType parent : from.types()) {
            Element element = Step.element(parent, name, dialect);
            if (element == null) {
                continue;
            }
            found = true;
            for (Field field : element.fields()) {
                open |= field.type().isOpenResource() || field.type() == PathType.UNKNOWN;
                if (typeName == null || field.type().is(typeName)) {
                    types.add(field.type());
                }
            }
        }
        if (!found) {
            throw new PathException(names(from.types()) + " has no element '" + name + "'");
        }
        return open ? Compiled.open(step) : new Compiled(step, types, false);
    }

    private static String names(Set<PathType> types) {
        return String.join(" or ", types.stream().map(PathType::toString).sorted().toList());
    }

    /** {@code Patient.name}: the type says which focus is meant; of another type gives nothing. */
    private Compiled startingWithType(String name, Compiled focus) {
        Compiled filtered = typeOperators.filtered(focus, name);
        boolean isKnown = focus.types() != null && !focus.types().isEmpty();
        if (dialect == PathDialect.STRICT && isKnown && filtered.types().isEmpty()) {
            throw new PathException(names(focus.types()) + " is no " + name);
        }
        return filtered;
    }

    private Compiled indexer(Expression source, Expression index, Compiled focus) {
        if (dialect == PathDialect.STRICT) {
            CollectionOrder.check("an index", source);
        }
        Compiled from = compile(source, focus);
        Evaluation nodes = from.evaluation();
        Evaluation at = compile(index, focus).evaluation();
        return from.with(
                (input, scope) -> {
                    List<PathNode> list = nodes.on(input, scope);
                    if (list.isEmpty()) {
                        return list;
                    }
                    Integer i = PathFunctions.integer(at.on(input, scope), "an index");
                    return i == null || i < 0 || i >= list.size()
                            ? List.of()
                            : List.of(list.get(i));
                });
    }

    private Compiled negation(Expression operand, Compiled focus) {
        Compiled from = compile(operand, focus);
        Evaluation nodes = from.evaluation();
        return from.with(
                (input, scope) -> {
                    List<PathNode> list = nodes.on(input, scope);
                    if (list.isEmpty()) {
                        return list;
                    }
                    Amount amount = list.size() > 1 ? null : Amount.of(list.getFirst());
                    if (amount != null) {
                        return List.of(amount.with(amount.value().negate()).node());
                    }
                    if (list.size() > 1 || !PathOperators.isNumber(list.getFirst())) {
                        throw new PathException("'-' needs a single number");
                    }
                    return List.of(
                            PathOperators.number(
                                    list.getFirst().type().category(),
                                    PathValues.number(list.getFirst()).negate()));
                });
    }
}
