package dev.andiron.server.interaction;

import dev.andiron.server.interaction.search.InclusionLimits;

/**
 * What an operator may decide about the interactions.
 *
 * @param pageSize entries on a page of a search or history when {@code _count} is not given
 * @param largestPage the largest {@code _count}; larger ones are reduced to it
 * @param inclusion the bounds of what is included with a page
 * @param deleteSeveral whether a conditional delete may delete more than one match
 * @param deleteAtMost how many matches a conditional delete may delete
 */
public record Policy(
        int pageSize,
        int largestPage,
        InclusionLimits inclusion,
        boolean deleteSeveral,
        int deleteAtMost) {

    public static Policy standard() {
        return new Policy(20, 1000, InclusionLimits.standard(), false, 100);
    }
}
