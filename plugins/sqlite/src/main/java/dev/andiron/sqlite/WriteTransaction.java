package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Query;
import dev.andiron.sql.FhirVersionNumber;
import dev.andiron.sql.SqlStatement;
import dev.andiron.sqlite.Numbers.Name;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The state of a database transaction that holds many commits. A commit is judged before it changes
 * anything, against the state that the commits in front of it leave, so one that is refused does
 * not touch its neighbours. Rows are gathered in memory and written together. For the writer's
 * thread.
 */
final class WriteTransaction {
    private static final BulkInsert<VersionRow> INSERT_VERSIONS =
            new BulkInsert<>("INSERT INTO versions", 11, VersionRow::bind);
    private static final BulkInsert<Head> INSERT_RESOURCES =
            new BulkInsert<>("INSERT INTO resources", 7, Head::bind);

    /** How many heads are looked up by one statement. */
    private static final int TOGETHER = 50;

    private static final String SELECT_HEADS =
            "SELECT r.kind, r.logical_id, r.id, r.position, r.version, r.last_updated, r.deleted"
                    + " FROM (VALUES "
                    + String.join(", ", Collections.nCopies(TOGETHER, "(?, ?)"))
                    + ") w CROSS JOIN resources r"
                    + " ON r.kind = w.column1 AND r.logical_id = w.column2";
    private static final int TARGETS_KEPT = 20_000;

    private final Session session;
    private final Duration searchTimeout;
    private final Interner interner;
    private final IndexBuffer index;
    private final VersionTimes times;
    private final VersionStretches stretches;
    private final Map<HeadKey, Head> heads = new HashMap<>();

    /** Numbers of resources that were referred to lately; a row of resources never goes. */
    private final Map<HeadKey, Long> targets =
            new LinkedHashMap<>(64, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<HeadKey, Long> eldest) {
                    return size() > TARGETS_KEPT;
                }
            };

    /** Numbers that resources of this commit have, whose rows are not gathered yet. */
    private final Set<Long> reserved = new HashSet<>();

    private final Set<Long> buffered = new HashSet<>();
    private final ArrayList<VersionRow> versions = new ArrayList<>();
    private final ArrayList<Head> created = new ArrayList<>();
    private final ArrayList<Head> updated = new ArrayList<>();
    private long lastPosition;
    private long lastResource;

    private record HeadKey(long kind, String id) {}

    /**
     * A row of {@code resources}; version 0 for a resource that was never written or is purged,
     * which has a number all the same if another refers to it.
     */
    private record Head(
            HeadKey key,
            long resource,
            long position,
            long version,
            long lastUpdated,
            boolean deleted) {

        static Head none(HeadKey key) {
            return unwritten(key, 0);
        }

        static Head unwritten(HeadKey key, long resource) {
            return new Head(key, resource, 0, 0, 0, true);
        }

        static int bind(PreparedStatement statement, int first, Head row) throws SQLException {
            statement.setLong(first, row.resource);
            statement.setLong(first + 1, row.key.kind());
            statement.setBytes(first + 2, IdCode.encode(row.key.id()));
            statement.setLong(first + 3, row.position);
            statement.setLong(first + 4, row.version);
            statement.setLong(first + 5, row.lastUpdated);
            statement.setInt(first + 6, row.deleted ? 1 : 0);
            return first + 7;
        }
    }

    /** A row of {@code versions}; the mark of a purge has a purged id and no resource. */
    private record VersionRow(
            long position,
            long tenant,
            Head head,
            int fhirVersion,
            BodyCodec.Body body,
            String purgedId) {

        static int bind(PreparedStatement statement, int first, VersionRow row)
                throws SQLException {
            statement.setLong(first, row.position);
            statement.setLong(first + 1, row.tenant);
            statement.setLong(first + 2, row.head.key().kind());
            if (row.purgedId == null) {
                statement.setLong(first + 3, row.head.resource());
            } else {
                statement.setNull(first + 3, Types.INTEGER);
            }
            statement.setLong(first + 4, row.head.version());
            statement.setLong(first + 5, row.head.lastUpdated());
            statement.setInt(first + 6, row.head.deleted() ? 1 : 0);
            statement.setInt(first + 7, row.fhirVersion);
            statement.setInt(first + 8, row.body.encoding());
            statement.setString(first + 9, row.purgedId);
            statement.setBytes(first + 10, row.body.content());
            return first + 11;
        }
    }

    /**
     * @param searchTimeout how long the searches of one commit's preconditions may take
     */
    WriteTransaction(Session session, Numbers numbers, Duration searchTimeout) throws SQLException {
        this.session = session;
        this.searchTimeout = searchTimeout;
        interner = new Interner(session, numbers);
        index = new IndexBuffer(session, interner, this::target);
        times = new VersionTimes(session);
        stretches = new VersionStretches(session);
        readSequences();
    }

    private void readSequences() throws SQLException {
        lastPosition = sequence("versions");
        lastResource = sequence("resources");
        index.read();
        times.read();
    }

    private long sequence(String table) throws SQLException {
        return session.number("SELECT seq FROM sqlite_sequence WHERE name = ?", table).orElse(0);
    }

    void begin() throws SQLException {
        session.update("BEGIN IMMEDIATE");
    }

    /** Writes what is gathered and makes it durable. */
    void commit() throws SQLException {
        flush();
        session.update("COMMIT");
        interner.committed();
        heads.clear();
    }

    /** Takes back everything since {@link #begin()}. */
    void rollback() throws SQLException {
        interner.rolledBack();
        index.rolledBack();
        stretches.rolledBack();
        heads.clear();
        targets.clear();
        reserved.clear();
        buffered.clear();
        versions.clear();
        created.clear();
        updated.clear();
        session.forgetStatements();
        try {
            session.run("ROLLBACK");
        } catch (SQLException e) {
            // SQLite has ended the transaction itself after some errors, a full disk among them.
            if (!SqliteErrors.isMisuse(e)) {
                throw e;
            }
        }
        readSequences();
    }

    /**
     * Adds a commit.
     *
     * @throws StorageException if it is refused; nothing of it has been taken in
     */
    CommitResult apply(PendingCommit pending) throws SQLException {
        var catalog = new SqliteCatalog(session, interner::find, pending.tenant());
        readHeads(pending.commit().mutations(), catalog);
        session.deadline(System.nanoTime() + searchTimeout.toNanos());
        try {
            judge(pending.commit().preconditions(), catalog);
        } finally {
            session.deadline(Long.MAX_VALUE);
        }
        for (Mutation mutation : pending.commit().mutations()) {
            checkVersion(mutation, catalog);
        }
        if (pending.mutations().stream()
                .allMatch(each -> each.mutation() instanceof Mutation.Index)) {
            for (PendingCommit.Prepared prepared : pending.mutations()) {
                index((Mutation.Index) prepared.mutation(), prepared, catalog);
            }
            return new CommitResult(
                    catalog.tenant().isEmpty() ? 0 : lastOf(catalog.tenant().getAsLong()));
        }
        long tenant = interner.intern(new Name.Tenant(pending.tenant()));
        for (PendingCommit.Prepared prepared : pending.mutations()) {
            if (prepared.mutation() instanceof Mutation.Put put) {
                reserve(tenant, put.resource().key());
            }
        }
        for (PendingCommit.Prepared prepared : pending.mutations()) {
            switch (prepared.mutation()) {
                case Mutation.Put put -> write(tenant, put.resource(), prepared);
                case Mutation.Delete delete -> write(tenant, delete.resource(), prepared);
                case Mutation.Purge purge -> purge(tenant, purge.key());
                case Mutation.Index each -> index(each, prepared, catalog);
            }
        }
        return new CommitResult(lastPosition);
    }

    /** Runs statements about tables that commits do not touch. */
    <T> T run(ReadPool.Work<T> work) throws SQLException {
        return work.run(session);
    }

    private long lastOf(long tenant) throws SQLException {
        flush();
        return session.number(SqliteChangeFeed.LAST, tenant).orElse(0);
    }

    private void judge(List<Precondition> preconditions, SqliteCatalog catalog)
            throws SQLException {
        for (int i = 0; i < preconditions.size(); i++) {
            var failure =
                    switch (preconditions.get(i)) {
                        case Precondition.VersionIs is -> {
                            long current = current(is.key(), catalog).version();
                            yield current == is.version()
                                    ? null
                                    : "%s is at version %d, not %d"
                                            .formatted(is.key(), current, is.version());
                        }
                        case Precondition.NoMatch none ->
                                matches(Query.of(none.type(), none.criterion(), 1), catalog)
                                                .isEmpty()
                                        ? null
                                        : "a %s matches".formatted(none.type());
                        case Precondition.OnlyMatch only -> onlyMatch(only, catalog);
                        case Precondition.Unchanged _ ->
                                throw new StorageException.NotSupported(
                                        "SQLite judges the criteria itself, not what changed since"
                                                + " a position");
                    };
            if (failure != null) {
                throw new StorageException.PreconditionFailed(i, failure);
            }
        }
    }

    private String onlyMatch(Precondition.OnlyMatch only, SqliteCatalog catalog)
            throws SQLException {
        var found = matches(Query.of(only.key().type(), only.criterion(), 2), catalog);
        if (found.size() > 1) {
            return "several resources of type %s match".formatted(only.key().type());
        }
        Head head = current(only.key(), catalog);
        boolean isIt = found.equals(List.of(head.resource())) && !head.deleted();
        return isIt ? null : "%s is not what matches".formatted(only.key());
    }

    private List<Long> matches(Query query, SqliteCatalog catalog) throws SQLException {
        flush();
        var page = SqliteSearchEngine.compiler(session, catalog).page(query, query.limit());
        return session.list(page, row -> row.getLong(1));
    }

    private void checkVersion(Mutation mutation, SqliteCatalog catalog) throws SQLException {
        long wanted =
                switch (mutation) {
                    case Mutation.Put put -> put.resource().version();
                    case Mutation.Delete delete -> delete.resource().version();
                    case Mutation.Purge _, Mutation.Index _ -> 0;
                };
        if (wanted > 0) {
            long current = current(mutation.key(), catalog).version();
            if (wanted != current + 1) {
                throw new StorageException.VersionConflict(mutation.key(), current);
            }
        }
    }

    private Head current(ResourceKey key, SqliteCatalog catalog) throws SQLException {
        var kind = catalog.kind(key.type());
        return kind.isEmpty()
                ? Head.none(new HeadKey(0, key.id()))
                : current(new HeadKey(kind.getAsLong(), key.id()));
    }

    /** Looks up many at once what {@link #current} would be asked for one by one. */
    private void readHeads(List<Mutation> mutations, SqliteCatalog catalog) throws SQLException {
        if (mutations.size() < TOGETHER) {
            return;
        }
        var wanted = new LinkedHashSet<HeadKey>();
        for (Mutation mutation : mutations) {
            var kind = catalog.kind(mutation.key().type());
            if (kind.isPresent()) {
                var key = new HeadKey(kind.getAsLong(), mutation.key().id());
                if (!heads.containsKey(key)) {
                    wanted.add(key);
                }
            }
        }
        var keys = List.copyOf(wanted);
        for (int end = TOGETHER; end <= keys.size(); end += TOGETHER) {
            readHeads(keys.subList(end - TOGETHER, end));
        }
    }

    private void readHeads(List<HeadKey> keys) throws SQLException {
        var values = new ArrayList<Object>(2 * keys.size());
        for (HeadKey key : keys) {
            values.add(key.kind());
            values.add(IdCode.encode(key.id()));
            heads.put(key, Head.none(key));
        }
        session.list(
                new SqlStatement(SELECT_HEADS, values),
                row -> {
                    var key = new HeadKey(row.getLong(1), IdCode.decode(row.getBytes(2)));
                    return heads.put(
                            key,
                            new Head(
                                    key,
                                    row.getLong(3),
                                    row.getLong(4),
                                    row.getLong(5),
                                    row.getLong(6),
                                    row.getBoolean(7)));
                });
    }

    private Head current(HeadKey key) throws SQLException {
        Head head = heads.get(key);
        if (head == null) {
            head =
                    session.first(
                                    row ->
                                            new Head(
                                                    key,
                                                    row.getLong(1),
                                                    row.getLong(2),
                                                    row.getLong(3),
                                                    row.getLong(4),
                                                    row.getBoolean(5)),
                                    "SELECT id, position, version, last_updated, deleted"
                                            + " FROM resources WHERE kind = ? AND logical_id = ?",
                                    key.kind(),
                                    IdCode.encode(key.id()))
                            .orElseGet(() -> Head.none(key));
            heads.put(key, head);
        }
        return head;
    }

    private void write(long tenant, StoredResource resource, PendingCommit.Prepared prepared)
            throws SQLException {
        long kind = interner.kind(tenant, resource.key().type());
        var key = new HeadKey(kind, resource.key().id());
        Head before = current(key);
        if (buffered.contains(before.resource())) {
            flush();
        }
        boolean isNew = before.resource() == 0 || reserved.remove(before.resource());
        Head head =
                new Head(
                        key,
                        before.resource() == 0 ? ++lastResource : before.resource(),
                        ++lastPosition,
                        resource.version(),
                        resource.lastUpdated().toEpochMilli(),
                        resource.deleted());
        if (!before.deleted()) {
            index.remove(before.resource());
        }
        heads.put(key, head);
        buffered.add(head.resource());
        (isNew ? created : updated).add(head);
        versions.add(
                new VersionRow(
                        head.position(),
                        tenant,
                        head,
                        FhirVersionNumber.of(resource.fhirVersion()),
                        prepared.body(),
                        null));
        times.add(head.position(), head.lastUpdated());
        stretches.add(tenant, kind, head.position());
        index.add(tenant, kind, head.resource(), prepared.entries());
    }

    /**
     * Gives a new resource its number, in the order of the commit and before others refer to it.
     */
    private void reserve(long tenant, ResourceKey resource) throws SQLException {
        long kind = interner.kind(tenant, resource.type());
        var key = new HeadKey(kind, resource.id());
        if (current(key).resource() == 0) {
            heads.put(key, Head.unwritten(key, ++lastResource));
            reserved.add(lastResource);
        }
    }

    /** What is referred to and was never written has a row of version 0. */
    private long target(long kind, String id) throws SQLException {
        var key = new HeadKey(kind, id);
        Long known = targets.get(key);
        if (known != null) {
            return known;
        }
        Head head = current(key);
        if (head.resource() == 0) {
            head = Head.unwritten(key, ++lastResource);
            heads.put(key, head);
            created.add(head);
        }
        targets.put(key, head.resource());
        return head.resource();
    }

    /** Replaces the index rows of a version, unless it is the current one no more. */
    private void index(
            Mutation.Index mutation, PendingCommit.Prepared prepared, SqliteCatalog catalog)
            throws SQLException {
        Head head = current(mutation.key(), catalog);
        if (head.deleted() || head.version() != mutation.version()) {
            return;
        }
        if (buffered.contains(head.resource())) {
            flush();
        }
        index.remove(head.resource());
        buffered.add(head.resource());
        index.add(
                catalog.tenant().getAsLong(),
                head.key().kind(),
                head.resource(),
                prepared.entries());
    }

    private void purge(long tenant, ResourceKey key) throws SQLException {
        long kind = interner.kind(tenant, key.type());
        var headKey = new HeadKey(kind, key.id());
        Head before = current(headKey);
        flush();
        Head none = Head.unwritten(headKey, before.resource());
        if (before.version() > 0) {
            index.remove(before.resource());
            session.update("DELETE FROM versions WHERE resource = ?", before.resource());
            // Its number stays: others may refer to it, and somebody may write it again.
            updated.add(none);
        }
        heads.put(headKey, none);
        versions.add(
                new VersionRow(++lastPosition, tenant, none, 0, BodyCodec.Body.NONE, key.id()));
        stretches.add(tenant, kind, lastPosition);
    }

    /** Writes the gathered rows, so that statements of this transaction see them. */
    private void flush() throws SQLException {
        INSERT_RESOURCES.flush(session, created);
        for (Head head : updated) {
            session.update(
                    "UPDATE resources SET position = ?, version = ?, last_updated = ?, deleted = ?"
                            + " WHERE id = ?",
                    head.position(),
                    head.version(),
                    head.lastUpdated(),
                    head.deleted() ? 1 : 0,
                    head.resource());
        }
        updated.clear();
        INSERT_VERSIONS.flush(session, versions);
        times.flush();
        stretches.flush();
        index.flush();
        buffered.clear();
    }
}
