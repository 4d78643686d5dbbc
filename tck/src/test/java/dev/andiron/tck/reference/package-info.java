/**
 * A correct backend as small as can be: what the kit is proved with, and an example of every facet.
 */
package dev.andiron.tck.reference;
