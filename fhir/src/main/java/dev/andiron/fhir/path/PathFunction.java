package dev.andiron.fhir.path;

/** Compiles the calls of one function. */
@FunctionalInterface
interface PathFunction {
    /**
     * Compiles.
     *
     * @throws PathException if the arguments are not what the function takes
     */
    Compiled compile(CallSite site);
}
