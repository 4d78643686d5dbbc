package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The advisory locks of a commit on the types that it is about: shared to write resources of a
 * type, exclusive to judge what matches among them, or to purge. So nothing that a judgement
 * depends on changes before its commit is done, on whatever node. In one order for all commits.
 *
 * <p>Who judges by an identifier locks the type only shared, and one of {@value #SLOTS} slots of
 * the type exclusively, which those who write such an identifier lock shared. There are few slots,
 * because each is a lock in PostgreSQL's memory that every bundle may take.
 */
record TypeLocks(Map<Long, Boolean> exclusiveByKey) {
    /** How many identifiers of a type can be told apart by locks. */
    static final int SLOTS = 16;

    private static final String IDENTIFIER = "identifier";

    /**
     * @param preconditions what is judged by looking at resources that this commit does not lock
     */
    static TypeLocks of(
            String schema, int tenant, Commit commit, List<Precondition> preconditions) {
        var locks = new TreeMap<Long, Boolean>();
        for (Mutation mutation : commit.mutations()) {
            String type = mutation.key().type();
            add(locks, key(schema, tenant, type), mutation instanceof Mutation.Purge);
            for (SearchValue value : values(mutation)) {
                if (value instanceof SearchValue.Token token
                        && token.parameter().equals(IDENTIFIER)) {
                    add(locks, slot(schema, tenant, type, token.code()), false);
                }
            }
        }
        for (Precondition precondition : preconditions) {
            switch (precondition) {
                case Precondition.VersionIs is ->
                        add(locks, key(schema, tenant, is.key().type()), true);
                case Precondition.NoMatch none ->
                        judge(locks, schema, tenant, none.type(), identifier(none.criterion()));
                case Precondition.OnlyMatch only ->
                        judge(
                                locks,
                                schema,
                                tenant,
                                only.key().type(),
                                writes(commit, only.key())
                                        ? identifier(only.criterion())
                                        : Optional.empty());
                case Precondition.Unchanged _ ->
                        throw new StorageException.NotSupported(
                                "PostgreSQL judges the criteria itself, not what changed"
                                        + " since a position");
            }
        }
        return new TypeLocks(locks);
    }

    private static void add(Map<Long, Boolean> locks, long key, boolean exclusive) {
        locks.merge(key, exclusive, Boolean::logicalOr);
    }

    private static void judge(
            Map<Long, Boolean> locks,
            String schema,
            int tenant,
            String type,
            Optional<String> identifier) {
        add(locks, key(schema, tenant, type), identifier.isEmpty());
        identifier.ifPresent(code -> add(locks, slot(schema, tenant, type, code), true));
    }

    private static List<SearchValue> values(Mutation mutation) {
        return switch (mutation) {
            case Mutation.Put put -> put.searchValues();
            case Mutation.Index index -> index.searchValues();
            case Mutation.Delete _, Mutation.Purge _ -> List.of();
        };
    }

    /**
     * What matches at the commit's place also depends on who ceases to match, and they lock nothing
     * of what they were. If the commit writes the resource itself, its row tells.
     */
    private static boolean writes(Commit commit, ResourceKey key) {
        return commit.mutations().stream()
                .anyMatch(
                        mutation ->
                                mutation.key().equals(key)
                                        && (mutation instanceof Mutation.Put
                                                || mutation instanceof Mutation.Delete));
    }

    /** An identifier that all that matches has; empty if the criterion asks for none. */
    private static Optional<String> identifier(Criterion criterion) {
        return switch (criterion) {
            case Criterion.All all ->
                    all.criteria().stream()
                            .map(TypeLocks::identifier)
                            .flatMap(Optional::stream)
                            .findFirst();
            case Criterion.Any any when any.criteria().size() == 1 ->
                    identifier(any.criteria().getFirst());
            case Criterion.Value value
                    when value.parameter().equals(IDENTIFIER)
                            && value.test() instanceof ValueTest.Token token ->
                    token.code();
            default -> Optional.empty();
        };
    }

    /** The lock of a type on a slot of identifiers. */
    static long slot(String schema, int tenant, String type, String code) {
        return key(
                schema,
                tenant,
                type + "/identifier/" + (Texts.storable(code).hashCode() & SLOTS - 1));
    }

    /** A hash; types that share one wait for each other without need. */
    static long key(String schema, int tenant, String type) {
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
