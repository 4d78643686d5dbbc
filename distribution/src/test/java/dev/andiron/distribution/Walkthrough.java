package dev.andiron.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A document whose steps can be taken: files, each a block below a heading with its path, and
 * commands, the blocks of a shell, in the order of the document.
 *
 * @param files contents by path
 * @param commands what is typed, a block each
 */
record Walkthrough(Map<String, String> files, List<String> commands) {
    private static final Pattern BLOCK =
            Pattern.compile("(?ms)^(?:#### `([^`\\n]+)`\\n\\n)?```(\\w+)\\n(.*?)^```$");

    static Walkthrough read(Path document) throws IOException {
        Matcher blocks = BLOCK.matcher(Files.readString(document));
        var files = new LinkedHashMap<String, String>();
        var commands = new ArrayList<String>();
        while (blocks.find()) {
            if (blocks.group(1) != null) {
                files.put(blocks.group(1), blocks.group(3));
            } else if (blocks.group(2).equals("sh")) {
                commands.add(blocks.group(3));
            }
        }
        return new Walkthrough(files, commands);
    }

    /** Writes the files into an empty folder. */
    void write(Path folder) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path target = folder.resolve(file.getKey());
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.getValue());
        }
    }
}
