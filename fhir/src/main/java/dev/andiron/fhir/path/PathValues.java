package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.path.PathType.Category;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/** How values compare. */
final class PathValues {
    private static final int FEW = 12;

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
        if (category == Category.STRING && otherCategory == Category.STRING
                || category == Category.TIME && otherCategory == Category.TIME) {
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
        return text == null ? BigDecimal.ZERO : new BigDecimal(text);
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
        if (one.equals(other)) {
            return 0;
        }
        if (one.high().compareTo(other.low()) <= 0) {
            return -1;
        }
        return other.high().compareTo(one.low()) <= 0 ? 1 : null;
    }

    private static DateInterval moment(PathNode node) {
        String text = node.textOrNull();
        if (text == null) {
            return null;
        }
        DateInterval interval = DateInterval.parseOrNull(text);
        // Seconds with and without a fraction are of one precision.
        boolean seconds = interval != null && text.length() >= 19;
        return seconds ? new DateInterval(interval.low(), interval.low().plusNanos(1)) : interval;
    }

    private static Integer compareQuantities(PathNode left, PathNode right) {
        if (!(left.valueOrNull() instanceof JsonObject one)
                || !(right.valueOrNull() instanceof JsonObject other)
                || !(one.get("value") instanceof JsonNumber number)
                || !(other.get("value") instanceof JsonNumber otherNumber)
                || !unit(one).equals(unit(other))) {
            return null;
        }
        return number.decimal().compareTo(otherNumber.decimal());
    }

    private static String unit(JsonObject quantity) {
        String unit =
                quantity.get("code") instanceof JsonString code
                        ? code.value()
                        : quantity.get("unit") instanceof JsonString text ? text.value() : "1";
        return unit.endsWith("s") && unit.length() > 3
                ? unit.substring(0, unit.length() - 1)
                : unit;
    }

    /** Without duplicates, in the order of first occurrence. */
    static List<PathNode> distinct(List<PathNode> nodes) {
        if (nodes.size() < 2) {
            return nodes;
        }
        var out = new ArrayList<PathNode>(nodes.size());
        var hashes = nodes.size() > FEW ? new HashSet<Integer>() : null;
        for (PathNode node : nodes) {
            boolean perhaps = hashes == null || !hashes.add(hash(node));
            if (!perhaps || !contains(out, node)) {
                out.add(node);
            }
        }
        return out;
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
