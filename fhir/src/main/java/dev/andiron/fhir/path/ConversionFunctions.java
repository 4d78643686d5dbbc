package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.path.PathType.Category;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code toInteger()}, {@code convertsToInteger()} and their like. */
final class ConversionFunctions {
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,10}");
    private static final Pattern LONG = Pattern.compile("[+-]?\\d{1,19}");
    private static final Pattern DECIMAL = Pattern.compile("[+-]?\\d{1,100}(\\.\\d{1,100})?");
    private static final Pattern HOUR = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d");
    private static final Pattern QUANTITY =
            Pattern.compile("([+-]?\\d{1,100}(?:\\.\\d{1,100})?)\\s*(?:'([^']{1,200})'|([a-z]+))?");

    private ConversionFunctions() {}

    private interface Conversion {
        /** Null when the value is none of the kind. */
        PathNode of(PathNode node);
    }

    static void addTo(Map<String, PathFunction> functions) {
        add(functions, "Boolean", PathType.SYSTEM_BOOLEAN, fromText(ConversionFunctions::truth));
        add(functions, "Integer", PathType.SYSTEM_INTEGER, fromText(ConversionFunctions::integer));
        add(functions, "Long", PathType.SYSTEM_INTEGER, fromText(ConversionFunctions::longInteger));
        add(functions, "Decimal", PathType.SYSTEM_DECIMAL, fromText(ConversionFunctions::decimal));
        add(functions, "String", PathType.SYSTEM_STRING, ConversionFunctions::text);
        add(functions, "Date", PathType.SYSTEM_DATE, fromText(ConversionFunctions::date));
        add(
                functions,
                "DateTime",
                PathType.SYSTEM_DATE_TIME,
                fromText(ConversionFunctions::dateTime));
        add(functions, "Time", PathType.SYSTEM_TIME, fromText(ConversionFunctions::time));
        functions.put("toQuantity", ConversionFunctions::toQuantity);
        functions.put("convertsToQuantity", ConversionFunctions::convertsToQuantity);
    }

    private static void add(
            Map<String, PathFunction> functions,
            String name,
            PathType type,
            Conversion conversion) {
        functions.put("to" + name, site -> site.takes(0).single(type, conversion::of));
        functions.put(
                "convertsTo" + name,
                site ->
                        site.takes(0)
                                .single(
                                        PathType.SYSTEM_BOOLEAN,
                                        node -> PathNode.of(conversion.of(node) != null)));
    }

    private interface TextConversion {
        PathNode of(String text);
    }

    private static Conversion fromText(TextConversion conversion) {
        return node -> node.textOrNull() == null ? null : conversion.of(node.textOrNull());
    }

    private static PathNode truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "t", "yes", "y", "1", "1.0" -> PathNode.of(true);
            case "false", "f", "no", "n", "0", "0.0" -> PathNode.of(false);
            default -> null;
        };
    }

    private static PathNode integer(String text) {
        PathNode number = INTEGER.matcher(truthAsNumber(text)).matches() ? longInteger(text) : null;
        if (number == null) {
            return null;
        }
        BigDecimal value = PathValues.number(number);
        return value.compareTo(BigDecimal.valueOf(value.intValue())) == 0 ? number : null;
    }

    private static PathNode longInteger(String text) {
        String digits = truthAsNumber(text);
        if (!LONG.matcher(digits).matches()) {
            return null;
        }
        var value = new BigDecimal(digits);
        return value.compareTo(BigDecimal.valueOf(value.longValue())) == 0
                ? PathNode.of(value.longValue())
                : null;
    }

    private static String truthAsNumber(String text) {
        return text.equals("true") ? "1" : text.equals("false") ? "0" : text;
    }

    private static PathNode decimal(String text) {
        String digits = text.equals("true") ? "1.0" : text.equals("false") ? "0.0" : text;
        return DECIMAL.matcher(digits).matches()
                ? PathOperators.number(Category.DECIMAL, new BigDecimal(digits))
                : null;
    }

    private static PathNode text(PathNode node) {
        Amount amount = Amount.of(node);
        String text = amount == null ? node.textOrNull() : amount.toString();
        return text == null ? null : PathNode.of(text);
    }

    private static PathNode date(String text) {
        int time = text.indexOf('T');
        String day = time < 0 ? text : text.substring(0, time);
        return DateInterval.parseOrNull(text) == null || day.length() > 10
                ? null
                : PathNode.computed(PathType.SYSTEM_DATE, JsonString.of(day));
    }

    private static PathNode dateTime(String text) {
        String whole = HOUR.matcher(text).matches() ? text + ":00" : text;
        return DateInterval.parseOrNull(whole) == null
                ? null
                : PathNode.computed(PathType.SYSTEM_DATE_TIME, JsonString.of(text));
    }

    private static PathNode time(String text) {
        return TimeOfDay.parse(text) == null
                ? null
                : PathNode.computed(PathType.SYSTEM_TIME, JsonString.of(text));
    }

    private static Amount quantity(PathNode node) {
        Amount known = Amount.of(node);
        if (known != null || node.textOrNull() == null) {
            return known;
        }
        String text = node.textOrNull();
        if (node.type().category() == Category.BOOLEAN) {
            return new Amount(new BigDecimal(text.equals("true") ? "1.0" : "0.0"), "1");
        }
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String word = matcher.group(3);
        if (word != null && !Amount.isCalendarWord(word)) {
            return null;
        }
        String unit = word == null ? matcher.group(2) : word;
        return new Amount(new BigDecimal(matcher.group(1)), unit == null ? "1" : unit);
    }

    /** In a unit, when one is asked for and there is a way. */
    private static Amount quantity(PathNode node, String unit) {
        Amount amount = quantity(node);
        return amount == null || unit == null ? amount : Units.converted(amount, unit);
    }

    private static Compiled toQuantity(CallSite site) {
        Evaluation nodes = site.takes(0, 1).input();
        Evaluation unit = site.optional(0);
        return Compiled.of(
                (input, scope) -> {
                    PathNode node = CallSite.one(nodes.on(input, scope), "toQuantity()");
                    String wanted = PathFunctions.string(unit.on(input, scope), "toQuantity()");
                    Amount amount = node == null ? null : quantity(node, wanted);
                    return amount == null ? List.of() : List.of(amount.node());
                },
                PathType.SYSTEM_QUANTITY);
    }

    private static Compiled convertsToQuantity(CallSite site) {
        Evaluation nodes = site.takes(0, 1).input();
        Evaluation unit = site.optional(0);
        String where = site.shown();
        return Compiled.of(
                (input, scope) -> {
                    PathNode node = CallSite.one(nodes.on(input, scope), where);
                    String wanted = PathFunctions.string(unit.on(input, scope), where);
                    return PathFunctions.bool(
                            node == null ? null : (Boolean) (quantity(node, wanted) != null));
                },
                PathType.SYSTEM_BOOLEAN);
    }
}
