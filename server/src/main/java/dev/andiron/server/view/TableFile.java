package dev.andiron.server.view;

import dev.andiron.fhir.view.TableColumn;
import dev.andiron.fhir.view.TableWriter;
import dev.andiron.server.interaction.Download;
import dev.andiron.spi.StorageException;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * A table that is made whole before anything of it is sent, so that its status tells what is wrong
 * with any row. It lies in a temporary file until it is closed.
 */
final class TableFile implements Download {
    private final Path file;
    private final Writing writing;

    private TableFile(Path file, Writing writing) {
        this.file = file;
        this.writing = writing;
    }

    /** Begins a table on a stream. */
    @FunctionalInterface
    interface Format {
        TableWriter begin(OutputStream out, List<TableColumn> columns) throws IOException;
    }

    /** How a table is written, and what that is called. */
    record Writing(String mediaType, boolean compressed, Format format) {
        static Writing of(TableForm form) {
            return new Writing(
                    form.format().contentType(), form.format().isCompressed(), form::writer);
        }
    }

    /** Writes the rows of a table. */
    @FunctionalInterface
    interface Rows {
        void writeTo(TableWriter table) throws IOException;
    }

    /**
     * Makes a table.
     *
     * @throws StorageException.OutOfSpace if the file cannot be written
     */
    static TableFile of(Writing writing, List<TableColumn> columns, Rows rows) {
        try {
            Path file = Files.createTempFile("andiron-", ".table");
            boolean whole = false;
            try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
                TableWriter table = writing.format().begin(out, columns);
                rows.writeTo(table);
                table.close();
                whole = true;
            } finally {
                if (!whole) {
                    Files.deleteIfExists(file);
                }
            }
            return new TableFile(file, writing);
        } catch (IOException e) {
            throw new StorageException.OutOfSpace("a temporary file cannot be written", e);
        }
    }

    @Override
    public String mediaType() {
        return writing.mediaType();
    }

    @Override
    public OptionalLong length() {
        try {
            return OptionalLong.of(Files.size(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
