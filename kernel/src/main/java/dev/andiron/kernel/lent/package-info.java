/** What the kernel lends to a backend that lacks it: slower, with the same meaning. */
package dev.andiron.kernel.lent;
