/** Files that jobs write and clients download, each of which appears whole or not at all. */
package dev.andiron.spi.blob;
