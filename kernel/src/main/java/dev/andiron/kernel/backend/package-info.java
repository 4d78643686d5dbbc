/** Opens the configured backends in order, holds them to what they declared, and closes them. */
package dev.andiron.kernel.backend;
