package dev.andiron.server.interaction.transaction;

import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirRules;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.spi.search.Criterion;

/**
 * The criteria of a conditional interaction or reference.
 *
 * @param type the resource type
 * @param criteria as they were written
 * @param criterion what they mean
 */
record Condition(String type, Parameters criteria, Criterion criterion) {

    static Condition of(FhirRules rules, FhirRequest request, String type, Parameters criteria) {
        return new Condition(
                type, criteria, rules.criterion(request.tenant(), type, criteria, request.base()));
    }

    /** Equal for equal criteria; what {@code Locks} holds. */
    String text() {
        return type + "?" + criteria.encoded();
    }
}
