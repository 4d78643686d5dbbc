package dev.andiron.fhir.view;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.path.Expression;
import dev.andiron.fhir.path.Expression.LiteralKind;
import dev.andiron.fhir.path.PathException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The constants of a view, and their place in expressions. */
final class Constants {
    static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,254}");

    /** The index of the element in its iteration. */
    static final String ROW_INDEX = "rowIndex";

    private static final Set<String> RESERVED =
            Set.of(ROW_INDEX, "resource", "rootResource", "context", "ucum", "sct", "loinc");

    private static final Map<String, LiteralKind> KINDS =
            Map.ofEntries(
                    Map.entry("valueBase64Binary", LiteralKind.STRING),
                    Map.entry("valueBoolean", LiteralKind.BOOLEAN),
                    Map.entry("valueCanonical", LiteralKind.STRING),
                    Map.entry("valueCode", LiteralKind.STRING),
                    Map.entry("valueDate", LiteralKind.DATE),
                    Map.entry("valueDateTime", LiteralKind.DATE_TIME),
                    Map.entry("valueDecimal", LiteralKind.DECIMAL),
                    Map.entry("valueId", LiteralKind.STRING),
                    Map.entry("valueInstant", LiteralKind.DATE_TIME),
                    Map.entry("valueInteger", LiteralKind.INTEGER),
                    Map.entry("valueInteger64", LiteralKind.INTEGER),
                    Map.entry("valueMarkdown", LiteralKind.STRING),
                    Map.entry("valueOid", LiteralKind.STRING),
                    Map.entry("valuePositiveInt", LiteralKind.INTEGER),
                    Map.entry("valueString", LiteralKind.STRING),
                    Map.entry("valueTime", LiteralKind.TIME),
                    Map.entry("valueUnsignedInt", LiteralKind.INTEGER),
                    Map.entry("valueUri", LiteralKind.STRING),
                    Map.entry("valueUrl", LiteralKind.STRING),
                    Map.entry("valueUuid", LiteralKind.STRING));

    private final Map<String, Expression> values = new HashMap<>();

    /** Names whose definition was refused already; using them is no second problem. */
    private final Set<String> refused = new java.util.HashSet<>();

    private Constants() {}

    /** Reads the constants of a view. */
    static Constants read(Element view) {
        var constants = new Constants();
        for (Element constant : view.elements("constant")) {
            constants.add(constant);
        }
        return constants;
    }

    private void add(Element constant) {
        var known = new java.util.HashSet<>(KINDS.keySet());
        known.add("name");
        constant.knowsOnly(known);
        String name = constant.requiredText("name").orElse("");
        if (!name.isEmpty()) {
            if (!NAME.matcher(name).matches()) {
                constant.complain("name", nameRule("constant", name));
            } else if (RESERVED.contains(name)) {
                constant.complain("name", "%" + name + " has a meaning already");
            } else if (values.containsKey(name) || refused.contains(name)) {
                constant.complain("name", "there is a constant '" + name + "' already");
                return;
            }
        }
        Expression value = value(constant);
        if (value == null) {
            refused.add(name);
        } else {
            values.put(name, value);
        }
    }

    static String nameRule(String what, String name) {
        return "the name of a "
                + what
                + " is letters, digits and underscores, a letter first; got '"
                + name
                + "'";
    }

    private static Expression value(Element constant) {
        List<String> members =
                constant.object().names().stream().filter(KINDS::containsKey).toList();
        if (members.isEmpty()) {
            constant.complain("value", "a constant has a value of a primitive type");
            return null;
        }
        if (members.size() > 1) {
            constant.complain(members.get(1), "a constant has one value");
            return null;
        }
        String member = members.getFirst();
        LiteralKind kind = KINDS.get(member);
        String text = text(constant.object().get(member), kind);
        if (text == null) {
            constant.complain(member, "this is no value of its type");
            return null;
        }
        return new Expression.Literal(kind, text);
    }

    private static String text(JsonValue value, LiteralKind kind) {
        return switch (kind) {
            case BOOLEAN ->
                    value instanceof JsonBoolean truth ? Boolean.toString(truth.value()) : null;
            case INTEGER -> {
                String digits =
                        switch (value) {
                            case JsonNumber number -> number.text();
                            case JsonString text -> text.value();
                            default -> "";
                        };
                yield digits.matches("-?[0-9]{1,19}") ? digits : null;
            }
            case DECIMAL -> value instanceof JsonNumber number ? number.text() : null;
            case STRING -> value instanceof JsonString text ? text.value() : null;
            case DATE -> moment(value, "[0-9]{4}(-[0-9]{2}){0,2}");
            case DATE_TIME -> moment(value, "[0-9]{4}(-[0-9]{2}){0,2}(T[0-9:.]+(Z|[+-][0-9:]+)?)?");
            case TIME -> moment(value, "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?");
        };
    }

    private static String moment(JsonValue value, String pattern) {
        return value instanceof JsonString text && text.value().matches(pattern)
                ? text.value()
                : null;
    }

    /**
     * An expression with the constants in place of their names.
     *
     * @throws PathException if it names one that there is not
     */
    Expression applyTo(Expression expression) {
        return switch (expression) {
            case Expression.Variable(String name) -> variable(name);
            case Expression.Member(Expression source, String name) ->
                    new Expression.Member(applyTo(source), name);
            case Expression.Indexer(Expression source, Expression index) ->
                    new Expression.Indexer(applyTo(source), applyTo(index));
            case Expression.Call(Expression source, String function, List<Expression> arguments) ->
                    new Expression.Call(
                            applyTo(source),
                            function,
                            arguments.stream().map(this::applyTo).toList());
            case Expression.Is(Expression operand, String type) ->
                    new Expression.Is(applyTo(operand), type);
            case Expression.As(Expression operand, String type) ->
                    new Expression.As(applyTo(operand), type);
            case Expression.OfType(Expression operand, String type) ->
                    new Expression.OfType(applyTo(operand), type);
            case Expression.Negation(Expression operand) ->
                    new Expression.Negation(applyTo(operand));
            case Expression.Binary(
                            Expression.Operator operator,
                            Expression left,
                            Expression right) ->
                    new Expression.Binary(operator, applyTo(left), applyTo(right));
            case Expression.This self -> self;
            case Expression.Index index -> index;
            case Expression.Total total -> total;
            case Expression.Literal literal -> literal;
            case Expression.QuantityLiteral literal -> literal;
            case Expression.Empty empty -> empty;
        };
    }

    private Expression variable(String name) {
        Expression value = values.get(name);
        if (value != null) {
            return value;
        }
        if (refused.contains(name)) {
            return new Expression.Empty();
        }
        if (RESERVED.contains(name)) {
            return new Expression.Variable(name);
        }
        throw new PathException(
                "there is no constant %"
                        + name
                        + (values.isEmpty()
                                ? "; the view has none"
                                : "; the view has "
                                        + values.keySet().stream()
                                                .sorted()
                                                .map(each -> "%" + each)
                                                .toList()));
    }
}
