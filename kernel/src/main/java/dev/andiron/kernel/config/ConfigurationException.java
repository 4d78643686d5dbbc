package dev.andiron.kernel.config;

import dev.andiron.kernel.StartupException;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with all of its problems at once. */
public final class ConfigurationException extends StartupException {
    private static final long serialVersionUID = 1;

    private final transient List<ConfigurationProblem> problems;

    public ConfigurationException(List<ConfigurationProblem> problems) {
        super(
                problems.stream()
                        .map(ConfigurationProblem::toString)
                        .collect(Collectors.joining("\n")),
                ExitCode.CONFIGURATION,
                null);
        this.problems = List.copyOf(problems);
    }

    /** The problems, in the order of their places; the message has a line for each. */
    public List<ConfigurationProblem> problems() {
        return problems;
    }
}
