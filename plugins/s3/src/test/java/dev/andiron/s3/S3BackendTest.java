package dev.andiron.s3;

import dev.andiron.spi.BackendProvider;
import dev.andiron.tck.BackendContract;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contract on S3Mock. */
class S3BackendTest extends BackendContract {
    @Override
    protected BackendProvider provider() {
        return new S3Provider();
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return S3Mock.server().options(folder);
    }

    @Override
    protected Optional<List<String>> forkedJvm() {
        var command = new ArrayList<>(super.forkedJvm().orElseThrow());
        command.add(1, "-D" + S3Mock.URL_PROPERTY + "=" + S3Mock.server().url());
        return Optional.of(command);
    }
}
