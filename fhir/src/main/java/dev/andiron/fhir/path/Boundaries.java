package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.YearMonth;
import java.util.List;

/**
 * {@code lowBoundary()} and {@code highBoundary()}: the least and the greatest value that one
 * written with limited precision may stand for.
 */
final class Boundaries {
    private static final int DECIMAL_PRECISION = 8;
    private static final int MAX_DECIMAL_PRECISION = 28;
    private static final int DATE_PRECISION = 8;
    private static final int DATE_TIME_PRECISION = 17;
    private static final int TIME_PRECISION = 9;

    /** Where the text of a dateTime ends that has so many digits. */
    private static final int[] TEXT_LENGTHS = lengths();

    private static final String LATEST_ZONE = "-12:00";
    private static final String EARLIEST_ZONE = "+14:00";

    private Boundaries() {}

    private static int[] lengths() {
        var lengths = new int[DATE_TIME_PRECISION + 1];
        lengths[4] = 4;
        lengths[6] = 7;
        lengths[8] = 10;
        lengths[10] = 13;
        lengths[12] = 16;
        lengths[14] = 19;
        lengths[17] = 23;
        return lengths;
    }

    static Compiled compile(CallSite site, boolean high) {
        Evaluation nodes = site.takes(0, 1).input();
        Evaluation digits = site.optional(0);
        String where = site.shown();
        return Compiled.open(
                (input, scope) -> {
                    PathNode node = CallSite.one(nodes.on(input, scope), where);
                    if (node == null || node.valueOrNull() == null) {
                        return List.of();
                    }
                    Integer precision = PathFunctions.integer(digits.on(input, scope), where);
                    PathNode bound = bound(node, precision, high, where);
                    return bound == null ? List.of() : List.of(bound);
                });
    }

    private static PathNode bound(PathNode node, Integer precision, boolean high, String where) {
        return switch (node.type().category()) {
            case INTEGER, DECIMAL -> {
                BigDecimal bound = decimal(PathValues.number(node), precision, high);
                yield bound == null
                        ? null
                        : PathNode.computed(
                                PathType.SYSTEM_DECIMAL, JsonNumber.of(bound.toPlainString()));
            }
            case QUANTITY -> quantity(node, precision, high);
            case DATE ->
                    moment(
                            node.textOrNull(),
                            precision == null ? DATE_PRECISION : precision,
                            DATE_PRECISION,
                            high);
            case DATE_TIME ->
                    moment(
                            node.textOrNull(),
                            precision == null ? DATE_TIME_PRECISION : precision,
                            DATE_TIME_PRECISION,
                            high);
            case TIME ->
                    time(node.textOrNull(), precision == null ? TIME_PRECISION : precision, high);
            case BOOLEAN, STRING, COMPLEX ->
                    throw new PathException(where + " is not defined for " + node.type());
        };
    }

    /** Null when the precision is out of bounds. */
    static BigDecimal decimal(BigDecimal value, Integer precision, boolean high) {
        int digits = precision == null ? DECIMAL_PRECISION : precision;
        if (digits < 0 || digits > MAX_DECIMAL_PRECISION) {
            return null;
        }
        BigDecimal half = BigDecimal.valueOf(5, Math.max(value.scale(), 0) + 1);
        BigDecimal bound = high ? value.add(half) : value.subtract(half);
        // With fewer digits than the value has: outwards it is rounded, inwards cut.
        boolean outwards = high ? bound.signum() > 0 : bound.signum() < 0;
        return bound.setScale(digits, outwards ? RoundingMode.HALF_UP : RoundingMode.DOWN);
    }

    private static PathNode quantity(PathNode node, Integer precision, boolean high) {
        if (!(node.valueOrNull() instanceof JsonObject quantity)
                || !(quantity.get("value") instanceof JsonNumber number)) {
            return null;
        }
        BigDecimal bound = decimal(number.decimal(), precision, high);
        return bound == null
                ? null
                : PathNode.computed(
                        node.type(), quantity.with("value", JsonNumber.of(bound.toPlainString())));
    }

    /** Null when there is no such precision, or the text is no moment. */
    private static PathNode moment(String text, int precision, int most, boolean high) {
        if (precision < 0
                || precision > most
                || TEXT_LENGTHS[precision] == 0
                || DateInterval.parseOrNull(whole(text)) == null) {
            return null;
        }
        int zoneAt = zoneAt(text);
        String zone = text.substring(zoneAt);
        String local = filled(text.substring(0, zoneAt), high);
        String cut = local.substring(0, TEXT_LENGTHS[precision]);
        if (precision <= DATE_PRECISION) {
            return PathNode.computed(PathType.SYSTEM_DATE, JsonString.of(cut));
        }
        String zoned = cut + (zone.isEmpty() ? high ? LATEST_ZONE : EARLIEST_ZONE : zone);
        return PathNode.computed(PathType.SYSTEM_DATE_TIME, JsonString.of(zoned));
    }

    /** A literal may end behind the hour, which then means its first minute. */
    private static String whole(String text) {
        return text.length() == TEXT_LENGTHS[10] ? text + ":00" : text;
    }

    /** Where the time zone starts, or the text ends. */
    private static int zoneAt(String text) {
        for (int i = TEXT_LENGTHS[DATE_PRECISION]; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 'Z' || c == '+' || c == '-') {
                return i;
            }
        }
        return text.length();
    }

    /** To milliseconds, with the first or the last value of everything that is not written. */
    private static String filled(String text, boolean high) {
        String local = text;
        if (local.length() == TEXT_LENGTHS[4]) {
            local += high ? "-12" : "-01";
        }
        if (local.length() == TEXT_LENGTHS[6]) {
            int days = YearMonth.parse(local).lengthOfMonth();
            local += high ? "-" + days : "-01";
        }
        if (local.length() == TEXT_LENGTHS[8]) {
            local += high ? "T23:59" : "T00:00";
        }
        int time = TEXT_LENGTHS[8] + 1;
        return local.substring(0, time) + filledTime(local.substring(time), high);
    }

    /** As {@link #filled}, of a time of day. */
    private static String filledTime(String text, boolean high) {
        String time = text;
        if (time.length() == 2) {
            time += ":00";
        }
        if (time.length() == 5) {
            time += high ? ":59" : ":00";
        }
        if (time.length() == 8) {
            time += ".";
        }
        while (time.length() < 12) {
            time += high ? "9" : "0";
        }
        return time.substring(0, 12);
    }

    private static PathNode time(String text, int precision, boolean high) {
        int length =
                switch (precision) {
                    case 2 -> 2;
                    case 4 -> 5;
                    case 6 -> 8;
                    case TIME_PRECISION -> 12;
                    default -> 0;
                };
        if (length == 0) {
            return null;
        }
        return PathNode.computed(
                PathType.SYSTEM_TIME, JsonString.of(filledTime(text, high).substring(0, length)));
    }
}
