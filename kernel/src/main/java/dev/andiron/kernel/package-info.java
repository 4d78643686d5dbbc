/**
 * The assembled core of the server, usable as a library: plugins, configuration, opened backends
 * and the storage that serves requests.
 */
package dev.andiron.kernel;
