package dev.andiron.postgres;

import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Expression.ArithmeticOperator;
import dev.andiron.spi.view.Expression.Bound;
import dev.andiron.spi.view.Expression.TextOperation;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;
import dev.andiron.sql.Sql;
import dev.andiron.sql.view.JsonDialect;
import dev.andiron.sql.view.Place;
import dev.andiron.sql.view.RefusedException;

import java.util.List;
import java.util.Locale;

/**
 * JSON in PostgreSQL, in its binary form or as text. What FHIRPath says about single values are
 * functions of the schema where it can be said exactly, and refused where it cannot. For one
 * statement and one thread.
 */
final class PostgresJson implements JsonDialect {
    /** {@code String.strip()}: what Java takes for white space. */
    private static final String WHITE_SPACE =
            "E' \\t\\n"
                    + "\\x0B\\f\\r"
                    + "\\x1C\\x1D\\x1E\\x1F\\u1680\\u2000\\u2001\\u2002\\u2003\\u2004\\u2005"
                    + "\\u2006\\u2008\\u2009\\u200A\\u2028\\u2029\\u205F\\u3000'";

    private static final String BINARY = "jsonb";

    private final String json;
    private boolean readsDecimals;

    private PostgresJson(String json) {
        this.json = json;
    }

    /** Quick to look into, but members lose their order, and white space goes. */
    static PostgresJson binary() {
        return new PostgresJson(BINARY);
    }

    /** As it was stored; each look into it reads it again. */
    static PostgresJson text() {
        return new PostgresJson("json");
    }

    /** A document out of its bytes, once the statement is known that looks into it. */
    String document(String content) {
        boolean digitsMatter = readsDecimals && json.equals(BINARY);
        return digitsMatter
                ? "view_document(" + content + ")"
                : "convert_from(" + content + ", 'UTF8')::" + json;
    }

    private static Sql call(String function, Sql... arguments) {
        Sql sql = Sql.of(function + "(");
        String separator = "";
        for (Sql argument : arguments) {
            sql.add(separator).add(argument);
            separator = ", ";
        }
        return sql.add(")");
    }

    private static Sql cast(Sql value, String type) {
        return Sql.of("CAST(").add(value).add(" AS " + type + ")");
    }

    private static Sql numeric(Sql value) {
        return cast(value, "numeric");
    }

    /** Names of members need no quotes, but one may be the word null. */
    private static String path(Place place) {
        var path = new StringBuilder("'{");
        String separator = "";
        for (Object step : place.steps()) {
            path.append(separator);
            if (step instanceof Integer index) {
                path.append(index);
            } else {
                path.append('"').append(step).append('"');
            }
            separator = ",";
        }
        return path.append("}'").toString();
    }

    private static String sqlType(ValueType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "boolean";
            case INTEGER -> "bigint";
            case DECIMAL, STRING, DATE, DATE_TIME, TIME, COMPLEX -> "text";
        };
    }

    /** A text of the value as the type has it. */
    private Sql typed(Sql text, ValueType type) {
        readsDecimals |= type.kind() == Kind.DECIMAL;
        String sqlType = sqlType(type);
        return sqlType.equals("text") ? text : cast(text, sqlType);
    }

    @Override
    public Sql element(Sql element, Place place) {
        return Sql.of("(").add(element).add(" #> " + path(place) + ")");
    }

    @Override
    public Sql value(Sql element, Place place, ValueType type) {
        return typed(Sql.of("(").add(element).add(" #>> " + path(place) + ")"), type);
    }

    @Override
    public Sql present(Sql element, Place place) {
        return Sql.of("(").add(element).add(" #> " + path(place) + ") IS NOT NULL");
    }

    @Override
    public Sql arrayOf(Sql element) {
        return call(json + "_build_array", element);
    }

    @Override
    public String aggregate(String column) {
        return json + "_agg(" + column + ")";
    }

    @Override
    public Sql elements(Sql array, String alias) {
        return call(json + "_array_elements", array)
                .add(" WITH ORDINALITY " + alias + " (value, place)");
    }

    @Override
    public String elementColumn(String alias, ValueType type) {
        if (!type.isPrimitive()) {
            return alias + ".value";
        }
        String value =
                ("CASE WHEN %1$s_typeof(%2$s.value) IN ('object', 'array') THEN NULL"
                                + " ELSE %2$s.value #>> '{}' END")
                        .formatted(json, alias);
        return typed(Sql.of(value), type).statement().text();
    }

    @Override
    public String indexColumn(String alias) {
        return "(" + alias + ".place - 1)";
    }

    @Override
    public Sql rows(Sql select, List<String> columns, String alias) {
        return Sql.of("LATERAL (").add(select).add(") " + alias);
    }

    @Override
    public Sql rowColumn(String alias, List<String> columns, int index) {
        return Sql.of(alias + "." + columns.get(index));
    }

    @Override
    public Sql branchColumn(Sql value, Column column) {
        return cast(value, column.collection() ? "text" : sqlType(column.type()));
    }

    @Override
    public Sql nothing(ValueType type) {
        return cast(Sql.of("NULL"), type.isPrimitive() ? sqlType(type) : json);
    }

    @Override
    public Sql ordered(Sql text) {
        return Sql.of("(").add(text).add(") COLLATE \"C\"");
    }

    @Override
    public String only(String column) {
        return "(array_agg(%1$s) FILTER (WHERE %1$s IS NOT NULL))[1]".formatted(column);
    }

    @Override
    public Sql anyTrue(Sql condition) {
        return call("bool_or", condition);
    }

    @Override
    public Sql jsonText(Sql element) {
        return cast(element, "text");
    }

    @Override
    public String lengthPrefixed(String column) {
        return "string_agg(char_length(CAST(%1$s AS text)) || ':' || CAST(%1$s AS text), '')"
                .formatted(column);
    }

    @Override
    public Sql joined(String column, String separator) {
        return Sql.of("string_agg(" + column + ", ").bind(separator).add(")");
    }

    @Override
    public String sortable(String number) {
        return "lpad(CAST(" + number + " AS text), 10, '0')";
    }

    @Override
    public String several(String value) {
        return "view_several(" + value + ")";
    }

    @Override
    public Sql compareMoments(Sql left, Sql right) {
        return call("view_compare_moments", left, right);
    }

    @Override
    public Sql compareDecimals(Sql left, Sql right) {
        return call("sign", numeric(left).add(" - ").add(numeric(right)));
    }

    @Override
    public Sql arithmetic(ArithmeticOperator operator, Sql left, Sql right, boolean integers) {
        Sql one = numeric(left);
        Sql other = numeric(right);
        Sql computed =
                switch (operator) {
                    case PLUS -> infix(one, " + ", other);
                    case MINUS -> infix(one, " - ", other);
                    case TIMES -> infix(one, " * ", other);
                    case INTEGER_DIVIDE -> call("div", one, call("nullif", other, Sql.of("0")));
                    case MODULO -> {
                        if (!integers) {
                            throw new RefusedException("mod of decimals is not supported");
                        }
                        yield call("mod", one, call("nullif", other, Sql.of("0")));
                    }
                    case DIVIDE ->
                            throw new RefusedException("division of numbers is not supported");
                };
        return cast(
                computed,
                integers || operator == ArithmeticOperator.INTEGER_DIVIDE ? "bigint" : "text");
    }

    private static Sql infix(Sql left, String operator, Sql right) {
        return Sql.of("(").add(left).add(operator).add(right).add(")");
    }

    @Override
    public Sql boundary(Kind kind, Sql value, Bound bound) {
        Sql highest = Sql.of(bound == Bound.HIGH ? "true" : "false");
        return switch (kind) {
            case INTEGER, DECIMAL -> call("view_number_boundary", numeric(value), highest);
            case DATE -> call("view_date_boundary", value, highest);
            case DATE_TIME -> call("view_date_time_boundary", value, highest);
            case TIME -> call("view_time_boundary", value, highest);
            case BOOLEAN, STRING, COMPLEX ->
                    throw new RefusedException("there is no boundary of " + kind);
        };
    }

    @Override
    public Sql referenceKey(Sql reference, Sql declared, String wanted) {
        return call(
                "view_reference_key",
                reference,
                declared,
                new Sql().bind(wanted),
                new Sql().bind(ViewStatement.Place.RESOURCE_TYPES));
    }

    @Override
    public Sql text(TextOperation operation, Sql text, List<Sql> arguments) {
        return switch (operation) {
            case TRIM -> call("btrim", text, Sql.of(WHITE_SPACE));
            case LENGTH -> call("view_length", text);
            case SUBSTRING ->
                    call(
                            "view_substring",
                            text,
                            arguments.getFirst(),
                            arguments.size() > 1 ? arguments.get(1) : Sql.of("NULL"));
            case STARTS_WITH -> call("starts_with", text, arguments.getFirst());
            case ENDS_WITH ->
                    infix(
                            call("right", text, call("char_length", arguments.getFirst())),
                            " = ",
                            arguments.getFirst());
            case CONTAINS -> infix(call("strpos", text, arguments.getFirst()), " > ", Sql.of("0"));
            case INDEX_OF -> call("view_index_of", text, arguments.getFirst());
            case UPPER, LOWER, MATCHES, REPLACE ->
                    throw new RefusedException(
                            operation.name().toLowerCase(Locale.ROOT) + "() is not supported");
        };
    }
}
