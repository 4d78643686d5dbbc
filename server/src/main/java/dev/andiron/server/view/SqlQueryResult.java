package dev.andiron.server.view;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.outcome.OperationOutcome;
import dev.andiron.fhir.view.ParametersTable;
import dev.andiron.fhir.view.TableColumn;
import dev.andiron.fhir.view.TableWriter;
import dev.andiron.server.interaction.Download;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.SqlRows;
import dev.andiron.spi.view.ValueType;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * The answer to an SQL query, made whole before anything of it is sent, so that its status is right
 * and its header says which bound ended it. It lies in a temporary file until it is closed.
 */
final class SqlQueryResult implements Download {
    private final Path file;
    private final Writing writing;
    private final Optional<String> notice;
    private final long rows;

    /** Begins a table on a stream. */
    @FunctionalInterface
    interface Format {
        TableWriter begin(OutputStream out, List<TableColumn> columns) throws IOException;
    }

    private SqlQueryResult(Path file, Writing writing, Optional<String> notice, long rows) {
        this.file = file;
        this.writing = writing;
        this.notice = notice;
        this.rows = rows;
    }

    /** How a table is written, and what that is called. */
    record Writing(String mediaType, boolean compressed, Format format) {}

    /**
     * Writes all rows, and closes them.
     *
     * @throws FhirException 422 if columns have one name, or there was no time for any row
     * @throws StorageException if the query fails
     */
    static SqlQueryResult of(SqlRows rows, Writing writing, SqlQueryLimits limits, long rowLimit) {
        try (rows) {
            Path file = Files.createTempFile("andiron-query", ".table");
            boolean whole = false;
            try {
                SqlQueryResult result = write(rows, writing, limits, rowLimit, file);
                whole = true;
                return result;
            } finally {
                if (!whole) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new StorageException.OutOfSpace("a temporary file cannot be written", e);
        }
    }

    private static SqlQueryResult write(
            SqlRows rows, Writing writing, SqlQueryLimits limits, long rowLimit, Path file)
            throws IOException {
        List<TableColumn> columns = columns(rows);
        try (var out = new BufferedOutputStream(Files.newOutputStream(file));
                TableWriter table = writing.format().begin(out, columns)) {
            long count = 0;
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
            Optional<String> notice =
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
            return new SqlQueryResult(file, writing, notice, count);
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

    /** Which bound ended it, for a header field. */
    Optional<String> notice() {
        return notice;
    }

    /** How many rows it has. */
    long rows() {
        return rows;
    }

    @Override
    public String mediaType() {
        return writing.mediaType();
    }

    @Override
    public boolean isCompressed() {
        return writing.compressed();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        Files.copy(file, out);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new StorageException.OutOfSpace("a temporary file cannot be removed", e);
        }
    }
}
