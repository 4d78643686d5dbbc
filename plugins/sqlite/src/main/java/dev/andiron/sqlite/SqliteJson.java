package dev.andiron.sqlite;

import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Expression.ArithmeticOperator;
import dev.andiron.spi.view.Expression.Bound;
import dev.andiron.spi.view.Expression.TextOperation;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;
import dev.andiron.sql.Sql;
import dev.andiron.sql.view.JsonDialect;
import dev.andiron.sql.view.Place;

import java.util.List;

/**
 * JSON in SQLite: elements are in its binary form, which need not be parsed again at each look, and
 * what FHIRPath says about single values is asked of {@link ViewFunctions}.
 */
final class SqliteJson implements JsonDialect {

    private static String path(Place place) {
        var path = new StringBuilder("'$");
        for (Object step : place.steps()) {
            if (step instanceof Integer index) {
                path.append('[').append(index).append(']');
            } else {
                path.append('.').append(step);
            }
        }
        return path.append('\'').toString();
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

    private static Sql quoted(Enum<?> constant) {
        return Sql.of("'" + constant.name() + "'");
    }

    @Override
    public Sql element(Sql element, Place place) {
        return call("jsonb_extract", element, Sql.of(path(place)));
    }

    @Override
    public Sql value(Sql element, Place place, ValueType type) {
        if (type.kind() == Kind.DECIMAL) {
            // As JSON text it keeps its digits.
            return Sql.of("nullif(").add(element).add(" -> " + path(place) + ", 'null')");
        }
        Sql value = Sql.of("(").add(element).add(" ->> " + path(place) + ")");
        return type.name().equals("integer64")
                ? Sql.of("CAST(").add(value).add(" AS INTEGER)")
                : value;
    }

    @Override
    public Sql present(Sql element, Place place) {
        return call("json_type", element, Sql.of(path(place))).add(" IS NOT NULL");
    }

    @Override
    public Sql arrayOf(Sql element) {
        return call("jsonb_array", element);
    }

    @Override
    public String aggregate(String column) {
        return "jsonb_group_array(" + column + ")";
    }

    @Override
    public Sql elements(Sql array, String alias) {
        return call("jsonb_each", array).add(" " + alias);
    }

    @Override
    public String elementColumn(String alias, ValueType type) {
        return type.isPrimitive()
                ? "CASE WHEN %1$s.type IN ('object', 'array') THEN NULL ELSE %1$s.value END"
                        .formatted(alias)
                : alias + ".value";
    }

    @Override
    public String indexColumn(String alias) {
        return alias + ".key";
    }

    /** What joins here sees the tables before it in arguments only, so the rows become an array. */
    @Override
    public Sql rows(Sql select, List<String> columns, String alias) {
        Sql array =
                Sql.of("(SELECT " + aggregate("v") + " FROM (SELECT jsonb_array(")
                        .add(String.join(", ", columns))
                        .add(") AS v FROM (")
                        .add(select)
                        .add(")))");
        return elements(array, alias);
    }

    @Override
    public Sql rowColumn(String alias, List<String> columns, int index) {
        return Sql.of("(" + alias + ".value ->> '$[" + index + "]')");
    }

    @Override
    public Sql branchColumn(Sql value, Column column) {
        return value;
    }

    @Override
    public Sql nothing(ValueType type) {
        return Sql.of("NULL");
    }

    @Override
    public Sql ordered(Sql text) {
        return text;
    }

    @Override
    public String only(String column) {
        return "max(" + column + ")";
    }

    @Override
    public Sql anyTrue(Sql condition) {
        return call("max", condition);
    }

    @Override
    public Sql jsonText(Sql element) {
        return call("json", element);
    }

    @Override
    public String lengthPrefixed(String column) {
        return "group_concat(length(%1$s) || ':' || %1$s, '')".formatted(column);
    }

    @Override
    public Sql joined(String column, String separator) {
        return Sql.of("group_concat(" + column + ", ").bind(separator).add(")");
    }

    @Override
    public String sortable(String number) {
        return "printf('%08d', " + number + ")";
    }

    @Override
    public String several(String value) {
        return ViewFunctions.SEVERAL + "()";
    }

    @Override
    public Sql compareMoments(Sql left, Sql right) {
        return call(ViewFunctions.COMPARE_MOMENTS, left, right);
    }

    @Override
    public Sql compareDecimals(Sql left, Sql right) {
        return call(ViewFunctions.COMPARE_DECIMALS, left, right);
    }

    @Override
    public Sql arithmetic(ArithmeticOperator operator, Sql left, Sql right, boolean integers) {
        return call(
                ViewFunctions.ARITHMETIC,
                quoted(operator),
                left,
                right,
                Sql.of(integers ? "1" : "0"));
    }

    @Override
    public Sql boundary(Kind kind, Sql value, Bound bound) {
        return call(ViewFunctions.BOUNDARY, quoted(kind), value, quoted(bound));
    }

    @Override
    public Sql referenceKey(Sql reference, Sql declared, String wanted) {
        return call(ViewFunctions.REFERENCE_KEY, reference, declared, new Sql().bind(wanted));
    }

    @Override
    public Sql text(TextOperation operation, Sql text, List<Sql> arguments) {
        Sql sql = Sql.of(ViewFunctions.TEXT + "(").add(quoted(operation)).add(", ").add(text);
        arguments.forEach(argument -> sql.add(", ").add(argument));
        return sql.add(")");
    }
}
