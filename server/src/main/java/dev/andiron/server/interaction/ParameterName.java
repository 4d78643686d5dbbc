package dev.andiron.server.interaction;

/**
 * A search parameter of a type.
 *
 * @param type a resource type; an abstract one stands for all
 * @param code what searches call the parameter
 */
public record ParameterName(String type, String code) {

    /** Whether this is defined for the resources that another is asked of. */
    boolean isFor(ParameterName asked) {
        boolean all = type.equals("Resource") || type.equals("DomainResource");
        return code.equals(asked.code) && (all || type.equals(asked.type));
    }
}
