package dev.andiron.spi.blob;

/**
 * A finished blob.
 *
 * @param name its name
 * @param size how many bytes it has
 */
public record Blob(BlobName name, long size) {}
