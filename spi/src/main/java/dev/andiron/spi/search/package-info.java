/**
 * Searches as a backend gets them: a {@link dev.andiron.spi.search.Query} over the {@link
 * dev.andiron.spi.search.SearchValue values} that came with the writes.
 */
package dev.andiron.spi.search;
