package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.View;
import dev.andiron.spi.view.ViewEngine;
import dev.andiron.spi.view.ViewRequest;
import dev.andiron.sql.Sql;
import dev.andiron.sql.SqlStatement;
import dev.andiron.sql.document.RowReader;
import dev.andiron.sql.view.ViewCompiler;

import java.util.ArrayList;
import java.util.Optional;
import java.util.StringJoiner;

/** Runs views as SQL over the stored documents. */
final class SqliteViewEngine implements ViewEngine {
    private static final ViewCompiler COMPILER = new ViewCompiler(new SqliteJson());

    private final ReadPool reads;
    private final Numbers numbers;

    private final boolean readsDocuments;

    SqliteViewEngine(ReadPool reads, Numbers numbers) {
        this(reads, numbers, true);
    }

    /**
     * @param readsDocuments whether rows are read out of documents where that can be; otherwise all
     *     of them come from SQL
     */
    SqliteViewEngine(ReadPool reads, Numbers numbers, boolean readsDocuments) {
        this.reads = reads;
        this.numbers = numbers;
        this.readsDocuments = readsDocuments;
    }

    @Override
    public Optional<String> refusal(View view) {
        return COMPILER.refusal(view);
    }

    @Override
    public RowCursor run(TenantContext tenant, ViewRequest request) {
        check(request.view());
        return new SqliteRowCursor(
                reads, lots(tenant, request), request.limit().orElse(Long.MAX_VALUE));
    }

    /** How the rows of a view are read, lot by lot. */
    ViewLots lots(TenantContext tenant, ViewRequest request) {
        return new ViewLots(numbers, tenant, request, reader(request));
    }

    private Optional<RowReader> reader(ViewRequest request) {
        return readsDocuments
                ? RowReader.of(request.view(), request.functions())
                : Optional.empty();
    }

    private void check(View view) {
        refusal(view)
                .ifPresent(
                        reason -> {
                            throw new StorageException.NotSupported(reason);
                        });
    }

    /**
     * The statement that gives the rows of some resources, whose ids are its one value of the type
     * {@link Ids}.
     *
     * <p>LIMIT keeps SQLite from merging the source into the rest of the statement, which would
     * decompress and parse a document once for each look into it.
     */
    static SqlStatement statement(View view) {
        return COMPILER.compile(view, parsed());
    }

    private static Sql parsed() {
        return Sql.of("(SELECT r.id AS id, jsonb(CAST(" + ViewFunctions.BODY)
                .add("(v.encoding, v.content, (SELECT k.type FROM kinds k WHERE k.id = r.kind),")
                .add(" r.logical_id, v.version, v.last_updated) AS TEXT)) AS doc")
                .add(resources())
                .add(" LIMIT -1)");
    }

    private static Sql resources() {
        return Sql.of(" FROM json_each(")
                .bind(Ids.PLACE)
                .add(") i CROSS JOIN resources r ON r.id = i.value CROSS JOIN versions v")
                .add(" ON v.position = r.position WHERE r.deleted = 0");
    }

    /** A statement for ids with {@link ViewLots#CONTENTS} behind each. */
    static String withContents(String ids) {
        return "SELECT p.id, "
                + ViewLots.CONTENTS
                + " FROM ("
                + ids
                + ") p CROSS JOIN resources r ON r.id = p.id CROSS JOIN versions v"
                + " ON v.position = r.position";
    }

    static SqlStatement withIds(SqlStatement statement, String ids) {
        var values = new ArrayList<>(statement.values());
        values.replaceAll(value -> value == Ids.PLACE ? ids : value);
        return new SqlStatement(statement.text(), values);
    }

    /** Where a statement takes the ids of resources, a JSON array. */
    enum Ids {
        PLACE
    }

    @Override
    public String explain(TenantContext tenant, ViewRequest request) {
        check(request.view());
        return reads.read(
                session -> {
                    session.viewFunctions()
                            .use(request.functions(), new DocumentMembers(Optional.empty()));
                    var sql = withIds(statement(request.view()), "[]");
                    var text = new StringJoiner("\n");
                    text.add(sql.text());
                    session.list(
                                    new SqlStatement(
                                            "EXPLAIN QUERY PLAN " + sql.text(), sql.values()),
                                    row -> row.getString("detail"))
                            .forEach(text::add);
                    text.add(
                            reader(request).isPresent()
                                    ? "rows are read out of the documents; the statement is for"
                                            + " documents that do not allow it"
                                    : "the statement gives all rows");
                    return text.toString();
                });
    }
}
