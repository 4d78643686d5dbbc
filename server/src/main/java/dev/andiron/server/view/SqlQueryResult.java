package dev.andiron.server.view;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.outcome.OperationOutcome;
import dev.andiron.fhir.view.ParametersTable;
import dev.andiron.fhir.view.TableColumn;
import dev.andiron.fhir.view.TableWriter;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.SqlRows;
import dev.andiron.spi.view.ValueType;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** The rows of an SQL query in a file, so that a header says which bound ended them. */
record SqlQueryResult(TableFile file, Optional<String> notice, long rows) {

    /**
     * Writes all rows, and closes them.
     *
     * @throws FhirException 422 if columns have one name, or there was no time for any row
     * @throws StorageException if the query fails
     */
    static SqlQueryResult of(
            SqlRows rows, TableFile.Writing writing, SqlQueryLimits limits, long rowLimit) {
        try (rows) {
            var written = new Written();
            TableFile file =
                    TableFile.of(
                            writing,
                            columns(rows),
                            table -> written.write(table, rows, limits, rowLimit));
            return new SqlQueryResult(file, written.notice, written.count);
        }
    }

    /** What was written. */
    private static final class Written {
        private long count;
        private Optional<String> notice = Optional.empty();

        void write(TableWriter table, SqlRows rows, SqlQueryLimits limits, long rowLimit)
                throws IOException {
            boolean large = false;
            List<Row> next = rows.next();
            while (!next.isEmpty() && !large) {
                for (Row row : next) {
                    table.write(row);
                    count++;
                }
                large = table.size() > limits.bytes();
                next = rows.next();
            }
            notice =
                    large && !next.isEmpty()
                            ? Optional.of("bytes; more than %d".formatted(limits.bytes()))
                            : notice(rows, limits, rowLimit);
            if (notice.isPresent() && count == 0 && rowLimit > 0) {
                throw new FhirException(
                        422,
                        "too-costly",
                        "The query had no row within %s; sql.time sets the bound."
                                .formatted(limits.time()));
            }
            if (table instanceof ParametersTable parameters && notice.isPresent()) {
                parameters.write("outcome", outcome(notice.get()));
            }
        }
    }

    private static Optional<String> notice(SqlRows rows, SqlQueryLimits limits, long rowLimit) {
        return rows.bound()
                .map(
                        bound ->
                                switch (bound) {
                                    case ROWS -> "rows; more than %d".formatted(rowLimit);
                                    case TIME -> "time; more than %s".formatted(limits.time());
                                });
    }

    private static JsonObject outcome(String notice) {
        return OperationOutcome.of(
                List.of(
                        Issue.warning(
                                "incomplete",
                                "The query gives more than these rows; it was ended by a bound on "
                                        + notice)));
    }

    private static List<TableColumn> columns(SqlRows rows) {
        var names = new HashSet<String>();
        for (SqlRows.ResultColumn column : rows.columns()) {
            if (!names.add(column.name())) {
                throw new FhirException(
                        422,
                        "processing",
                        "Two columns of the query are called '%s'; AS gives one another name."
                                .formatted(column.name()));
            }
        }
        return rows.columns().stream()
                .map(
                        column ->
                                new TableColumn(
                                        column.name(), column.type(), false, sqlType(column)))
                .toList();
    }

    /** Whole numbers of a database are larger than those of FHIR. */
    private static Optional<String> sqlType(SqlRows.ResultColumn column) {
        return column.type().kind() == ValueType.Kind.INTEGER
                ? Optional.of("BIGINT")
                : Optional.empty();
    }
}
