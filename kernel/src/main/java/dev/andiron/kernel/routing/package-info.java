/**
 * Leads each request to a facet of the serving backend, to what the kernel lends in its place, or
 * to a refusal that names the missing capability.
 */
package dev.andiron.kernel.routing;
