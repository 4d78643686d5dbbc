/** What a store held at one moment, read while others go on writing. */
package dev.andiron.kernel.snapshot;
