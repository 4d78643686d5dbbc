package dev.andiron.fhir.definition;

import java.util.Locale;

/** How the values of a search parameter are compared. */
public enum SearchParameterType {
    NUMBER,
    DATE,
    STRING,
    TOKEN,
    REFERENCE,
    COMPOSITE,
    QUANTITY,
    URI,
    SPECIAL;

    /** The code in FHIR's code system {@code search-param-type}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type of a code. */
    public static SearchParameterType of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
