/**
 * Batches and transactions. A batch hands its entries to the interactions one by one; a transaction
 * resolves all of its entries against the store and each other, and becomes one commit whose
 * preconditions repeat what the resolution relied on.
 */
package dev.andiron.server.interaction.transaction;
