/** What a backend counts and times beside the calls that the kernel times itself. */
package dev.andiron.spi.metric;
