package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The advisory locks of a commit on the types that it is about: shared to write resources of a
 * type, exclusive to judge what matches among them, or to purge. So nothing that a judgement
 * depends on changes before its commit is done, on whatever node. In one order for all commits.
 */
record TypeLocks(Map<Long, Boolean> exclusiveByKey) {

    /**
     * @param preconditions what is judged by looking at resources that this commit does not lock
     */
    static TypeLocks of(
            String schema, int tenant, Commit commit, List<Precondition> preconditions) {
        var locks = new TreeMap<Long, Boolean>();
        for (Mutation mutation : commit.mutations()) {
            locks.merge(
                    key(schema, tenant, mutation.key().type()),
                    mutation instanceof Mutation.Purge,
                    Boolean::logicalOr);
        }
        for (Precondition precondition : preconditions) {
            String type =
                    switch (precondition) {
                        case Precondition.VersionIs is -> is.key().type();
                        case Precondition.NoMatch none -> none.type();
                        case Precondition.OnlyMatch only -> only.key().type();
                        case Precondition.Unchanged _ ->
                                throw new StorageException.NotSupported(
                                        "PostgreSQL judges the criteria itself, not what changed"
                                                + " since a position");
                    };
            locks.put(key(schema, tenant, type), true);
        }
        return new TypeLocks(locks);
    }

    /** A hash; types that share one wait for each other without need. */
    private static long key(String schema, int tenant, String type) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : (schema + '/' + tenant + '/' + type).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        return hash;
    }

    SqlArray keys() {
        return new SqlArray("int8", exclusiveByKey.keySet().toArray(Long[]::new));
    }

    SqlArray exclusive() {
        return new SqlArray("bool", exclusiveByKey.values().toArray(Boolean[]::new));
    }
}
