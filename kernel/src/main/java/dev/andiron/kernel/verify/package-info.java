/** Looks at a plugin before it is installed: what its jar says, and a short form of the kit. */
package dev.andiron.kernel.verify;
