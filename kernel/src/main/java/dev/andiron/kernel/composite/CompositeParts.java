package dev.andiron.kernel.composite;

import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.ResourceStore;

import java.util.List;

/**
 * What a composite's store works with.
 *
 * @param store the primary's store; holds commits to criteria
 * @param feed the primary's change feed
 * @param primarySearches whether the primary itself takes search values
 * @param followings the followers
 * @param recent the values of what was just written
 */
record CompositeParts(
        ResourceStore store,
        ChangeFeed feed,
        boolean primarySearches,
        List<Following> followings,
        RecentValues recent) {

    CompositeParts {
        followings = List.copyOf(followings);
    }
}
