package dev.andiron.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The bundled patients: synthetic, made by Synthea, with the hospitals and practitioners that they
 * refer to.
 */
final class Sample {
    private static final List<String> FILES =
            List.of(
                    "hospitalInformation",
                    "practitionerInformation",
                    "Brady998_Weissnat378",
                    "Jody426_McKenzie376",
                    "Pasquale620_Bernier607",
                    "Rebecca981_Kristel938_Lesch175",
                    "Williams176_Carroll471");

    private Sample() {}

    /** Writes the bundles into a folder. */
    static void unpack(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name : FILES) {
            String file = name + ".json.gz";
            try (InputStream bundle = Sample.class.getResourceAsStream("sample/" + file)) {
                if (bundle == null) {
                    throw new IOException("this build does not hold the sample " + file);
                }
                Files.copy(bundle, folder.resolve(file));
            }
        }
    }
}
