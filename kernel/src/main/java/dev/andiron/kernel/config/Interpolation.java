package dev.andiron.kernel.config;

import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${NAME}} and {@code ${NAME:default}} in a file's values by environment variables;
 * {@code $${} stands for {@code ${} itself. What a variable holds is not looked into again.
 */
final class Interpolation {
    private static final Pattern PLACE =
            Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:([^}]*))?}|\\$\\{");

    private Interpolation() {}

    /**
     * The text with its variables replaced.
     *
     * @param problem told a sentence for each variable that is not set and has no default
     */
    static String replace(String text, Map<String, String> environment, Consumer<String> problem) {
        if (!text.contains("${")) {
            return text;
        }
        return PLACE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(value(found, environment, problem)));
    }

    private static String value(
            java.util.regex.MatchResult found,
            Map<String, String> environment,
            Consumer<String> problem) {
        if (found.group().equals("$${")) {
            return "${";
        }
        String name = found.group(1);
        if (name == null) {
            problem.accept(
                    "'${' does not begin ${NAME} or ${NAME:default}; write $${ for the text"
                            + " itself");
            return "";
        }
        String value = environment.get(name);
        if (value == null) {
            value = found.group(3);
        }
        if (value == null) {
            problem.accept(
                    "the environment variable %s is not set; ${%s:default} gives a default"
                            .formatted(name, name));
            return "";
        }
        return value;
    }
}
