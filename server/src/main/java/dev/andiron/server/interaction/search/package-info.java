/** What a search answers: its scope, its pages, what goes with the matches, and its explanation. */
package dev.andiron.server.interaction.search;
