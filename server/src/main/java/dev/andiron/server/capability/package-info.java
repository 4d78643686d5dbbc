/** The CapabilityStatement, derived from what the storage declares and the definitions hold. */
package dev.andiron.server.capability;
