/**
 * Where a plugin begins: its {@link dev.andiron.spi.BackendProvider provider}, the {@link
 * dev.andiron.spi.Option options} that it declares, the {@link dev.andiron.spi.Capabilities
 * capabilities} that it claims, and the {@link dev.andiron.spi.Backend backend} that it opens.
 */
package dev.andiron.spi;
