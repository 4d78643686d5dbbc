/** The plugin against real object stores. */
package dev.andiron.s3;
