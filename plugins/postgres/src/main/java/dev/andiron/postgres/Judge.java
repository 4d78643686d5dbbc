package dev.andiron.postgres;

import dev.andiron.postgres.PostgresSearchEngine.Compiled;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Query;
import dev.andiron.sql.SqlStatement;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Judges preconditions within a transaction that holds the locks on their types. */
final class Judge {
    /** Searches of one statement. */
    private static final int CHUNK = 40;

    private static final String VERSION =
            "SELECT r.version FROM kinds k JOIN resources r ON r.tenant = k.tenant AND r.kind ="
                    + " k.id WHERE k.tenant = ? AND k.type = ? AND r.logical_id = ?";

    private final Numbers numbers;

    Judge(Numbers numbers) {
        this.numbers = numbers;
    }

    /**
     * @throws StorageException.PreconditionFailed for one that does not hold
     */
    void judge(Session session, int tenant, List<Precondition> preconditions) throws SQLException {
        var searches = new ArrayList<Integer>();
        for (int i = 0; i < preconditions.size(); i++) {
            if (preconditions.get(i) instanceof Precondition.VersionIs is) {
                judgeVersion(session, tenant, i, is);
            } else {
                searches.add(i);
            }
        }
        for (int start = 0; start < searches.size(); start += CHUNK) {
            judgeSearches(
                    session,
                    tenant,
                    preconditions,
                    searches.subList(start, Math.min(start + CHUNK, searches.size())));
        }
    }

    private static void judgeVersion(
            Session session, int tenant, int index, Precondition.VersionIs is) throws SQLException {
        long current = session.number(VERSION, tenant, is.key().type(), is.key().id()).orElse(0);
        if (current != is.version()) {
            throw new StorageException.PreconditionFailed(
                    index,
                    "%s is at version %d, not %d".formatted(is.key(), current, is.version()));
        }
    }

    /** All of them in one statement: which rows match which. */
    private void judgeSearches(
            Session session, int tenant, List<Precondition> preconditions, List<Integer> indexes)
            throws SQLException {
        var text = new StringBuilder();
        var values = new ArrayList<Object>();
        for (int index : indexes) {
            SqlStatement page =
                    PostgresSearchEngine.compiler(session, numbers, tenant)
                            .page(query(preconditions.get(index)), 2);
            text.append(text.isEmpty() ? "" : " UNION ALL ")
                    .append("(SELECT ?::integer AS place, q.id AS id FROM (")
                    .append(page.text())
                    .append(") q)");
            values.add(index);
            values.addAll(page.values());
        }
        var scoped =
                Compiled.of(
                        tenant,
                        "SELECT m.place, k.type, r.logical_id FROM ("
                                + text
                                + ") m JOIN resources r ON r.id = m.id JOIN kinds k ON k.id ="
                                + " r.kind",
                        values);
        Map<Integer, List<ResourceKey>> matches = new HashMap<>();
        session.list(
                row ->
                        matches.computeIfAbsent(row.getInt(1), place -> new ArrayList<>())
                                .add(new ResourceKey(row.getString(2), row.getString(3))),
                scoped.text(),
                scoped.values());
        for (int index : indexes) {
            judge(index, preconditions.get(index), matches.getOrDefault(index, List.of()));
        }
    }

    private static Query query(Precondition precondition) {
        return switch (precondition) {
            case Precondition.NoMatch none -> Query.of(none.type(), none.criterion(), 2);
            case Precondition.OnlyMatch only -> Query.of(only.key().type(), only.criterion(), 2);
            case Precondition.VersionIs _, Precondition.Unchanged _ ->
                    throw new IllegalArgumentException("only criteria are searched for");
        };
    }

    private static void judge(int index, Precondition precondition, List<ResourceKey> found) {
        String failure =
                switch (precondition) {
                    case Precondition.NoMatch none ->
                            found.isEmpty() ? null : "a %s matches".formatted(none.type());
                    case Precondition.OnlyMatch only -> {
                        if (found.size() > 1) {
                            yield "several resources of type %s match".formatted(only.key().type());
                        }
                        yield found.equals(List.of(only.key()))
                                ? null
                                : "%s is not what matches".formatted(only.key());
                    }
                    case Precondition.VersionIs _, Precondition.Unchanged _ -> null;
                };
        if (failure != null) {
            throw new StorageException.PreconditionFailed(index, failure);
        }
    }
}
