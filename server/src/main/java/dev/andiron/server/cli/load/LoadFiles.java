package dev.andiron.server.cli.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a load in the order in which they are sent: by stage, then by path.
 *
 * @param files what is sent
 * @param passedOver files in the given folders that are neither JSON nor NDJSON
 */
record LoadFiles(List<LoadFile> files, List<Path> passedOver) {

    /**
     * Collects files, and those below folders.
     *
     * @param paths files and folders
     * @throws LoadException if a path does not exist, a file that was named itself is of another
     *     form, or nothing is left to load
     */
    static LoadFiles find(List<Path> paths) {
        var files = new ArrayList<LoadFile>();
        var passedOver = new ArrayList<Path>();
        try {
            for (Path path : paths) {
                if (Files.isDirectory(path)) {
                    try (Stream<Path> below = Files.walk(path)) {
                        for (Path file : below.filter(Files::isRegularFile).sorted().toList()) {
                            if (LoadFile.isLoadable(file)) {
                                files.add(LoadFile.of(file));
                            } else {
                                passedOver.add(file);
                            }
                        }
                    }
                } else if (!Files.exists(path)) {
                    throw new LoadException("there is no file or folder " + path);
                } else if (!LoadFile.isLoadable(path)) {
                    throw new LoadException(
                            path
                                    + " is not loaded: the name has to end in .json, .ndjson,"
                                    + " .json.gz or .ndjson.gz");
                } else {
                    files.add(LoadFile.of(path));
                }
            }
        } catch (IOException e) {
            throw new LoadException("cannot read " + e.getMessage(), e);
        }
        if (files.isEmpty()) {
            throw new LoadException("no .json, .ndjson, .json.gz or .ndjson.gz file in " + paths);
        }
        files.sort(Comparator.comparingInt(LoadFile::stage).thenComparing(LoadFile::path));
        return new LoadFiles(List.copyOf(files), List.copyOf(passedOver));
    }

    long totalSize() {
        return files.stream().mapToLong(LoadFile::size).sum();
    }
}
