package dev.andiron.server.export;

import java.util.Optional;

/** Resources as lines. */
record LineOutput(PartWriter part, long fileSize) implements ExportOutput {

    @Override
    public boolean hasRoom(byte[] json) {
        return part.size() == 0 || part.size() + json.length < fileSize;
    }

    @Override
    public void add(byte[] json) {
        part.line(json);
    }

    @Override
    public Optional<ExportState.File> finish() {
        return part.finish();
    }

    @Override
    public void close() {
        part.close();
    }
}
