package dev.andiron.fhir.view.parquet;

import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

import java.io.IOException;
import java.io.OutputStream;

/** A stream as the library's file, which is written from front to back. It stays open. */
final class StreamFile implements OutputFile {
    private final OutputStream out;
    private long position;

    StreamFile(OutputStream out) {
        this.out = out;
    }

    /** How many bytes were written. */
    long position() {
        return position;
    }

    @Override
    public PositionOutputStream create(long blockSize) {
        return new Counted();
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSize) {
        return new Counted();
    }

    @Override
    public boolean supportsBlockSize() {
        return false;
    }

    @Override
    public long defaultBlockSize() {
        return 0;
    }

    private final class Counted extends PositionOutputStream {
        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int one) throws IOException {
            out.write(one);
            position++;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            position += length;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
