/** Whose data a call is about, which every call says. */
package dev.andiron.spi.tenant;
