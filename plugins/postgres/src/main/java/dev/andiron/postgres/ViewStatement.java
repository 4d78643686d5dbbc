package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
import dev.andiron.spi.view.View;
import dev.andiron.spi.view.ViewRequest;
import dev.andiron.sql.Sql;
import dev.andiron.sql.SqlStatement;
import dev.andiron.sql.view.ViewCompiler;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A view as a statement over some resources of a tenant, in the order of their ids.
 *
 * @param sql the statement, some of whose values are a {@link Place}
 */
record ViewStatement(SqlStatement sql) {
    /** The most columns of a result. */
    private static final int MOST_COLUMNS = 1_600;

    /** What is known when the statement runs. */
    enum Place {
        TENANT,
        RESOURCES,
        RESOURCE_TYPES
    }

    /** Why a view has no statement. */
    static Optional<String> refusal(View view) {
        return view.columns().size() > MOST_COLUMNS
                ? Optional.of("more than %d columns".formatted(MOST_COLUMNS))
                : new ViewCompiler(dialect(view)).refusal(view);
    }

    /** Elements as they were written are not to be had from the binary form. */
    private static PostgresJson dialect(View view) {
        return view.columns().stream().allMatch(column -> column.type().isPrimitive())
                ? PostgresJson.binary()
                : PostgresJson.text();
    }

    /** OFFSET 0 keeps the documents from being made anew for each look into them. */
    static ViewStatement of(View view) {
        PostgresJson dialect = dialect(view);
        var compiler = new ViewCompiler(dialect);
        compiler.refusal(view)
                .ifPresent(
                        reason -> {
                            throw new IllegalArgumentException(reason);
                        });
        Sql source =
                Sql.of("(SELECT d.id, " + dialect.document("d.content") + " AS doc FROM")
                        .add(" (SELECT r.id, v.content FROM resources r JOIN versions v")
                        .add(" ON v.tenant = r.tenant AND v.position = r.position")
                        .add(" WHERE r.tenant = ")
                        .bind(Place.TENANT)
                        .add(" AND r.id = ANY (")
                        .bind(Place.RESOURCES)
                        .add(") AND r.deleted = 0 ORDER BY r.id) d OFFSET 0)");
        return new ViewStatement(compiler.compile(view, source));
    }

    /** The statement for a run of the view. */
    SqlStatement on(int tenant, List<Long> resources, ViewRequest request) {
        var values = new ArrayList<>(sql.values());
        values.replaceAll(
                value ->
                        value instanceof Place place
                                ? switch (place) {
                                    case TENANT -> tenant;
                                    case RESOURCES ->
                                            new SqlArray("bigint", resources.toArray(Long[]::new));
                                    case RESOURCE_TYPES ->
                                            SqlArray.texts(
                                                    List.copyOf(
                                                            request.functions().resourceTypes()));
                                }
                                : value);
        return new SqlStatement(sql.text(), values);
    }
}
