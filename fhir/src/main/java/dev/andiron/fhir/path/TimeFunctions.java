package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonString;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

/** The present time, and how precisely something is written. */
final class TimeFunctions {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd");
    private static final DateTimeFormatter DATE_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private TimeFunctions() {}

    static void addTo(Map<String, PathFunction> functions) {
        functions.put("now", site -> present(site, PathType.SYSTEM_DATE_TIME, DATE_TIME));
        functions.put("today", site -> present(site, PathType.SYSTEM_DATE, DATE));
        functions.put("timeOfDay", site -> present(site, PathType.SYSTEM_TIME, TIME));
        functions.put(
                "precision",
                site -> site.takes(0).single(PathType.SYSTEM_INTEGER, TimeFunctions::precision));
        functions.put("comparable", TimeFunctions::comparable);
    }

    private static Compiled present(CallSite site, PathType type, DateTimeFormatter format) {
        site.takes(0).compiler().asksForTime();
        return Compiled.of(
                (input, scope) -> {
                    ZonedDateTime now = scope.now();
                    return List.of(PathNode.computed(type, JsonString.of(format.format(now))));
                },
                type);
    }

    private static PathNode precision(PathNode node) {
        String text = node.textOrNull();
        if (text == null) {
            return null;
        }
        return switch (node.type().category()) {
            case INTEGER, DECIMAL -> PathNode.of(Math.max(PathValues.number(node).scale(), 0));
            case DATE, DATE_TIME, TIME -> PathNode.of(digits(text));
            case BOOLEAN, STRING, QUANTITY, COMPLEX ->
                    throw new PathException("precision() is not defined for " + node.type());
        };
    }

    /** Without those of the time zone. */
    private static int digits(String text) {
        int digits = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '+' || c == 'Z' || (c == '-' && i > 10)) {
                break;
            }
            digits += c >= '0' && c <= '9' ? 1 : 0;
        }
        return digits;
    }

    private static Compiled comparable(CallSite site) {
        Evaluation nodes = site.takes(1).input();
        Evaluation argument = site.argument(0).evaluation();
        return Compiled.of(
                (input, scope) -> {
                    PathNode left = CallSite.one(nodes.on(input, scope), "comparable()");
                    PathNode right = CallSite.one(argument.on(input, scope), "comparable()");
                    if (left == null || right == null) {
                        return List.of();
                    }
                    Amount one = Amount.of(left);
                    Amount other = Amount.of(right);
                    if (one == null || other == null) {
                        throw new PathException("comparable() needs two quantities");
                    }
                    return PathFunctions.bool(Units.areComparable(one, other));
                },
                PathType.SYSTEM_BOOLEAN);
    }
}
