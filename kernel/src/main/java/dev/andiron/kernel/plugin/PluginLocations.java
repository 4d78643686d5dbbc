package dev.andiron.kernel.plugin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where to look for plugins.
 *
 * @param folders folders whose sub-folders and jars are plugins, one each; those that do not exist
 *     are passed over. Where two plugins bring one name, the earlier one has it
 * @param classPath whether providers on the application's own class path count too, for tests and
 *     for programs that embed the server
 */
public record PluginLocations(List<Path> folders, boolean classPath) {

    public PluginLocations {
        folders = folders.stream().map(folder -> folder.toAbsolutePath().normalize()).toList();
    }

    /** Plugins in folders only. */
    public static PluginLocations of(Path... folders) {
        return new PluginLocations(List.of(folders), false);
    }

    /** The same, and one more folder at the end. */
    public PluginLocations and(Path folder) {
        var all = new ArrayList<Path>(folders);
        all.add(folder);
        return new PluginLocations(all, classPath);
    }

    /** The same, and the class path before the folders. */
    public PluginLocations withClassPath() {
        return new PluginLocations(folders, true);
    }
}
