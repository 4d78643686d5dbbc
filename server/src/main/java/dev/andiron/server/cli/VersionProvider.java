package dev.andiron.server.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "andiron " + Version.text(),
            "Java %s (%s)".formatted(Runtime.version(), System.getProperty("java.vendor"))
        };
    }
}
