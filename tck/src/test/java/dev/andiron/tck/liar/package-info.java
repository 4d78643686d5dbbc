/** Backends that break promises, and the proof that the kit notices each. */
package dev.andiron.tck.liar;
