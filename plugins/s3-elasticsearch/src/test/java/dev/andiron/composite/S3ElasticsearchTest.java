package dev.andiron.composite;

import dev.andiron.s3.S3Mock;
import dev.andiron.s3.S3Provider;
import dev.andiron.spi.BackendProvider;
import dev.andiron.tck.BackendContract;
import dev.andiron.tck.fixture.Opening;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contract on an object store with Elasticsearch. */
class S3ElasticsearchTest extends BackendContract {

    /** What is tested. */
    public static final class Provider extends KitProvider {
        /** For services. */
        public Provider() {
            super(
                    new Opening(new S3Provider(), folder -> S3Mock.server().options(folder)),
                    Elasticsearch.opening());
        }
    }

    @Override
    protected BackendProvider provider() {
        return new Provider();
    }

    @Override
    protected Map<String, ?> options(Path folder) {
        return Map.of("folder", folder);
    }

    @Override
    protected Optional<List<String>> forkedJvm() {
        return Elasticsearch.forked(
                super.forkedJvm().orElseThrow(),
                S3Mock.URL_PROPERTY,
                S3Mock.server().url().toString());
    }
}
