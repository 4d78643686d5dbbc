package dev.andiron.kernel.lent;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.tenant.TenantContext;

import java.util.ArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A store that neither searches nor lists changes, and that only this process writes. Criteria of
 * commits are judged by a scan while no other commit runs; commits without criteria run beside each
 * other.
 */
public final class ExclusiveStore extends ForwardingStore {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
    private final SearchEngine search;

    /**
     * A store with its criteria judged.
     *
     * @param search finds everything that was committed before it is asked
     */
    public ExclusiveStore(ResourceStore store, SearchEngine search) {
        super(store);
        this.search = search;
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        boolean judged = Judgement.isNeeded(commit);
        Lock held = judged ? lock.writeLock() : lock.readLock();
        held.lock();
        try {
            return judged ? judged(tenant, commit) : store().commit(tenant, commit);
        } finally {
            held.unlock();
        }
    }

    private CommitResult judged(TenantContext tenant, Commit commit) {
        var left = new ArrayList<Precondition>();
        var indexes = new ArrayList<Integer>();
        for (int i = 0; i < commit.preconditions().size(); i++) {
            Precondition precondition = commit.preconditions().get(i);
            if (!Judgement.judge(search, tenant, i, precondition)) {
                left.add(precondition);
                indexes.add(i);
            }
        }
        try {
            return store().commit(tenant, new Commit(left, commit.mutations()));
        } catch (StorageException.PreconditionFailed failed) {
            throw new StorageException.PreconditionFailed(
                    indexes.get(failed.index()), failed.getMessage());
        }
    }
}
