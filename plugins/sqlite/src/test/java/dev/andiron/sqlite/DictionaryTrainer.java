package dev.andiron.sqlite;

import com.github.luben.zstd.ZstdDictTrainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes the plugin's compression dictionary, {@code fhir.zdict}, from Synthea's bundles. To be run
 * by hand; a new dictionary needs a new number in new files only, so old files stay readable.
 */
final class DictionaryTrainer {
    private static final int DICTIONARY_BYTES = 64 << 10;
    private static final int SAMPLE_BYTES = 16 << 20;

    /** Larger resources hold little that others have, and would crowd them out. */
    private static final int LARGEST = 16 << 10;

    private DictionaryTrainer() {}

    /**
     * @param args the folder of bundles, the file to write
     */
    public static void main(String[] args) throws IOException {
        var resources = SyntheaResources.read(Path.of(args[0]));
        var trainer = new ZstdDictTrainer(SAMPLE_BYTES, DICTIONARY_BYTES);
        int every = 1 + resources.size() / 4_000;
        for (int i = 0; i < resources.size(); i += every) {
            if (resources.get(i).length <= LARGEST) {
                trainer.addSample(resources.get(i));
            }
        }
        Files.write(Path.of(args[1]), trainer.trainSamples());
    }
}
