package dev.andiron.postgres;

import dev.andiron.sql.Facet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The search parameters of a commit, counted from 0 as they occur, so that each index row has its
 * parameter looked up once, before the parameter has a number. For one thread.
 */
final class ParameterSlots {
    private static final int FACETS = Facet.values().length;

    private final Map<String, OfType> types = new HashMap<>();
    private final List<Parameter> parameters = new ArrayList<>();

    /** A parameter in one of the forms that it is indexed in. */
    record Parameter(String type, String code, Facet facet) {}

    /** Those of one type. */
    final class OfType {
        private final String type;

        /** By code, and by facet; 1 is the first, 0 none. */
        private final Map<String, int[]> byCode = new HashMap<>();

        private OfType(String type) {
            this.type = type;
        }

        int slot(String code, Facet facet) {
            int[] ofCode = byCode.get(code);
            if (ofCode == null) {
                ofCode = new int[FACETS];
                byCode.put(code, ofCode);
            }
            int count = ofCode[facet.ordinal()];
            if (count == 0) {
                parameters.add(new Parameter(type, code, facet));
                count = parameters.size();
                ofCode[facet.ordinal()] = count;
            }
            return count - 1;
        }
    }

    OfType of(String type) {
        return types.computeIfAbsent(type, OfType::new);
    }

    /** All that have occurred, each at its place. */
    List<Parameter> parameters() {
        return parameters;
    }
}
