package dev.andiron.kernel.plugin;

import java.nio.file.Path;

/** Started in a process of its own, whose boot layer a test chooses: prints what a scan finds. */
final class ForkedScan {
    private ForkedScan() {}

    public static void main(String[] arguments) {
        try (Plugins found = Plugins.scan(PluginLocations.of(Path.of(arguments[0])))) {
            for (PluginReport.Entry entry : found.report().entries()) {
                System.out.println(
                        entry.location().getFileName()
                                + " | "
                                + entry.realm().map(RealmKind::toString).orElse("-")
                                + " | "
                                + entry.name()
                                + " | "
                                + entry.description()
                                + entry.reason());
            }
        }
    }
}
