package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.spi.resource.ResourceKey;

import java.util.Optional;
import java.util.Set;

/**
 * What an entry of a transaction is to do, as far as that is known without the store.
 *
 * @param entry the entry
 * @param kind what to do
 * @param type the type of the resource; empty for a read
 * @param key where: the key of the URL; for a create, or an update by criteria that match nothing,
 *     the key that the resource will have
 * @param condition the criteria of a conditional interaction
 * @param resource the content of a create or update, checked
 * @param conditionalReferences the texts of its conditional references
 */
record Operation(
        EntryRequest entry,
        Kind kind,
        String type,
        Optional<ResourceKey> key,
        Optional<Condition> condition,
        Optional<JsonObject> resource,
        Set<String> conditionalReferences) {

    /** In the order in which a transaction is processed (R4 section 3.1.0.11.2). */
    enum Kind {
        DELETE,
        CREATE,
        UPDATE,
        PATCH,
        READ
    }

    int index() {
        return entry.index();
    }

    boolean isConditional() {
        return condition.isPresent();
    }
}
