package dev.andiron.server.view;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.view.CsvTable;
import dev.andiron.fhir.view.JsonTable;
import dev.andiron.fhir.view.NdjsonTable;
import dev.andiron.fhir.view.TableColumn;
import dev.andiron.fhir.view.TableWriter;
import dev.andiron.fhir.view.parquet.ParquetTable;
import dev.andiron.server.operation.OperationParameters;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a table is to be written: {@code _format}, {@code header} and {@code _formulaGuard}.
 *
 * @param header whether CSV names its columns
 * @param formulaGuard whether CSV keeps texts from being taken for formulas
 */
record TableForm(TableFormat format, boolean header, boolean formulaGuard) {
    /** The names of the parameters that it reads, but for that of the format. */
    static final Set<String> PARAMETERS = Set.of("header", "_formulaGuard");

    /**
     * Reads it.
     *
     * @param accept the {@code Accept} field, where it counts
     * @throws FhirException 400 or 406 if there is no such format
     */
    static TableForm read(OperationParameters parameters, Optional<String> accept) {
        return new TableForm(
                TableFormat.of(parameters.text("_format"), accept),
                parameters.flag("header").orElse(true),
                parameters.flag("_formulaGuard").orElse(false));
    }

    /** Whether a table in this form may turn out not to hold a value of its columns. */
    boolean mayRefuse(List<TableColumn> columns) {
        return format == TableFormat.PARQUET && ParquetTable.mayRefuse(columns);
    }

    /** Begins a table. */
    TableWriter writer(OutputStream out, List<TableColumn> columns) throws IOException {
        return switch (format) {
            case JSON -> new JsonTable(out, columns);
            case NDJSON -> new NdjsonTable(out, columns);
            case CSV -> new CsvTable(out, columns, header, formulaGuard);
            case PARQUET -> new ParquetTable(out, columns);
        };
    }
}
