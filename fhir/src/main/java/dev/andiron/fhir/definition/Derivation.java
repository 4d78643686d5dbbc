package dev.andiron.fhir.definition;

import java.util.List;
import java.util.Optional;

/**
 * How a search parameter of a resource type follows from others of the type: whatever resource is
 * given, a test of it says the same as tests of them. So nothing has to be kept for it.
 */
public sealed interface Derivation {

    /**
     * A resource has a value that passes a test exactly if it has, of one of these parameters, a
     * value that passes it.
     *
     * @param parameters their codes, at least two; these may be derived themselves
     */
    record Union(List<String> parameters) implements Derivation {
        public Union {
            parameters = List.copyOf(parameters);
        }
    }

    /**
     * A composite about the resource as a whole, of which there is one: its parts pass their tests
     * exactly if the resource has, of each of these parameters, a value that passes the test of its
     * part, unless it has a value of the exception.
     *
     * @param parameters their codes, one for each part, in order; none of them is derived
     * @param exception what one of the parameters finds beyond its part, in resources where the
     *     part finds nothing: a parameter with the code of the composite, which is kept
     */
    record Conjunction(List<String> parameters, Optional<SearchParameter> exception)
            implements Derivation {
        public Conjunction {
            parameters = List.copyOf(parameters);
        }
    }
}
