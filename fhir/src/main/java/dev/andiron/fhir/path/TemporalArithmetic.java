package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.path.PathType.Category;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;

/** A date or time and a quantity of time; the result is as precise as the date or time was. */
final class TemporalArithmetic {
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);
    private static final BigDecimal DAY = BigDecimal.valueOf(86_400);
    private static final int MAX_YEAR = 9_999;

    /** What a text is precise to, by its length without zone. */
    private enum Precision {
        YEAR,
        MONTH,
        DAY,
        HOUR,
        MINUTE,
        SECOND
    }

    private TemporalArithmetic() {}

    static boolean isTemporal(PathNode node) {
        Category category = node.type().category();
        return category == Category.DATE
                || category == Category.DATE_TIME
                || category == Category.TIME;
    }

    /** Adds; nothing when the result is no year of four digits. */
    static List<PathNode> add(PathNode node, Amount amount, boolean negate) {
        String text = node.textOrNull();
        if (text == null) {
            return List.of();
        }
        Amount signed = negate ? amount.with(amount.value().negate()) : amount;
        try {
            String sum =
                    node.type().category() == Category.TIME
                            ? time(text, signed)
                            : moment(text, signed);
            if (sum == null) {
                return List.of();
            }
            PathType type =
                    switch (node.type().category()) {
                        case TIME -> PathType.SYSTEM_TIME;
                        case DATE -> PathType.SYSTEM_DATE;
                        default -> PathType.SYSTEM_DATE_TIME;
                    };
            return List.of(PathNode.computed(type, JsonString.of(sum)));
        } catch (DateTimeException | ArithmeticException outOfRange) {
            return List.of();
        }
    }

    /** Seconds of a unit with a fixed length; null for years and months. */
    private static BigDecimal seconds(Amount amount) {
        if (!Amount.isCalendarWord(amount.unit())
                && (amount.unit().equals("a") || amount.unit().equals("mo"))) {
            throw new PathException(
                    "'" + amount.unit() + "' has no length in the calendar: write year or month");
        }
        return switch (amount.code()) {
            case "a", "mo" -> null;
            case "wk" -> whole(amount.value()).multiply(DAY).multiply(BigDecimal.valueOf(7));
            case "d" -> whole(amount.value()).multiply(DAY);
            case "h" -> whole(amount.value()).multiply(BigDecimal.valueOf(3_600));
            case "min" -> whole(amount.value()).multiply(BigDecimal.valueOf(60));
            case "s" -> amount.value();
            case "ms" -> amount.value().movePointLeft(3);
            default -> throw new PathException("'" + amount.unit() + "' is no unit of time");
        };
    }

    /** Only seconds have fractions. */
    private static BigDecimal whole(BigDecimal value) {
        return value.setScale(0, RoundingMode.DOWN);
    }

    private static String time(String text, Amount amount) {
        BigDecimal seconds = seconds(amount);
        TimeOfDay start = TimeOfDay.parse(text);
        if (seconds == null) {
            throw new PathException("a time of day has no " + amount.unit());
        }
        if (start == null) {
            return null;
        }
        Precision precision = Precision.values()[Math.min(3 + (text.length() - 2) / 3, 5)];
        long nanos = nanos(seconds, precision).remainder(DAY.multiply(NANOS)).longValueExact();
        LocalTime sum = LocalTime.ofNanoOfDay(start.low()).plusNanos(nanos);
        return clock(sum, precision, Math.max(text.length() - 9, 0));
    }

    /** Whole hours or minutes when nothing finer is known. */
    private static BigDecimal nanos(BigDecimal seconds, Precision precision) {
        BigDecimal unit =
                switch (precision) {
                    case HOUR -> BigDecimal.valueOf(3_600);
                    case MINUTE -> BigDecimal.valueOf(60);
                    default -> BigDecimal.ONE.movePointLeft(9);
                };
        return seconds.divideToIntegralValue(unit).multiply(unit).multiply(NANOS);
    }

    private static String moment(String text, Amount amount) {
        int zoneAt = zoneAt(text);
        String local = text.substring(0, zoneAt);
        Precision precision = precision(local);
        LocalDateTime start = start(local);
        BigDecimal seconds = seconds(amount);
        LocalDateTime sum =
                seconds == null
                        ? plusMonths(start, amount, precision)
                        : plusSeconds(start, seconds, precision);
        if (sum.getYear() < 1 || sum.getYear() > MAX_YEAR) {
            return null;
        }
        return written(sum, precision, Math.max(local.length() - 20, 0)) + text.substring(zoneAt);
    }

    private static int zoneAt(String text) {
        for (int i = 10; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 'Z' || c == '+' || c == '-') {
                return i;
            }
        }
        return text.length();
    }

    private static Precision precision(String local) {
        return switch (local.length()) {
            case 4 -> Precision.YEAR;
            case 7 -> Precision.MONTH;
            case 10 -> Precision.DAY;
            case 13 -> Precision.HOUR;
            case 16 -> Precision.MINUTE;
            default -> Precision.SECOND;
        };
    }

    private static LocalDateTime start(String local) {
        String template = "0001-01-01T00:00:00";
        return LocalDateTime.parse(
                local.length() < template.length()
                        ? local + template.substring(local.length())
                        : local);
    }

    private static LocalDateTime plusMonths(
            LocalDateTime start, Amount amount, Precision precision) {
        BigDecimal count = whole(amount.value());
        if (amount.code().equals("a")) {
            return start.plusYears(count.longValueExact());
        }
        return precision == Precision.YEAR
                ? start.plusYears(count.longValueExact() / 12)
                : start.plusMonths(count.longValueExact());
    }

    private static LocalDateTime plusSeconds(
            LocalDateTime start, BigDecimal seconds, Precision precision) {
        long days = seconds.divideToIntegralValue(DAY).longValueExact();
        return switch (precision) {
            case YEAR -> start.plusYears(days / 365);
            case MONTH -> start.plusMonths(days / 30);
            case DAY -> start.plusDays(days);
            case HOUR, MINUTE, SECOND -> {
                BigDecimal nanos = nanos(seconds, precision);
                BigDecimal whole = nanos.divideToIntegralValue(NANOS);
                yield start.plusSeconds(whole.longValueExact())
                        .plusNanos(nanos.subtract(whole.multiply(NANOS)).longValueExact());
            }
        };
    }

    private static String written(LocalDateTime moment, Precision precision, int digits) {
        String day =
                String.format(
                        "%04d-%02d-%02d",
                        moment.getYear(), moment.getMonthValue(), moment.getDayOfMonth());
        return switch (precision) {
            case YEAR -> day.substring(0, 4);
            case MONTH -> day.substring(0, 7);
            case DAY -> day;
            case HOUR, MINUTE, SECOND -> day + "T" + clock(moment.toLocalTime(), precision, digits);
        };
    }

    /**
     * With as many digits of a fraction as there were, or milliseconds where there are new ones.
     */
    private static String clock(LocalTime time, Precision precision, int digits) {
        String text =
                String.format("%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
        if (precision == Precision.HOUR) {
            return text.substring(0, 2);
        }
        if (precision == Precision.MINUTE) {
            return text.substring(0, 5);
        }
        int wanted = digits;
        if (time.getNano() % 1_000_000 != 0) {
            wanted = 9;
        } else if (time.getNano() != 0) {
            wanted = Math.max(digits, 3);
        }
        return wanted == 0
                ? text
                : text + "." + String.format("%09d", time.getNano()).substring(0, wanted);
    }
}
