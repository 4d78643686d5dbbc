/**
 * Search parameters that tenants define: how they come into use, and the job that makes what is
 * stored already findable by them.
 */
package dev.andiron.server.parameter;
