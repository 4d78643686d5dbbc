package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.path.PathType.Category;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

/** How values compare. */
final class PathValues {
    private static final int FEW = 12;
    private static final int MAX_DIGITS = 2_000;
    private static final long MAX_COMPARISONS = 10_000_000;

    /** How far local times are from UTC. */
    private static final Duration EARLIEST = Duration.ofHours(14);

    private static final Duration LATEST = Duration.ofHours(12);

    private PathValues() {}

    /** The one truth value of a collection; null when it is empty. */
    static Boolean truth(List<PathNode> nodes, String where) {
        if (nodes.isEmpty()) {
            return null;
        }
        if (nodes.size() > 1) {
            throw new PathException(where + " needs a single value, got " + nodes.size());
        }
        PathNode node = nodes.getFirst();
        // A single value that is no boolean counts as true.
        return node.type().category() != Category.BOOLEAN || "true".equals(node.textOrNull());
    }

    static boolean isTrue(List<PathNode> nodes, String where) {
        return Boolean.TRUE.equals(truth(nodes, where));
    }

    /** Equality of collections; null when it is unknown. */
    static Boolean equal(List<PathNode> left, List<PathNode> right) {
        if (left.isEmpty() || right.isEmpty()) {
            return null;
        }
        if (left.size() != right.size()) {
            return false;
        }
        Boolean all = true;
        for (int i = 0; i < left.size(); i++) {
            Boolean one = equal(left.get(i), right.get(i));
            if (Boolean.FALSE.equals(one)) {
                return false;
            }
            all = one == null ? null : all;
        }
        return all;
    }

    /** Equality of two values; null when their precision leaves it open. */
    static Boolean equal(PathNode left, PathNode right) {
        if (left == right) {
            return true;
        }
        Category one = left.type().category();
        Category other = right.type().category();
        if (isMoment(one) && isMoment(other)) {
            Integer order = compareMoments(left, right);
            return order == null ? null : order == 0;
        }
        if (isNumber(one) && isNumber(other)) {
            return compareNumbers(left, right) == 0;
        }
        if (one == Category.TIME && other == Category.TIME) {
            Integer order = compareTimes(left, right);
            return order == null ? null : order == 0;
        }
        if (one == Category.QUANTITY && other == Category.QUANTITY && isLiteral(left, right)) {
            Integer order = compareQuantities(left, right);
            return order == null ? null : order == 0;
        }
        if (one != other) {
            return false;
        }
        if (left.valueOrNull() == null || right.valueOrNull() == null) {
            return left.valueOrNull() == null && right.valueOrNull() == null
                    ? left.extensions().equals(right.extensions())
                    : null;
        }
        return sameJson(left.valueOrNull(), right.valueOrNull());
    }

    private static boolean isLiteral(PathNode left, PathNode right) {
        return left.isComputed() || right.isComputed();
    }

    /** Equality for sets: what is unknown counts as different. */
    static boolean same(PathNode left, PathNode right) {
        return Boolean.TRUE.equals(equal(left, right));
    }

    private static boolean sameJson(JsonValue left, JsonValue right) {
        if (left instanceof JsonNumber one && right instanceof JsonNumber other) {
            return one.decimal().compareTo(other.decimal()) == 0;
        }
        if (left instanceof JsonObject one && right instanceof JsonObject other) {
            if (one.size() != other.size()) {
                return false;
            }
            for (int i = 0; i < one.size(); i++) {
                JsonValue there = other.get(one.name(i));
                if (there == null || !sameJson(one.value(i), there)) {
                    return false;
                }
            }
            return true;
        }
        if (left instanceof JsonArray one && right instanceof JsonArray other) {
            if (one.size() != other.size()) {
                return false;
            }
            for (int i = 0; i < one.size(); i++) {
                if (!sameJson(one.get(i), other.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return left.equals(right);
    }

    /** Equivalence of collections: in any order, texts without case and white space runs. */
    static boolean equivalent(List<PathNode> left, List<PathNode> right) {
        if (left.size() != right.size()) {
            return false;
        }
        var rest = new ArrayList<>(right);
        for (PathNode node : left) {
            int at = 0;
            while (at < rest.size() && !equivalent(node, rest.get(at))) {
                at++;
            }
            if (at == rest.size()) {
                return false;
            }
            rest.remove(at);
        }
        return true;
    }

    private static boolean equivalent(PathNode left, PathNode right) {
        if (left.type().category() == Category.STRING
                && right.type().category() == Category.STRING) {
            return folded(left).equals(folded(right));
        }
        if (isNumber(left.type().category()) && isNumber(right.type().category())) {
            BigDecimal one = number(left);
            BigDecimal other = number(right);
            int scale = Math.min(Math.max(one.scale(), 0), Math.max(other.scale(), 0));
            return one.setScale(scale, java.math.RoundingMode.HALF_UP)
                            .compareTo(other.setScale(scale, java.math.RoundingMode.HALF_UP))
                    == 0;
        }
        if (left.type().category() == Category.QUANTITY
                && right.type().category() == Category.QUANTITY) {
            Amount one = Amount.of(left);
            Amount other = Amount.of(right);
            return one == null || other == null
                    ? same(left, right)
                    : Units.areEquivalent(one, other);
        }
        return same(left, right);
    }

    private static String folded(PathNode node) {
        String text = node.textOrNull();
        return text == null ? "" : text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    /** The order of two single values; null when there is none, or it is unknown. */
    static Integer compare(List<PathNode> left, List<PathNode> right, String operator) {
        if (left.isEmpty() || right.isEmpty()) {
            return null;
        }
        if (left.size() > 1 || right.size() > 1) {
            throw new PathException("'" + operator + "' compares single values");
        }
        PathNode one = left.getFirst();
        PathNode other = right.getFirst();
        Category category = one.type().category();
        Category otherCategory = other.type().category();
        if (isNumber(category) && isNumber(otherCategory)) {
            return compareNumbers(one, other);
        }
        if (isMoment(category) && isMoment(otherCategory)) {
            return compareMoments(one, other);
        }
        if (category == Category.TIME && otherCategory == Category.TIME) {
            return compareTimes(one, other);
        }
        if (category == Category.STRING && otherCategory == Category.STRING) {
            String text = one.textOrNull();
            String otherText = other.textOrNull();
            return text == null || otherText == null ? null : (Integer) text.compareTo(otherText);
        }
        if (category == Category.QUANTITY && otherCategory == Category.QUANTITY) {
            return compareQuantities(one, other);
        }
        throw new PathException(
                "'" + operator + "' cannot compare " + one.type() + " and " + other.type());
    }

    private static boolean isNumber(Category category) {
        return category == Category.INTEGER || category == Category.DECIMAL;
    }

    private static boolean isMoment(Category category) {
        return category == Category.DATE || category == Category.DATE_TIME;
    }

    static BigDecimal number(PathNode node) {
        String text = node.textOrNull();
        return text == null ? BigDecimal.ZERO : checked(new BigDecimal(text));
    }

    /** Refuses a number whose digits would fill the memory. */
    static BigDecimal checked(BigDecimal number) {
        if (number.precision() > MAX_DIGITS || Math.abs((long) number.scale()) > MAX_DIGITS) {
            throw new PathException("a number has at most " + MAX_DIGITS + " digits");
        }
        return number;
    }

    private static int compareNumbers(PathNode left, PathNode right) {
        return number(left).compareTo(number(right));
    }

    private static Integer compareMoments(PathNode left, PathNode right) {
        DateInterval one = moment(left);
        DateInterval other = moment(right);
        if (one == null || other == null) {
            return null;
        }
        boolean isZoned = isZoned(left);
        if (isZoned != isZoned(right)) {
            // Of a time without a zone it is not known when it was.
            one = isZoned ? one : anywhere(one, left);
            other = isZoned ? anywhere(other, right) : other;
        }
        if (one.equals(other)) {
            return 0;
        }
        if (one.high().compareTo(other.low()) <= 0) {
            return -1;
        }
        return other.high().compareTo(one.low()) <= 0 ? 1 : null;
    }

    private static boolean isZoned(PathNode node) {
        String text = node.textOrNull();
        int length = text.length();
        return length > 16
                && (text.charAt(length - 1) == 'Z'
                        || text.charAt(length - 6) == '+'
                        || text.charAt(length - 6) == '-');
    }

    /** A day is taken as a day of UTC. */
    private static DateInterval anywhere(DateInterval interval, PathNode node) {
        return node.textOrNull().length() <= 10
                ? interval
                : new DateInterval(interval.low().minus(EARLIEST), interval.high().plus(LATEST));
    }

    private static DateInterval moment(PathNode node) {
        String text = node.textOrNull();
        if (text == null) {
            return null;
        }
        DateInterval interval = DateInterval.parseOrNull(text);
        // Seconds with and without a fraction are of one precision.
        boolean seconds = interval != null && text.length() >= 19 && text.charAt(16) == ':';
        return seconds ? new DateInterval(interval.low(), interval.low().plusNanos(1)) : interval;
    }

    private static Integer compareTimes(PathNode left, PathNode right) {
        String text = left.textOrNull();
        String otherText = right.textOrNull();
        TimeOfDay one = text == null ? null : TimeOfDay.parse(text);
        TimeOfDay other = otherText == null ? null : TimeOfDay.parse(otherText);
        return one == null || other == null ? null : one.compare(other);
    }

    private static Integer compareQuantities(PathNode left, PathNode right) {
        Amount one = Amount.of(left);
        Amount other = Amount.of(right);
        return one == null || other == null ? null : Units.compare(one, other);
    }

    /** Without duplicates, in the order of first occurrence. */
    static List<PathNode> distinct(List<PathNode> nodes) {
        if (nodes.size() < 2) {
            return nodes;
        }
        var out = new ArrayList<PathNode>(nodes.size());
        if (nodes.size() <= FEW) {
            for (PathNode node : nodes) {
                if (!contains(out, node)) {
                    out.add(node);
                }
            }
            return out;
        }
        var byHash = new HashMap<Integer, List<PathNode>>();
        long comparisons = 0;
        for (PathNode node : nodes) {
            List<PathNode> alike = byHash.computeIfAbsent(hash(node), hash -> new ArrayList<>(1));
            comparisons += alike.size();
            checkComparisons(comparisons);
            if (!contains(alike, node)) {
                alike.add(node);
                out.add(node);
            }
        }
        return out;
    }

    /** Refuses collections that are too large to be compared each with each. */
    static void checkComparisons(long comparisons) {
        if (comparisons > MAX_COMPARISONS) {
            throw new PathException(
                    "collections are too large: more than "
                            + MAX_COMPARISONS
                            + " values would have to be compared");
        }
    }

    static boolean contains(List<PathNode> nodes, PathNode wanted) {
        for (PathNode node : nodes) {
            if (same(node, wanted)) {
                return true;
            }
        }
        return false;
    }

    /** Equal values have equal hashes. */
    private static int hash(PathNode node) {
        Category category = node.type().category();
        if (isMoment(category)) {
            DateInterval interval = moment(node);
            return interval == null ? 0 : interval.low().hashCode();
        }
        if (category == Category.TIME || category == Category.QUANTITY) {
            // Differently written ones may be equal.
            return 0;
        }
        return node.valueOrNull() == null ? 0 : hash(node.valueOrNull());
    }

    private static int hash(JsonValue value) {
        return switch (value) {
            case JsonNumber number -> Double.hashCode(number.decimal().doubleValue());
            case JsonObject object -> {
                int hash = 0;
                for (int i = 0; i < object.size(); i++) {
                    hash += object.name(i).hashCode() ^ hash(object.value(i));
                }
                yield hash;
            }
            case JsonArray array -> {
                int hash = 1;
                for (JsonValue each : array) {
                    hash = 31 * hash + hash(each);
                }
                yield hash;
            }
            default -> value.hashCode();
        };
    }
}
