package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.path.PathType.Category;

import java.math.BigDecimal;
import java.util.Map;

/**
 * The value and the unit of a quantity.
 *
 * @param unit a code of UCUM, or a word of the calendar such as {@code years}; of another system,
 *     its URL and code
 */
record Amount(BigDecimal value, String unit) {
    private static final String UCUM = "http://unitsofmeasure.org";

    /** The words of the calendar, with the codes of UCUM that mean nearly the same. */
    private static final Map<String, String> CALENDAR =
            Map.ofEntries(
                    Map.entry("year", "a"),
                    Map.entry("years", "a"),
                    Map.entry("month", "mo"),
                    Map.entry("months", "mo"),
                    Map.entry("week", "wk"),
                    Map.entry("weeks", "wk"),
                    Map.entry("day", "d"),
                    Map.entry("days", "d"),
                    Map.entry("hour", "h"),
                    Map.entry("hours", "h"),
                    Map.entry("minute", "min"),
                    Map.entry("minutes", "min"),
                    Map.entry("second", "s"),
                    Map.entry("seconds", "s"),
                    Map.entry("millisecond", "ms"),
                    Map.entry("milliseconds", "ms"));

    /** Reads a node; null when it is no quantity or has no value. */
    static Amount of(PathNode node) {
        return node.type().category() == Category.QUANTITY
                        && node.valueOrNull() instanceof JsonObject quantity
                        && quantity.get("value") instanceof JsonNumber number
                ? new Amount(PathValues.checked(number.decimal()), unit(quantity))
                : null;
    }

    private static String unit(JsonObject quantity) {
        String code = quantity.get("code") instanceof JsonString text ? text.value() : null;
        if (code == null) {
            return quantity.get("unit") instanceof JsonString text ? text.value() : "1";
        }
        String system = quantity.get("system") instanceof JsonString text ? text.value() : UCUM;
        return system.equals(UCUM) ? code : system + "|" + code;
    }

    static boolean isCalendarWord(String unit) {
        return CALENDAR.containsKey(unit);
    }

    /** The code of UCUM. */
    String code() {
        return CALENDAR.getOrDefault(unit, unit);
    }

    /** Whether it is of years or months of the calendar, which have no fixed length. */
    boolean isOfTheCalendar() {
        return isCalendarWord(unit) && (code().equals("a") || code().equals("mo"));
    }

    Amount with(BigDecimal newValue) {
        return new Amount(newValue, unit);
    }

    PathNode node() {
        JsonObject json =
                JsonObject.builder()
                        .put("value", JsonNumber.of(PathValues.checked(value).toPlainString()))
                        .put(isCalendarWord(unit) ? "unit" : "code", unit)
                        .build();
        return PathNode.computed(PathType.SYSTEM_QUANTITY, json);
    }

    /** As it is written in FHIRPath. */
    @Override
    public String toString() {
        String number = value.toPlainString();
        return isCalendarWord(unit) ? number + " " + unit : number + " '" + unit + "'";
    }
}
