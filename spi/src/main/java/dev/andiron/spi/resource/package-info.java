/**
 * Stored resources and their versions: how they are read, committed, listed and followed. The one
 * way to write is a {@link dev.andiron.spi.resource.Commit}.
 */
package dev.andiron.spi.resource;
