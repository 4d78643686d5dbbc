package dev.andiron.kernel.config;

/** Where an effective value comes from; a later constant beats an earlier one. */
public enum ValueSource {
    DEFAULT("default"),
    FILE("file"),
    ENVIRONMENT("environment"),
    COMMAND_LINE("command line");

    private final String word;

    ValueSource(String word) {
        this.word = word;
    }

    @Override
    public String toString() {
        return word;
    }
}
