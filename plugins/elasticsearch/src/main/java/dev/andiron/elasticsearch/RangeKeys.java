package dev.andiron.elasticsearch;

import java.util.List;
import java.util.Optional;

/**
 * What the keywords of ranges start with, behind their parameter: the kind of the value, and for
 * quantities the unit in every form that it may be asked for.
 */
final class RangeKeys {
    private RangeKeys() {}

    static String date(String prefix) {
        return prefix + "d|";
    }

    static String number(String prefix) {
        return prefix + "n|";
    }

    /** The forms of a quantity as written. */
    static List<String> written(String prefix, String system, String code) {
        return List.of(
                written(prefix, Optional.empty(), Optional.empty()),
                written(prefix, Optional.empty(), Optional.of(code)),
                written(prefix, Optional.of(system), Optional.empty()),
                written(prefix, Optional.of(system), Optional.of(code)));
    }

    /** The forms of a quantity in canonical units. */
    static List<String> canonical(String prefix, String code) {
        return List.of(canonical(prefix, Optional.empty()), canonical(prefix, Optional.of(code)));
    }

    /**
     * The form that a test of quantities as written asks for.
     *
     * @param system empty: any
     * @param code empty: any
     */
    static String written(String prefix, Optional<String> system, Optional<String> code) {
        if (system.isEmpty()) {
            return code.map(unit -> Keys.prefix(prefix + "c|", unit)).orElse(prefix + "q|");
        }
        return code.map(unit -> Keys.prefix(Keys.prefix(prefix + "b|", system.get()), unit))
                .orElseGet(() -> Keys.prefix(prefix + "s|", system.get()));
    }

    /**
     * The form that a test of canonical quantities asks for.
     *
     * @param code empty: any
     */
    static String canonical(String prefix, Optional<String> code) {
        return code.map(unit -> Keys.prefix(prefix + "u|", unit)).orElse(prefix + "v|");
    }
}
