/**
 * The compatibility kit: what every backend plugin proves about itself. An author extends {@link
 * dev.andiron.tck.BackendContract}, names the provider, and runs the class with JUnit.
 */
package dev.andiron.tck;
