package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.View;
import dev.andiron.spi.view.ViewRequest;
import dev.andiron.sql.PagePosition;
import dev.andiron.sql.SqlStatement;
import dev.andiron.sql.view.RootMembers;
import dev.andiron.sql.view.ValueReader;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads the rows of a view, some resources at a time. Safe for use by several threads. */
final class ViewLots {
    /** Few at first, for the first rows to come soon. */
    static final int FIRST = 50;

    static final int USUAL = 1_000;

    /** After so many rows a lot ends with the resource that it is at. */
    private static final int ROWS = 10_000;

    private final Numbers numbers;
    private final TenantContext tenant;
    private final ViewRequest request;
    private final List<Column> columns;
    private final SqlStatement statement;
    private final DocumentMembers members;
    private final Optional<Quick> quick;

    /**
     * How documents are read whose columns are plain paths.
     *
     * @param statement gives ids and contents, and then the columns that are left to it
     * @param own the members that the paths look at
     * @param others the members that the statement looks at
     */
    private record Quick(
            PathColumns paths,
            SqlStatement statement,
            DocumentMembers own,
            DocumentMembers others) {
        static Quick of(PathColumns paths) {
            return new Quick(
                    paths,
                    paths.all()
                            ? SqliteViewEngine.contents()
                            : SqliteViewEngine.statementWithContent(paths.rest()),
                    new DocumentMembers(RootMembers.of(paths.read())),
                    new DocumentMembers(RootMembers.of(paths.rest())));
        }
    }

    ViewLots(Numbers numbers, TenantContext tenant, ViewRequest request) {
        this.numbers = numbers;
        this.tenant = tenant;
        this.request = request;
        columns = request.view().columns();
        statement = SqliteViewEngine.statement(request.view());
        members = new DocumentMembers(RootMembers.of(request.view()));
        quick = PathColumns.of(request.view(), request.functions()).map(Quick::of);
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
            return new Range(OptionalLong.of(last), upTo, USUAL);
        }

        /** What follows behind the resources that it has; empty when it has no more. */
        Optional<Range> behind(List<Long> resources) {
            return resources.size() == size && resources.getLast() < upTo
                    ? Optional.of(behind(resources.getLast()))
                    : Optional.empty();
        }

        /** The part of it that ends with these resources. */
        Range upTo(List<Long> resources) {
            return resources.isEmpty() ? this : new Range(after, resources.getLast(), size);
        }
    }

    /**
     * What was read.
     *
     * @param rest what of the range is left
     */
    record Lot(List<Row> rows, Optional<Range> rest) {}

    /**
     * The resources that a range has now.
     *
     * @param session in the transaction that they are read in, too
     * @return at most as many as the size of the range says; fewer when there are no more
     */
    List<Long> resources(Session session, Range range) throws SQLException {
        List<Long> ids = session.list(page(session, range), row -> row.getLong(1));
        return ids.stream().takeWhile(id -> id <= range.upTo()).toList();
    }

    /** The rows of resources that {@link #resources} gave. */
    Lot read(Session session, Range range, List<Long> resources) throws SQLException {
        if (resources.isEmpty()) {
            return new Lot(List.of(), Optional.empty());
        }
        try {
            var rows = new ArrayList<Row>();
            OptionalLong end = rows(session, resources, rows);
            if (end.isPresent()) {
                return new Lot(rows, Optional.of(range.behind(end.getAsLong())));
            }
            return new Lot(rows, range.behind(resources));
        } catch (SQLException e) {
            throw failure(session, e);
        }
    }

    /** The resource behind which it ended early; empty when it did not. */
    private OptionalLong rows(Session session, List<Long> resources, List<Row> rows)
            throws SQLException {
        if (quick.isPresent()) {
            try {
                return quickly(session, quick.get(), resources, rows);
            } catch (IrregularException _) {
                rows.clear();
            }
        }
        session.viewFunctions().use(request.functions(), members);
        try (ResultSet found = found(session, statement, resources)) {
            long at = 0;
            while (found.next()) {
                long id = found.getLong(1);
                if (id != at && rows.size() >= ROWS) {
                    return OptionalLong.of(at);
                }
                at = id;
                rows.add(row(found, new Value[columns.size()], 2));
            }
        }
        return OptionalLong.empty();
    }

    private static ResultSet found(Session session, SqlStatement statement, List<Long> resources)
            throws SQLException {
        SqlStatement sql = SqliteViewEngine.withIds(statement, resources.toString());
        return session.bind(sql.text(), sql.values()).executeQuery();
    }

    private OptionalLong quickly(Session session, Quick how, List<Long> resources, List<Row> rows)
            throws SQLException, IrregularException {
        session.viewFunctions().use(request.functions(), how.others());
        try (ResultSet found = found(session, how.statement(), resources)) {
            long at = 0;
            Value[] own = {};
            while (found.next()) {
                long id = found.getLong(1);
                if (id != at) {
                    if (rows.size() >= ROWS) {
                        return OptionalLong.of(at);
                    }
                    byte[] document =
                            session.bodies().decompress(found.getInt(2), found.getBytes(3)).bytes();
                    own = how.paths().values(how.own().of(document));
                }
                at = id;
                rows.add(row(found, own.clone(), 4));
            }
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
        View view = request.view();
        throw new StorageException.Unprocessable(
                "%s on %s/%s: %s"
                        .formatted(
                                view.name().isEmpty()
                                        ? "the view"
                                        : "the view '" + view.name() + "'",
                                view.resourceType(),
                                functions.resource(),
                                refused.getMessage()));
    }

    private SqlStatement page(Session session, Range range) throws SQLException {
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
        var catalog = SqliteCatalog.of(session, numbers, tenant.tenant().value());
        return SqliteSearchEngine.compiler(session, catalog).page(query, range.size());
    }

    /**
     * A row.
     *
     * @param values those that are known; the others come from the columns of the result
     * @param column the first of them
     */
    private Row row(ResultSet found, Value[] values, int column) throws SQLException {
        int next = column;
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                values[i] = ValueReader.read(columns.get(i), found.getObject(next));
                next++;
            }
        }
        return Row.of(values);
    }
}
