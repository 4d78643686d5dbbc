package dev.andiron.fhir.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathException;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Expression.ArithmeticOperator;
import dev.andiron.spi.view.Expression.Bound;
import dev.andiron.spi.view.Expression.TextOperation;
import dev.andiron.spi.view.ScalarFunctions;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;

import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The meaning of FHIRPath on single values, by the very paths that are evaluated here: each
 * function is a small path over variables, compiled once.
 */
public final class PathScalarFunctions implements ScalarFunctions {
    private static final Map<Definitions, PathScalarFunctions> MADE = new ConcurrentHashMap<>();
    private static final Map<String, String> VARIABLES = Map.of("a", "", "b", "", "c", "");

    private final Definitions definitions;
    private final Path equal;
    private final Path less;
    private final Path greater;
    private final Path low;
    private final Path high;
    private final Path key;
    private final Map<TextOperation, Map<Integer, Path>> texts = new EnumMap<>(TextOperation.class);
    private final Map<ArithmeticOperator, Path> arithmetic =
            new EnumMap<>(ArithmeticOperator.class);
    private final Map<String, Path> typedKeys = new HashMap<>();

    /** The functions by the definitions of a version; made when first asked for. */
    public static PathScalarFunctions of(Definitions definitions) {
        return MADE.computeIfAbsent(definitions, PathScalarFunctions::new);
    }

    private PathScalarFunctions(Definitions definitions) {
        this.definitions = definitions;
        equal = path("%a = %b");
        less = path("%a < %b");
        greater = path("%a > %b");
        low = path("%a.lowBoundary()");
        high = path("%a.highBoundary()");
        key = path("%a.getReferenceKey()");
        for (String type : definitions.resourceTypes()) {
            typedKeys.put(type, path("%a.getReferenceKey(" + type + ")"));
        }
        for (TextOperation operation : TextOperation.values()) {
            texts.put(operation, forms(operation));
        }
        for (ArithmeticOperator operator : ArithmeticOperator.values()) {
            arithmetic.put(operator, path("%a " + symbol(operator) + " %b"));
        }
    }

    private Path path(String text) {
        return Path.compile(text, "", VARIABLES, definitions);
    }

    /** The forms of a function by how many arguments it takes. */
    private Map<Integer, Path> forms(TextOperation operation) {
        return switch (operation) {
            case UPPER -> Map.of(0, path("%a.upper()"));
            case LOWER -> Map.of(0, path("%a.lower()"));
            case TRIM -> Map.of(0, path("%a.trim()"));
            case LENGTH -> Map.of(0, path("%a.length()"));
            case SUBSTRING -> Map.of(1, path("%a.substring(%b)"), 2, path("%a.substring(%b, %c)"));
            case STARTS_WITH -> Map.of(1, path("%a.startsWith(%b)"));
            case ENDS_WITH -> Map.of(1, path("%a.endsWith(%b)"));
            case CONTAINS -> Map.of(1, path("%a.contains(%b)"));
            case INDEX_OF -> Map.of(1, path("%a.indexOf(%b)"));
            case MATCHES -> Map.of(1, path("%a.matches(%b)"));
            case REPLACE -> Map.of(2, path("%a.replace(%b, %c)"));
        };
    }

    private static String symbol(ArithmeticOperator operator) {
        return switch (operator) {
            case PLUS -> "+";
            case MINUS -> "-";
            case TIMES -> "*";
            case DIVIDE -> "/";
            case INTEGER_DIVIDE -> "div";
            case MODULO -> "mod";
        };
    }

    @Override
    public OptionalInt compareMoments(String left, String right) {
        PathNode one = text("dateTime", left);
        PathNode other = text("dateTime", right);
        if (isTrue(evaluate(equal, one, other))) {
            return OptionalInt.of(0);
        }
        if (isTrue(evaluate(less, one, other))) {
            return OptionalInt.of(-1);
        }
        return isTrue(evaluate(greater, one, other)) ? OptionalInt.of(1) : OptionalInt.empty();
    }

    private static boolean isTrue(Optional<String> truth) {
        return truth.filter("true"::equals).isPresent();
    }

    @Override
    public Optional<String> boundary(ValueType.Kind kind, String value, Bound bound) {
        PathNode node =
                switch (kind) {
                    case INTEGER -> constant("integer", new JsonNumber(value));
                    case DECIMAL -> constant("decimal", new JsonNumber(value));
                    case DATE -> text("date", value);
                    case DATE_TIME -> text("dateTime", value);
                    case TIME -> text("time", value);
                    case BOOLEAN, STRING, COMPLEX ->
                            throw new IllegalArgumentException(kind + " has no boundary");
                };
        return evaluate(bound == Bound.LOW ? low : high, node);
    }

    @Override
    public Optional<String> referenceKey(
            String reference, Optional<String> declared, Optional<String> wanted) {
        var object = JsonObject.builder().put("reference", reference);
        declared.ifPresent(type -> object.put("type", type));
        Path path = wanted.map(typedKeys::get).orElse(key);
        return evaluate(path, constant("Reference", object.build()));
    }

    @Override
    public Set<String> resourceTypes() {
        return definitions.resourceTypes();
    }

    @Override
    public Optional<Value> text(TextOperation operation, String text, List<Value> arguments) {
        PathNode[] nodes = new PathNode[arguments.size() + 1];
        nodes[0] = text("string", text);
        for (int i = 0; i < arguments.size(); i++) {
            nodes[i + 1] =
                    switch (arguments.get(i)) {
                        case Value.Text argument -> text("string", argument.value());
                        case Value.Whole number ->
                                constant("integer", JsonNumber.of(number.value()));
                        default ->
                                throw new IllegalArgumentException(
                                        "the arguments of " + operation + " are texts or integers");
                    };
        }
        Optional<String> result = evaluate(texts.get(operation).get(arguments.size()), nodes);
        return result.map(
                found ->
                        switch (operation.type().kind()) {
                            case BOOLEAN -> Value.Truth.of("true".equals(found));
                            case INTEGER -> new Value.Whole(Long.parseLong(found));
                            default -> new Value.Text(found);
                        });
    }

    @Override
    public Optional<BigDecimal> arithmetic(
            ArithmeticOperator operator, BigDecimal left, BigDecimal right, boolean integers) {
        String type = integers ? "integer" : "decimal";
        return evaluate(
                        arithmetic.get(operator),
                        constant(type, new JsonNumber(left.toPlainString())),
                        constant(type, new JsonNumber(right.toPlainString())))
                .map(BigDecimal::new);
    }

    private PathNode text(String type, String text) {
        return constant(type, JsonString.of(text));
    }

    private PathNode constant(String type, JsonValue value) {
        return Path.constant(type, value, definitions);
    }

    private static Optional<String> evaluate(Path path, PathNode... values) {
        var variables = HashMap.<String, List<PathNode>>newHashMap(values.length);
        for (int i = 0; i < values.length; i++) {
            variables.put(String.valueOf((char) ('a' + i)), List.of(values[i]));
        }
        try {
            List<PathNode> found = path.evaluate(values[0], variables);
            return found.isEmpty()
                    ? Optional.empty()
                    : Optional.ofNullable(found.getFirst().textOrNull());
        } catch (PathException failed) {
            throw new StorageException.Unprocessable(failed.getMessage());
        }
    }
}
