package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Query;
import dev.andiron.tck.fixture.Model;
import dev.andiron.tck.fixture.ModelComparison;
import dev.andiron.tck.fixture.RandomCommits;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** Random sequences give the same results as the model. */
@Needs(Facet.STORE)
abstract class SequenceContract extends Contract {
    private static final int STEPS = Integer.getInteger(BackendContract.STEPS_PROPERTY, 500);

    SequenceContract(BackendContract contract) {
        super(contract);
    }

    /** {@link dev.andiron.spi.resource.ResourceStore#commit} and everything that reads. */
    @Test
    @Promise("random commits of several tenants succeed, fail and read as the model says")
    final void required_SQ01_randomCommits(TestInfo test) {
        Random random = random(test);
        var commits = new RandomCommits(random, capabilities());
        List<Tenant> tenants = List.of(newTenant(), newTenant(), newTenant());
        List<Model> models = List.of(new Model(), new Model(), new Model());
        for (int step = 0; step < STEPS; step++) {
            int chosen = random.nextInt(tenants.size());
            Tenant tenant = tenants.get(chosen);
            Model model = models.get(chosen);
            Commit commit = commits.next(model);
            String before = "step " + step + ", " + commit;
            assertEquals(
                    outcome(() -> model.commit(commit)),
                    outcome(() -> tenant.store().commit(tenant.context(), commit)),
                    before);
            ResourceKey key = commits.key();
            assertEquals(model.read(key), tenant.read(key), before);
            if (step % 5 == 0 && !capabilities().history().isEmpty()) {
                history(random, commits, model, tenant);
            }
        }
        for (int i = 0; i < tenants.size(); i++) {
            ModelComparison.assertSame(models.get(i), tenants.get(i), capabilities());
        }
    }

    /** What a commit does; of two reasons to refuse it a store may name either. */
    private static String outcome(Runnable commit) {
        try {
            commit.run();
            return "applied";
        } catch (StorageException.VersionConflict | StorageException.PreconditionFailed refused) {
            return "refused";
        }
    }

    private void history(Random random, RandomCommits commits, Model model, Tenant tenant) {
        List<HistoryScope> scopes = new ArrayList<>();
        scopes.add(new HistoryScope.Instance(commits.key()));
        scopes.add(new HistoryScope.Type(commits.key().type()));
        scopes.add(new HistoryScope.System());
        scopes.removeIf(scope -> !capabilities().history().contains(scope.level()));
        List<StoredResource> versions = RandomCommits.versions(model);
        if (versions.isEmpty() || scopes.isEmpty()) {
            return;
        }
        Instant instant = versions.get(random.nextInt(versions.size())).lastUpdated();
        var period =
                new HistoryRequest.Period(
                        instant.minusMillis(random.nextInt(20)),
                        instant.plusMillis(1 + random.nextInt(20)));
        ModelComparison.assertSameHistory(
                model,
                tenant,
                new HistoryRequest(
                        scopes.get(random.nextInt(scopes.size())),
                        random.nextBoolean() ? Optional.of(instant) : Optional.empty(),
                        random.nextBoolean() ? Optional.of(period) : Optional.empty(),
                        OptionalLong.empty(),
                        commits.pageSize()));
    }

    /** {@link HistoryLevel}s apart, what is found follows every write at once. */
    @Test
    @Promise("random searches over random data find, count and sort as the model says")
    @Needs(Facet.SEARCH)
    final void required_SQ02_randomSearches(TestInfo test) {
        Random random = random(test);
        var commits = new RandomCommits(random, capabilities());
        Tenant tenant = newTenant();
        Tenant neighbour = newTenant();
        Model model = new Model();
        Model neighbours = new Model();
        for (int step = 0; step < STEPS; step++) {
            apply(commits.next(model), model, tenant);
            if (step % 4 == 0) {
                apply(commits.next(neighbours), neighbours, neighbour);
            }
            if (step > 40) {
                Query query =
                        new Query(
                                commits.types(),
                                commits.criterion(3),
                                commits.sorts(),
                                commits.pageSize(),
                                Optional.empty(),
                                Query.Total.NONE);
                ModelComparison.assertSameHits(model, tenant, query);
            }
        }
    }

    private static void apply(Commit commit, Model model, Tenant tenant) {
        try {
            model.commit(commit);
        } catch (StorageException refused) {
            return;
        }
        tenant.store().commit(tenant.context(), commit);
    }
}
