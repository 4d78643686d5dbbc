package dev.andiron.kernel.lent;

import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.tenant.TenantContext;

/**
 * A store that does not search, and the criteria of whose commits are judged in its place: by a
 * search that sees all that was committed before it, and by the condition that nothing of the types
 * was changed since.
 */
public final class JudgedStore extends ForwardingStore {
    private final Judgement judgement;

    /**
     * A store with its criteria judged.
     *
     * @param search finds everything that was committed before it is asked
     */
    public JudgedStore(ResourceStore store, ChangeFeed feed, SearchEngine search) {
        super(store);
        judgement = new Judgement(feed, search);
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        return Judgement.isNeeded(commit)
                ? judgement.commit(store(), tenant, commit)
                : store().commit(tenant, commit);
    }
}
