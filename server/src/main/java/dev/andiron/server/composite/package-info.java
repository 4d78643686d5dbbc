/** What operators do about composites: comparing followers with primaries, building them anew. */
package dev.andiron.server.composite;
