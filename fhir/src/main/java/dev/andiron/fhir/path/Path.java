package dev.andiron.fhir.path;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.path.hapi.HapiParser;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A compiled expression. Immutable, safe for use by many threads. */
public final class Path {
    private final String text;
    private final PathModel model;
    private final Evaluation evaluation;
    private final Set<PathType> types;

    private final boolean isTimed;
    private final Set<String> firstMembers;

    private Path(
            String text,
            PathModel model,
            Compiled compiled,
            boolean isTimed,
            Set<String> firstMembers) {
        this.text = text;
        this.model = model;
        this.evaluation = compiled.evaluation();
        this.types = compiled.types();
        this.isTimed = isTimed;
        this.firstMembers = firstMembers;
    }

    /**
     * Compiles an expression.
     *
     * @param expression FHIRPath
     * @param contextType the type that it will be evaluated on, such as {@code Patient}; {@code
     *     Resource} for any resource, an empty name for any node, where an element that its type
     *     does not have gives nothing
     * @throws PathException if it is no FHIRPath, names an element that its type does not have, or
     *     uses what is not supported
     */
    public static Path compile(String expression, String contextType, Definitions definitions) {
        return compile(expression, contextType, definitions, PathDialect.STANDARD);
    }

    /** Compiles an expression of a dialect. */
    public static Path compile(
            String expression, String contextType, Definitions definitions, PathDialect dialect) {
        return compile(expression, contextType, Map.of(), definitions, dialect);
    }

    /**
     * Compiles an expression with variables.
     *
     * @param variables for each {@code %name} that {@link #evaluate} will give a value, the name of
     *     its type; an empty name leaves the type open
     */
    public static Path compile(
            String expression,
            String contextType,
            Map<String, String> variables,
            Definitions definitions) {
        return compile(expression, contextType, variables, definitions, PathDialect.STANDARD);
    }

    private static Path compile(
            String expression,
            String contextType,
            Map<String, String> variables,
            Definitions definitions,
            PathDialect dialect) {
        try {
            Expression parsed = HapiParser.parse(expression);
            return compile(parsed, expression, contextType, variables, definitions, dialect);
        } catch (PathException e) {
            throw refused(expression, e);
        }
    }

    /**
     * Compiles an expression that was parsed before.
     *
     * @param parsed the expression, perhaps with constants in place of variables
     * @param text as it was written
     */
    public static Path compile(
            Expression parsed,
            String text,
            String contextType,
            Map<String, String> variables,
            Definitions definitions,
            PathDialect dialect) {
        PathModel model = PathModel.of(definitions);
        if (!contextType.isEmpty() && definitions.type(contextType).isEmpty()) {
            throw new PathException("there is no type '" + contextType + "'");
        }
        var compiler = new PathCompiler(model, variables.keySet(), dialect);
        PathType root = model.type(contextType);
        Compiled compiled = compiler.compile(parsed, root);
        Set<String> firstMembers =
                dialect == PathDialect.CHOICE_NAMES ? null : FirstMembers.of(parsed, root, model);
        return new Path(text, model, compiled, compiler.isTimed(), firstMembers);
    }

    private static PathException refused(String expression, PathException reason) {
        return new PathException(
                "the expression '" + expression + "' is refused: " + reason.getMessage(), reason);
    }

    /** The expression as it was given. */
    public String text() {
        return text;
    }

    /**
     * Evaluates on a resource.
     *
     * @throws PathException if it fails on these values, such as {@code single()} on two
     */
    public List<PathNode> evaluate(JsonObject resource) {
        return evaluate(root(resource, model));
    }

    /** Evaluates on a node that {@link #root} or another evaluation gave. */
    public List<PathNode> evaluate(PathNode node) {
        return evaluate(node, Map.of());
    }

    /** Evaluates on a node with variables. */
    public List<PathNode> evaluate(PathNode node, Map<String, List<PathNode>> variables) {
        return evaluate(node, variables, Clock.systemDefaultZone());
    }

    /** Evaluates at a time: what {@code now()}, {@code today()} and {@code timeOfDay()} tell. */
    public List<PathNode> evaluate(
            PathNode node, Map<String, List<PathNode>> variables, Clock clock) {
        return on(List.of(node), new Scope(resourceOf(node), node, variables, 0), clock);
    }

    private List<PathNode> on(List<PathNode> nodes, Scope scope, Clock clock) {
        return evaluation.on(nodes, isTimed ? scope.in(ZonedDateTime.now(clock)) : scope);
    }

    /** Evaluates on a focus, which may be shared by many paths. */
    public List<PathNode> evaluate(PathFocus focus) {
        return isTimed
                ? on(focus.nodes(), focus.scope(), Clock.systemDefaultZone())
                : evaluation.on(focus.nodes(), focus.scope());
    }

    /**
     * The members of the context type's JSON objects of which at least one has to be there for any
     * value: on an object without them it need not be evaluated.
     *
     * @return empty when this cannot be told
     */
    public Optional<Set<String>> firstMembers() {
        return Optional.ofNullable(firstMembers);
    }

    /**
     * The names of the types that its values may have, sorted; a System type is {@code
     * System.Boolean}.
     *
     * @return empty when only the values tell
     */
    public Optional<List<String>> resultTypes() {
        return Optional.ofNullable(types)
                .map(known -> known.stream().map(PathType::toString).sorted().toList());
    }

    /**
     * A value for a variable.
     *
     * @param type a FHIR type such as {@code date} or {@code Quantity}, by which it compares
     * @param value a value of this type
     */
    public static PathNode constant(String type, JsonValue value, Definitions definitions) {
        PathType known = PathModel.of(definitions).type(type);
        if (known == PathType.UNKNOWN) {
            throw new PathException("there is no type '" + type + "'");
        }
        return PathNode.computed(known, value);
    }

    /** A resource as a node, for evaluating many paths on it. */
    public static PathNode root(JsonObject resource, Definitions definitions) {
        return root(resource, PathModel.of(definitions));
    }

    private static PathNode root(JsonObject resource, PathModel model) {
        PathType type = model.type(resource.string("resourceType").orElse(""));
        return new PathNode(type, resource, null, null, "", -1);
    }

    /** The innermost resource that a node stands in. */
    static PathNode resourceOf(PathNode node) {
        PathNode at = node;
        while (at.parentOrNull() != null
                && !(at.valueOrNull() instanceof JsonObject object && object.has("resourceType"))) {
            at = at.parentOrNull();
        }
        return at;
    }

    @Override
    public String toString() {
        return text;
    }
}
