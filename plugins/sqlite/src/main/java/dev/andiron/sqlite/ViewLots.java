package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.View;
import dev.andiron.spi.view.ViewRequest;
import dev.andiron.sql.Kind;
import dev.andiron.sql.PagePosition;
import dev.andiron.sql.SqlStatement;
import dev.andiron.sql.document.IrregularException;
import dev.andiron.sql.document.RowReader;
import dev.andiron.sql.view.RootMembers;
import dev.andiron.sql.view.ValueReader;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the rows of a view, some resources at a time. Safe for use by several threads. */
final class ViewLots {
    /** Few at first, for the first rows to come soon. */
    static final int FIRST = 50;

    static final int USUAL = 1_000;

    /** By how much lots grow. */
    private static final int GROWTH = 4;

    /** After so many rows a lot ends with the resource that it is at. */
    private static final int ROWS = 10_000;

    /** What the contents of a lot may take before they are decompressed. */
    private static final int BYTES = 4 << 20;

    /** After so many documents of a lot that are left to SQL, so is the rest of the lot. */
    private static final int IRREGULAR = 16;

    private static final String TOO_MANY = "it gives more than " + View.MOST_ROWS + " rows";

    /** What {@link Stored} takes of {@code resources r} and {@code versions v}. */
    static final String CONTENTS = "v.encoding, v.content, r.logical_id, v.version, v.last_updated";

    private static final String ALL =
            "SELECT r.id, "
                    + CONTENTS
                    + " FROM resources r CROSS JOIN versions v"
                    + " ON v.position = r.position"
                    + " WHERE r.kind = ? AND r.deleted = 0 AND r.id > ? ORDER BY r.id LIMIT ?";

    private final Numbers numbers;
    private final TenantContext tenant;
    private final ViewRequest request;
    private final List<Column> columns;
    private final SqlStatement statement;
    private final DocumentMembers members;
    private final Optional<RowReader> reader;
    private final long limit;

    /**
     * @param reader how rows are read out of documents without SQL; empty asks SQL for all
     */
    ViewLots(
            Numbers numbers,
            TenantContext tenant,
            ViewRequest request,
            Optional<RowReader> reader) {
        this.numbers = numbers;
        this.tenant = tenant;
        this.request = request;
        this.reader = reader;
        columns = request.view().columns();
        limit = request.limit().orElse(Long.MAX_VALUE);
        statement = SqliteViewEngine.statement(request.view());
        members = new DocumentMembers(RootMembers.of(request.view()));
    }

    /**
     * Some resources in their order.
     *
     * @param after the number of the resource behind which they begin
     * @param upTo the number of the last resource that they may have
     * @param size how many at most
     */
    record Range(OptionalLong after, long upTo, int size) {
        static final Range START = new Range(OptionalLong.empty(), Long.MAX_VALUE, FIRST);

        /** What follows behind a resource. */
        Range behind(long last) {
            return new Range(OptionalLong.of(last), upTo, Math.min(USUAL, size * GROWTH));
        }

        /** The part of it that ends with these resources. */
        Range upTo(Resources found) {
            return found.stored().isEmpty()
                    ? this
                    : new Range(after, found.stored().getLast().id(), size);
        }
    }

    /**
     * A resource.
     *
     * @param content as it is stored; null when SQL reads it, as the preamble is then
     */
    record Stored(long id, int encoding, byte[] content, Preamble preamble) {
        static Stored unread(long id) {
            return new Stored(id, 0, null, null);
        }
    }

    /**
     * The resources of a lot.
     *
     * @param behind what follows them; empty when there is no more
     */
    record Resources(List<Stored> stored, Optional<Range> behind) {
        static final Resources NONE = new Resources(List.of(), Optional.empty());
    }

    /**
     * What was read.
     *
     * @param rest what of the range is left
     */
    record Lot(List<Row> rows, Optional<Range> rest) {}

    /**
     * The resources that a range has now, with their contents if those are read here.
     *
     * @param session in the transaction that they are read in, too
     * @return at most as many as the size of the range says
     */
    Resources resources(Session session, Range range) throws SQLException {
        SqlStatement found = found(session, range);
        var stored = new ArrayList<Stored>();
        long bytes = 0;
        boolean ended = true;
        try (ResultSet rows = session.bind(found.text(), found.values()).executeQuery()) {
            while (rows.next()) {
                long id = rows.getLong(1);
                if (id > range.upTo()) {
                    break;
                }
                Stored one = reader.isPresent() ? stored(rows) : Stored.unread(id);
                stored.add(one);
                bytes += one.content() == null ? 0 : one.content().length;
                if (stored.size() == range.size() || bytes >= BYTES) {
                    ended = id == range.upTo();
                    break;
                }
            }
        }
        return new Resources(
                stored,
                ended ? Optional.empty() : Optional.of(range.behind(stored.getLast().id())));
    }

    private Stored stored(ResultSet row) throws SQLException {
        return new Stored(
                row.getLong(1),
                row.getInt(2),
                row.getBytes(3),
                new Preamble(
                        request.view().resourceType(),
                        IdCode.decode(row.getBytes(4)),
                        row.getLong(5),
                        row.getLong(6)));
    }

    /** Gives ids and, if they are read here, {@link #CONTENTS}. */
    private SqlStatement found(Session session, Range range) throws SQLException {
        var catalog = SqliteCatalog.of(session, numbers, tenant.tenant().value());
        if (reader.isPresent() && request.filter().equals(Criterion.everything())) {
            List<Kind> kinds = catalog.kinds(Set.of(request.view().resourceType()));
            // Numbers of kinds are positive: a type that was never stored has no rows.
            long kind = kinds.isEmpty() ? -1 : kinds.getFirst().number();
            return new SqlStatement(
                    ALL, List.of(kind, range.after().orElse(-1), (long) range.size()));
        }
        SqlStatement page = page(session, catalog, range);
        return reader.isEmpty()
                ? page
                : new SqlStatement(SqliteViewEngine.withContents(page.text()), page.values());
    }

    /** The rows of resources that {@link #resources} gave. */
    Lot read(Session session, Range range, Resources found) throws SQLException {
        var rows = new ArrayList<Row>();
        int irregular = 0;
        List<Stored> stored = found.stored();
        for (int i = 0; i < stored.size(); i++) {
            if (rows.size() >= ROWS) {
                return new Lot(rows, Optional.of(range.behind(stored.get(i - 1).id())));
            }
            boolean rest = reader.isEmpty() || irregular == IRREGULAR;
            if (rest || !isRead(session, stored.get(i), rows)) {
                irregular++;
                List<Stored> left = stored.subList(i, rest ? stored.size() : i + 1);
                OptionalLong end = asked(session, left, rows);
                if (end.isPresent()) {
                    return new Lot(rows, Optional.of(range.behind(end.getAsLong())));
                }
                i += left.size() - 1;
            }
        }
        boolean whole = stored.isEmpty() || stored.getLast().id() == range.upTo();
        return new Lot(rows, whole ? Optional.empty() : found.behind());
    }

    /** Whether the rows of a resource could be read out of its content. */
    private boolean isRead(Session session, Stored stored, List<Row> rows) {
        try {
            byte[] document =
                    session.bodies()
                            .decompress(stored.encoding(), stored.content(), stored.preamble())
                            .bytes();
            if (!reader.orElseThrow().read(document, rows, limit)) {
                throw failure(DocumentMembers.id(document).orElse("?"), TOO_MANY);
            }
            return true;
        } catch (IrregularException _) {
            return false;
        }
    }

    /**
     * Asks SQL for the rows of resources.
     *
     * @return the resource behind which it ended early; empty when it did not
     */
    private OptionalLong asked(Session session, List<Stored> resources, List<Row> rows)
            throws SQLException {
        session.viewFunctions().use(request.functions(), members);
        String ids =
                resources.stream()
                        .map(each -> Long.toString(each.id()))
                        .collect(Collectors.joining(",", "[", "]"));
        SqlStatement sql = SqliteViewEngine.withIds(statement, ids);
        try (ResultSet found = session.bind(sql.text(), sql.values()).executeQuery()) {
            long at = 0;
            int before = rows.size();
            while (rows.size() < limit && found.next()) {
                long id = found.getLong(1);
                if (id != at) {
                    if (rows.size() >= ROWS && at > 0) {
                        return OptionalLong.of(at);
                    }
                    at = id;
                    before = rows.size();
                } else if (rows.size() - before == View.MOST_ROWS) {
                    throw failure(session.viewFunctions().resource(), TOO_MANY);
                }
                rows.add(row(found));
            }
        } catch (SQLException e) {
            throw failure(session, e);
        }
        return OptionalLong.empty();
    }

    /** What a function said, naming the resource that it was about. */
    private SQLException failure(Session session, SQLException e) throws SQLException {
        ViewFunctions functions = session.viewFunctions();
        Optional<StorageException> said = functions.failure();
        if (said.isEmpty()) {
            return e;
        }
        if (!(said.get() instanceof StorageException.Unprocessable refused)) {
            throw said.get();
        }
        throw failure(functions.resource(), refused.getMessage());
    }

    private StorageException failure(String resource, String reason) {
        View view = request.view();
        return new StorageException.Unprocessable(
                "%s on %s/%s: %s"
                        .formatted(
                                view.name().isEmpty()
                                        ? "the view"
                                        : "the view '" + view.name() + "'",
                                view.resourceType(),
                                resource,
                                reason));
    }

    private SqlStatement page(Session session, SqliteCatalog catalog, Range range) {
        Optional<Cursor> after =
                range.after().isPresent()
                        ? Optional.of(
                                new PagePosition(List.of(), range.after().getAsLong()).cursor())
                        : Optional.empty();
        var query =
                new Query(
                        Set.of(request.view().resourceType()),
                        request.filter(),
                        List.of(),
                        range.size(),
                        after,
                        Query.Total.NONE);
        return SqliteSearchEngine.compiler(session, catalog).page(query, range.size());
    }

    private Row row(ResultSet found) throws SQLException {
        var values = new Value[columns.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = ValueReader.read(columns.get(i), found.getObject(i + 2));
        }
        return Row.of(values);
    }
}
