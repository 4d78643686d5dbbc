package dev.andiron.fhir.path.suite;

import java.util.List;

/**
 * One case of the official FHIRPath tests.
 *
 * @param name group and name, unique in its suite
 * @param inputFile the resource to evaluate on; empty for none
 * @param expression as it was written
 * @param invalid the phase that has to refuse it; empty when it has to give values
 * @param mode what it needs beyond plain evaluation, such as {@code strict} checking; empty for
 *     nothing
 * @param isPredicate whether the values count as one truth
 * @param isChecked whether its types can be checked before it is evaluated
 * @param isOrdered whether the values come in the order given
 */
public record SuiteCase(
        String name,
        String inputFile,
        String expression,
        String invalid,
        String mode,
        boolean isPredicate,
        boolean isOrdered,
        boolean isChecked,
        List<Output> outputs) {

    /** A value that is wanted. */
    public record Output(String type, String value) {}
}
