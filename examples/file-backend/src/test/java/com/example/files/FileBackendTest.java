package com.example.files;

import dev.andiron.spi.BackendProvider;
import dev.andiron.tck.BackendContract;

import java.nio.file.Path;
import java.util.Map;

/** The promises that every backend makes, proved for this one by the compatibility kit. */
class FileBackendTest extends BackendContract {

    @Override
    protected BackendProvider provider() {
        return new FileProvider();
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return Map.of("folder", folder.resolve("files"));
    }
}
