/** The command line: what an operator types, and what it answers. */
package dev.andiron.server.cli;
