package dev.andiron.server.interaction.transaction;

import dev.andiron.spi.resource.ResourceKey;

import java.util.List;

/**
 * What an operation comes to, given the state of the store.
 *
 * @param operation the operation
 * @param effect what happens
 * @param keys the resources it happens to: one, or any number for a conditional delete
 * @param sameAs the entry of the bundle that creates what this conditional create would, or -1
 */
record Resolution(Operation operation, Effect effect, List<ResourceKey> keys, int sameAs) {

    /** What happens to a resource. */
    enum Effect {
        /** A resource with a new id. */
        CREATE,
        /** The next version of a resource, or the first under an id of the client's. */
        WRITE,
        PATCH,
        DELETE,
        /** Nothing: a conditional create that found its resource. */
        FOUND,
        READ
    }

    static Resolution of(Operation operation, Effect effect, ResourceKey key) {
        return new Resolution(operation, effect, List.of(key), -1);
    }

    ResourceKey key() {
        return keys.getFirst();
    }

    /** Whether a later version of the resource comes out of it. */
    boolean writes() {
        return effect == Effect.CREATE || effect == Effect.WRITE || effect == Effect.PATCH;
    }

    /** Whether it changes the resource in the store, if there is one. */
    boolean touches() {
        return effect == Effect.WRITE || effect == Effect.PATCH || effect == Effect.DELETE;
    }

    /** Whether a reference can lead to it. */
    boolean isTarget() {
        return writes() || effect == Effect.FOUND;
    }
}
