package dev.andiron.server.export;

import dev.andiron.spi.search.SearchValue;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose compartments an export is about.
 *
 * @param patients they; empty means every patient, whether alive or not
 * @param joined those among them who joined the group since the time that the client named
 */
record PatientScope(Optional<PatientIds> patients, Set<String> joined) {
    private static final String PATIENT = "Patient";

    /** Whether a resource belongs to the compartment of one of them. */
    boolean has(String type, String id, List<SearchValue> values, Set<String> codes) {
        return refers(type, id, values, codes, patients);
    }

    /** Whether a resource belongs to the compartment of one who joined. */
    boolean hasJoined(String type, String id, List<SearchValue> values, Set<String> codes) {
        return !joined.isEmpty() && refers(type, id, values, codes, Optional.of(joined::contains));
    }

    private static boolean refers(
            String type,
            String id,
            List<SearchValue> values,
            Set<String> codes,
            Optional<PatientIds> ids) {
        // A link to another patient's record does not open one's own to whoever may see that.
        if (type.equals(PATIENT)) {
            return ids.isEmpty() || ids.get().contains(id);
        }
        for (SearchValue value : values) {
            if (value instanceof SearchValue.LocalReference reference
                    && reference.type().equals(PATIENT)
                    && codes.contains(reference.parameter())
                    && (ids.isEmpty() || ids.get().contains(reference.id()))) {
                return true;
            }
        }
        return false;
    }
}
