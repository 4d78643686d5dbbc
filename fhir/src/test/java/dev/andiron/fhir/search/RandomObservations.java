package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameterType;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Observations with values of all kinds, and queries that find some of them. */
final class RandomObservations {
    private static final List<String> SYSTEMS = List.of("http://s", "http://t");
    private static final List<String> UNITS = List.of("kg", "g", "mm[Hg]", "{score}");
    private static final List<String> PREFIXES =
            List.of("", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap");
    private static final List<String> COMPARATORS = List.of("<", "<=", ">", ">=");

    private final Random random;

    RandomObservations(Random random) {
        this.random = random;
    }

    /** The next one, as JSON. */
    String next() {
        String components =
                list(random.nextInt(3), () -> "{" + String.join(",", codeAndValue()) + "}");
        var members = new ArrayList<>(List.of("\"resourceType\":\"Observation\""));
        members.addAll(codeAndValue());
        if (!components.equals("[]")) {
            members.add("\"component\":" + components);
        }
        return "{" + String.join(",", members) + "}";
    }

    private interface Part {
        String text();
    }

    private static String list(int size, Part part) {
        return IntStream.range(0, size)
                .mapToObj(_ -> part.text())
                .collect(Collectors.joining(",", "[", "]"));
    }

    private String one(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private List<String> codeAndValue() {
        var members = new ArrayList<String>();
        if (random.nextInt(8) > 0) {
            members.add("\"code\":" + concept());
        }
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> members.add("\"valueQuantity\":" + quantity());
            case 3 -> members.add("\"valueCodeableConcept\":" + concept());
            case 4 ->
                    members.add(
                            "\"valueSampledData\":{\"origin\":%s,\"lowerLimit\":%s,\"upperLimit\":%s}"
                                    .formatted(quantity(), number(), number()));
            case 5 -> members.add("\"valueDateTime\":\"" + date() + "\"");
            case 6 -> members.add("\"valuePeriod\":{\"start\":\"" + date() + "\"}");
            default -> {
                // it has no value
            }
        }
        if (random.nextInt(6) == 0) {
            members.add("\"dataAbsentReason\":" + concept());
        }
        return members;
    }

    private String concept() {
        return "{\"coding\":" + list(random.nextInt(3), this::coding) + ",\"text\":\"of it\"}";
    }

    private String coding() {
        String system = random.nextInt(4) > 0 ? "\"system\":\"" + one(SYSTEMS) + "\"," : "";
        return "{" + system + "\"code\":\"" + code() + "\"}";
    }

    private String code() {
        return "c" + random.nextInt(4);
    }

    private String number() {
        return random.nextBoolean()
                ? Integer.toString(random.nextInt(-2, 8))
                : random.nextInt(8) + "." + random.nextInt(10);
    }

    private String date() {
        return "20"
                + random.nextInt(10, 16)
                + (random.nextBoolean() ? "-0" + random.nextInt(1, 10) : "");
    }

    private String quantity() {
        var members = new ArrayList<String>();
        if (random.nextInt(8) > 0) {
            members.add("\"value\":" + number());
        }
        if (random.nextInt(5) == 0) {
            members.add("\"comparator\":\"" + one(COMPARATORS) + "\"");
        }
        String unit = one(UNITS);
        switch (random.nextInt(4)) {
            case 0, 1 ->
                    members.add(
                            "\"system\":\"http://unitsofmeasure.org\",\"code\":\"%s\",\"unit\":\"a %s\""
                                    .formatted(unit, unit));
            case 2 -> members.add("\"unit\":\"" + unit + "\"");
            default -> {
                // it has no unit
            }
        }
        return "{" + String.join(",", members) + "}";
    }

    /** One or two values to ask a parameter for. */
    String query(SearchParameter parameter) {
        String value = value(parameter);
        return random.nextInt(4) == 0 ? value + "," + value(parameter) : value;
    }

    private String value(SearchParameter parameter) {
        return parameter.type() == SearchParameterType.COMPOSITE
                ? parameter.components().stream()
                        .map(part -> value(part.type()))
                        .collect(Collectors.joining("$"))
                : value(parameter.type());
    }

    private String value(SearchParameterType type) {
        return switch (type) {
            case TOKEN ->
                    switch (random.nextInt(4)) {
                        case 0 -> one(SYSTEMS) + "|" + code();
                        case 1 -> "|" + code();
                        case 2 -> one(SYSTEMS) + "|";
                        default -> code();
                    };
            case QUANTITY -> {
                String number = one(PREFIXES) + number();
                yield switch (random.nextInt(4)) {
                    case 0 -> number + "|http://unitsofmeasure.org|" + one(UNITS);
                    case 1 -> number + "||" + one(UNITS);
                    default -> number;
                };
            }
            case DATE -> one(PREFIXES) + date();
            default -> throw new IllegalArgumentException("no values of type " + type);
        };
    }
}
