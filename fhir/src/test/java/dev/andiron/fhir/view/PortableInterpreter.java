package dev.andiron.fhir.view;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNull;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Iteration;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.ScalarFunctions;
import dev.andiron.spi.view.Selection;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;
import dev.andiron.spi.view.View;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Evaluates the portable form of views as its documentation says, word by word and without haste:
 * what every other runner is compared with. Primitives without a value are not its business.
 */
final class PortableInterpreter {
    private final ScalarFunctions functions;
    private final JsonObject resource;

    private PortableInterpreter(JsonObject resource, ScalarFunctions functions) {
        this.resource = resource;
        this.functions = functions;
    }

    /** Where expressions are evaluated; the focus is empty in the row of an empty iteration. */
    private record Place(List<JsonValue> focus, int index) {}

    static List<Row> rows(View view, JsonObject resource, ScalarFunctions functions) {
        if (!resource.string("resourceType").orElse("").equals(view.resourceType())) {
            return List.of();
        }
        var interpreter = new PortableInterpreter(resource, functions);
        var root = new Place(List.of(resource), 0);
        for (Expression condition : view.where()) {
            if (!interpreter.isTrue(condition, root)) {
                return List.of();
            }
        }
        return interpreter.rows(view.root(), root).stream().map(Row::new).toList();
    }

    private List<List<Value>> rows(Selection selection, Place place) {
        var rows = new ArrayList<List<Value>>();
        for (Place each : places(selection.iteration(), place)) {
            List<List<Value>> product = List.of(own(selection.columns(), each));
            for (Selection nested : selection.selections()) {
                product = product(product, rows(nested, each));
            }
            if (!selection.union().isEmpty()) {
                var union = new ArrayList<List<Value>>();
                selection.union().forEach(branch -> union.addAll(rows(branch, each)));
                product = product(product, union);
            }
            rows.addAll(product);
        }
        return rows;
    }

    private static List<List<Value>> product(List<List<Value>> left, List<List<Value>> right) {
        var product = new ArrayList<List<Value>>();
        for (List<Value> one : left) {
            for (List<Value> other : right) {
                var row = new ArrayList<>(one);
                row.addAll(other);
                product.add(row);
            }
        }
        return product;
    }

    private List<Place> places(Optional<Iteration> iteration, Place place) {
        if (iteration.isEmpty()) {
            return List.of(place);
        }
        var nodes = new ArrayList<JsonValue>();
        switch (iteration.get()) {
            case Iteration.ForEach(Expression path, boolean keepsEmpty) -> {
                nodes.addAll(values(path, place));
                if (nodes.isEmpty() && keepsEmpty) {
                    return List.of(new Place(List.of(), 0));
                }
            }
            case Iteration.Repeat(List<Expression> paths) -> repeat(paths, place, nodes);
        }
        var places = new ArrayList<Place>();
        for (int i = 0; i < nodes.size(); i++) {
            places.add(new Place(List.of(nodes.get(i)), i));
        }
        return places;
    }

    private void repeat(List<Expression> paths, Place place, List<JsonValue> found) {
        for (Expression path : paths) {
            for (JsonValue node : values(path, place)) {
                found.add(node);
                repeat(paths, new Place(List.of(node), 0), found);
            }
        }
    }

    private List<Value> own(List<Column> columns, Place place) {
        var values = new ArrayList<Value>();
        for (Column column : columns) {
            List<Value> all =
                    values(column.path(), place).stream()
                            .map(value -> value(value, column.type()))
                            .toList();
            if (column.collection()) {
                values.add(new Value.Many(all));
            } else if (all.size() > 1) {
                throw new dev.andiron.spi.StorageException.Unprocessable(column.name());
            } else {
                values.add(all.isEmpty() ? Value.Absent.ABSENT : all.getFirst());
            }
        }
        return values;
    }

    private static Value value(JsonValue value, ValueType type) {
        return switch (type.kind()) {
            case BOOLEAN -> Value.Truth.of(value == JsonBoolean.TRUE);
            case INTEGER -> new Value.Whole(Long.parseLong(text(value)));
            case DECIMAL -> new Value.Decimal(new BigDecimal(text(value)));
            case STRING, DATE, DATE_TIME, TIME -> new Value.Text(text(value));
            case COMPLEX -> new Value.Structure(Json.of(JsonWriter.compact(value)));
        };
    }

    private static String text(JsonValue value) {
        return switch (value) {
            case JsonString text -> text.value();
            case JsonNumber number -> number.text();
            case JsonBoolean truth -> Boolean.toString(truth.value());
            default -> throw new IllegalStateException("no primitive: " + value);
        };
    }

    private boolean isTrue(Expression condition, Place place) {
        return single(condition, place).filter(JsonBoolean.TRUE::equals).isPresent();
    }

    private Optional<JsonValue> single(Expression expression, Place place) {
        List<JsonValue> values = values(expression, place);
        if (values.size() > 1) {
            throw new dev.andiron.spi.StorageException.Unprocessable("several values");
        }
        return values.stream().findFirst();
    }

    private static List<JsonValue> truth(boolean truth) {
        return List.of(JsonBoolean.of(truth));
    }

    private List<JsonValue> values(Expression expression, Place place) {
        return switch (expression) {
            case Expression.Focus focus -> place.focus();
            case Expression.Resource root -> List.of(resource);
            case Expression.RowIndex index -> List.of(JsonNumber.of(place.index()));
            case Expression.Literal literal -> List.of(literal(literal));
            case Expression.Nothing nothing -> List.of();
            case Expression.Member member -> member(member, place);
            case Expression.Where(Expression source, Expression criterion) ->
                    values(source, place).stream()
                            .filter(value -> isTrue(criterion, on(value, place)))
                            .toList();
            case Expression.Select(Expression source, Expression projection) ->
                    values(source, place).stream()
                            .flatMap(value -> values(projection, on(value, place)).stream())
                            .toList();
            case Expression.Slice(Expression source, int from, OptionalInt to) -> {
                List<JsonValue> all = values(source, place);
                int end = Math.min(all.size(), to.orElse(all.size()));
                yield from >= end ? List.of() : all.subList(from, end);
            }
            case Expression.Last(Expression source) -> {
                List<JsonValue> all = values(source, place);
                yield all.isEmpty() ? all : List.of(all.getLast());
            }
            case Expression.Single(Expression source) -> single(source, place).stream().toList();
            case Expression.Union(List<Expression> operands, boolean distinct) -> {
                var all = new ArrayList<JsonValue>();
                operands.forEach(operand -> all.addAll(values(operand, place)));
                yield distinct ? distinct(all) : all;
            }
            case Expression.Exists(Expression source) -> truth(!values(source, place).isEmpty());
            case Expression.All(Expression source, Expression criterion) ->
                    truth(
                            values(source, place).stream()
                                    .allMatch(value -> isTrue(criterion, on(value, place))));
            case Expression.Not(Expression operand) ->
                    single(operand, place).stream()
                            .<JsonValue>map(value -> JsonBoolean.of(value == JsonBoolean.FALSE))
                            .toList();
            case Expression.Logic logic -> logic(logic, place);
            case Expression.Comparison comparison -> compare(comparison, place);
            case Expression.Count(Expression source) ->
                    List.of(JsonNumber.of(values(source, place).size()));
            case Expression.Join(Expression source, String separator) ->
                    List.of(
                            JsonString.of(
                                    String.join(
                                            separator,
                                            values(source, place).stream()
                                                    .map(PortableInterpreter::text)
                                                    .toList())));
            case Expression.Concatenation(Expression left, Expression right, boolean lenient) -> {
                Optional<JsonValue> one = single(left, place);
                Optional<JsonValue> other = single(right, place);
                boolean gives = lenient || one.isPresent() && other.isPresent();
                yield gives
                        ? List.of(
                                JsonString.of(
                                        one.map(PortableInterpreter::text).orElse("")
                                                + other.map(PortableInterpreter::text).orElse("")))
                        : List.of();
            }
            case Expression.Arithmetic computed -> arithmetic(computed, place);
            case Expression.Boundary(Expression source, Expression.Bound bound, ValueType type) ->
                    single(source, place)
                            .flatMap(
                                    value ->
                                            functions.boundary(
                                                    source.type().kind(), text(value), bound))
                            .<JsonValue>map(
                                    text ->
                                            type.isNumber()
                                                    ? JsonNumber.of(text)
                                                    : JsonString.of(text))
                            .stream()
                            .toList();
            case Expression.ResourceKey key ->
                    resource.string("id").stream()
                            .<JsonValue>map(
                                    id ->
                                            JsonString.of(
                                                    resource.string("resourceType").orElseThrow()
                                                            + "/"
                                                            + id))
                            .toList();
            case Expression.ReferenceKey(Expression source, Optional<String> wanted) ->
                    values(source, place).stream()
                            .map(JsonObject.class::cast)
                            .flatMap(reference -> key(reference, wanted).stream())
                            .toList();
            case Expression.Membership membership -> throw new IllegalStateException("not used");
            case Expression.Negation negation -> throw new IllegalStateException("not used");
            case Expression.TextFunction function -> throw new IllegalStateException("not used");
            case Expression.Conditional conditional -> throw new IllegalStateException("not used");
        };
    }

    private Optional<JsonValue> key(JsonObject reference, Optional<String> wanted) {
        return reference
                .string("reference")
                .flatMap(text -> functions.referenceKey(text, reference.string("type"), wanted))
                .map(JsonString::of);
    }

    private static Place on(JsonValue value, Place place) {
        return new Place(List.of(value), place.index());
    }

    private static JsonValue literal(Expression.Literal literal) {
        return switch (literal.type().kind()) {
            case BOOLEAN -> JsonBoolean.of("true".equals(literal.text()));
            case INTEGER, DECIMAL -> JsonNumber.of(literal.text());
            default -> JsonString.of(literal.text());
        };
    }

    private List<JsonValue> member(Expression.Member member, Place place) {
        var found = new ArrayList<JsonValue>();
        for (JsonValue value : values(member.source(), place)) {
            for (String name : member.names()) {
                switch (((JsonObject) value).get(name)) {
                    case null -> {}
                    case JsonArray array ->
                            array.values().stream()
                                    .filter(each -> !(each instanceof JsonNull))
                                    .forEach(found::add);
                    case JsonValue each -> found.add(each);
                }
            }
        }
        return found;
    }

    private static List<JsonValue> distinct(List<JsonValue> all) {
        var distinct = new ArrayList<JsonValue>();
        for (JsonValue value : all) {
            if (!distinct.contains(value)) {
                distinct.add(value);
            }
        }
        return distinct;
    }

    private List<JsonValue> logic(Expression.Logic logic, Place place) {
        Boolean left = truth(single(logic.left(), place));
        Boolean right = truth(single(logic.right(), place));
        Boolean result =
                switch (logic.operator()) {
                    case AND ->
                            Boolean.FALSE.equals(left) || Boolean.FALSE.equals(right)
                                    ? Boolean.FALSE
                                    : left == null || right == null ? null : Boolean.TRUE;
                    case OR ->
                            Boolean.TRUE.equals(left) || Boolean.TRUE.equals(right)
                                    ? Boolean.TRUE
                                    : left == null || right == null ? null : Boolean.FALSE;
                    case XOR -> left == null || right == null ? null : (Boolean) (left ^ right);
                    case IMPLIES ->
                            Boolean.FALSE.equals(left) || Boolean.TRUE.equals(right)
                                    ? Boolean.TRUE
                                    : left == null || right == null ? null : Boolean.FALSE;
                };
        return result == null ? List.of() : truth((boolean) result);
    }

    private static Boolean truth(Optional<JsonValue> value) {
        return value.map(each -> each == JsonBoolean.TRUE).orElse(null);
    }

    private List<JsonValue> compare(Expression.Comparison comparison, Place place) {
        List<JsonValue> left = values(comparison.left(), place);
        List<JsonValue> right = values(comparison.right(), place);
        if (left.isEmpty() || right.isEmpty()) {
            return List.of();
        }
        boolean equality =
                comparison.operator() == Expression.ComparisonOperator.EQUAL
                        || comparison.operator() == Expression.ComparisonOperator.NOT_EQUAL;
        if (!equality && (left.size() > 1 || right.size() > 1)) {
            throw new dev.andiron.spi.StorageException.Unprocessable("several values");
        }
        if (left.size() != right.size()) {
            return truth(comparison.operator() == Expression.ComparisonOperator.NOT_EQUAL);
        }
        boolean unknown = false;
        for (int i = 0; i < left.size(); i++) {
            OptionalInt order = order(left.get(i), right.get(i), comparison);
            if (order.isEmpty()) {
                unknown = true;
            } else if (equality && order.getAsInt() != 0) {
                return truth(comparison.operator() == Expression.ComparisonOperator.NOT_EQUAL);
            } else if (!equality) {
                return truth(holds(comparison.operator(), order.getAsInt()));
            }
        }
        return unknown
                ? List.of()
                : truth(comparison.operator() == Expression.ComparisonOperator.EQUAL);
    }

    private static boolean holds(Expression.ComparisonOperator operator, int order) {
        return switch (operator) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    private OptionalInt order(JsonValue left, JsonValue right, Expression.Comparison comparison) {
        if (comparison.left().type().isMoment()) {
            return functions.compareMoments(text(left), text(right));
        }
        if (comparison.left().type().isNumber()) {
            return OptionalInt.of(
                    new BigDecimal(text(left)).compareTo(new BigDecimal(text(right))));
        }
        return OptionalInt.of(text(left).compareTo(text(right)));
    }

    private List<JsonValue> arithmetic(Expression.Arithmetic computed, Place place) {
        Optional<JsonValue> left = single(computed.left(), place);
        Optional<JsonValue> right = single(computed.right(), place);
        if (left.isEmpty() || right.isEmpty()) {
            return List.of();
        }
        boolean integers =
                computed.left().type().kind() == Kind.INTEGER
                        && computed.right().type().kind() == Kind.INTEGER;
        return functions
                .arithmetic(
                        computed.operator(),
                        new BigDecimal(text(left.get())),
                        new BigDecimal(text(right.get())),
                        integers)
                .<JsonValue>map(number -> JsonNumber.of(number.toPlainString()))
                .stream()
                .toList();
    }
}
