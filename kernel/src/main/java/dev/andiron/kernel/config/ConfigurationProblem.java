package dev.andiron.kernel.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param place where: a file with its line, an environment variable, or the command line
 * @param key the dotted key that it is about; empty when it is about the file as a whole
 * @param message one sentence, without secrets
 */
public record ConfigurationProblem(String place, String key, String message) {

    @Override
    public String toString() {
        return place + ": " + message;
    }
}
