package dev.andiron.kernel.lent;

import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Set;

/**
 * A store that does not search, and the criteria of whose commits are judged in its place: by a
 * search that sees all that was committed before it, and by the condition that nothing of the types
 * was changed since.
 */
public final class JudgedStore extends ForwardingStore {
    private final CommitGroups groups;

    /**
     * A store with its criteria judged.
     *
     * @param search finds everything that was committed before it is asked
     * @param extraction the values of what is about to be written
     * @param carried for which features the values come with what is written
     */
    public JudgedStore(
            ResourceStore store,
            ChangeFeed feed,
            SearchEngine search,
            ValueExtraction extraction,
            Set<SearchFeature> carried) {
        super(store);
        groups = new CommitGroups(store, new Judgement(feed, search), extraction, carried);
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        return Judgement.isNeeded(commit)
                ? groups.commit(tenant, commit)
                : store().commit(tenant, commit);
    }
}
