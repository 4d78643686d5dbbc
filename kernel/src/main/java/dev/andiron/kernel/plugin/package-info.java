/**
 * Finds plugins on disk and gives each a realm of its own: the JDK, the SPI and the plugin's jars,
 * nothing else. A broken plugin stops only itself, and the report says why.
 */
package dev.andiron.kernel.plugin;
