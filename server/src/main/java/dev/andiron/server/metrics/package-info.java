/** What the server counts and times, for Prometheus. */
package dev.andiron.server.metrics;
