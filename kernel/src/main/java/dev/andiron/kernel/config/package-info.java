/**
 * The configuration: one YAML file, environment variables and the command line, checked as a whole
 * against the options that the server's sections and the installed plugins declare.
 */
package dev.andiron.kernel.config;
