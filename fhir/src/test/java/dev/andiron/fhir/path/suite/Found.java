package dev.andiron.fhir.path.suite;

import dev.andiron.fhir.path.suite.SuiteCase.Output;

import java.math.BigDecimal;
import java.util.List;

/**
 * A value that an engine gave, as the suite writes values.
 *
 * @param type such as {@code string} or {@code Quantity}
 * @param text as it stands in JSON; a quantity as {@code 1 'mg'}
 * @param isTemporal whether the suite writes it with {@code @} where it names no type
 * @param isNumber whether it compares as a number
 */
record Found(String type, String text, boolean isTemporal, boolean isNumber) {

    /** What is wrong with what was found; empty when it is what was wanted. */
    static String compare(SuiteCase test, List<Found> found) {
        if (!test.invalid().isEmpty()) {
            return "not refused, gives " + found;
        }
        if (test.isPredicate()) {
            boolean truth = !found.isEmpty() && !found.getFirst().text().equals("false");
            return test.outputs().getFirst().value().equals("" + truth) ? "" : "gives " + truth;
        }
        boolean same = found.size() == test.outputs().size();
        for (int i = 0; same && i < found.size(); i++) {
            Output wanted = test.outputs().get(i);
            same =
                    test.isOrdered()
                            ? found.get(i).matches(wanted)
                            : found.stream().anyMatch(value -> value.matches(wanted));
        }
        return same ? "" : "wanted " + test.outputs() + ", got " + found;
    }

    private boolean matches(Output wanted) {
        return (wanted.type().isEmpty() || isType(wanted.type()))
                && (wanted.value().isEmpty() || isText(wanted));
    }

    /** The suite writes dates of all kinds as dateTime. */
    private boolean isType(String wanted) {
        return wanted.equals(type) || wanted.equals("dateTime") && type.equals("date");
    }

    private boolean isText(Output wanted) {
        return switch (wanted.type()) {
            case "decimal" -> isNumber(wanted.value());
            case "date", "dateTime", "time" -> bare(wanted.value()).equals(bare(text));
            case "" ->
                    wanted.value().equals(isTemporal ? written() : text)
                            || isNumber(wanted.value());
            default -> wanted.value().equals(text);
        };
    }

    private String written() {
        return (type.equals("time") ? "@T" : "@") + bare(text);
    }

    private static String bare(String moment) {
        return moment.replaceFirst("^@?T?", "").replaceFirst("T$", "");
    }

    private boolean isNumber(String wanted) {
        return isNumber
                && wanted.matches("-?[0-9.]+")
                && new BigDecimal(text).compareTo(new BigDecimal(wanted)) == 0;
    }
}
