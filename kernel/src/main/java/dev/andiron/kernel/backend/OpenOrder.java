package dev.andiron.kernel.backend;

import dev.andiron.kernel.config.BackendSection;
import dev.andiron.kernel.config.ConfigurationException;
import dev.andiron.kernel.config.ConfigurationProblem;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts backends behind the parts that they name. */
final class OpenOrder {
    private final Map<String, BackendSection> sections = new LinkedHashMap<>();
    private final List<BackendSection> ordered = new ArrayList<>();
    private final Set<String> path = new LinkedHashSet<>();

    private OpenOrder(List<BackendSection> sections) {
        sections.forEach(section -> this.sections.put(section.name(), section));
    }

    /**
     * The backends in an order in which they can be opened.
     *
     * @throws ConfigurationException if a backend is a part of itself
     */
    static List<BackendSection> of(List<BackendSection> sections) {
        var order = new OpenOrder(sections);
        sections.forEach(order::add);
        return order.ordered;
    }

    private void add(BackendSection section) {
        if (ordered.contains(section)) {
            return;
        }
        if (!path.add(section.name())) {
            String message =
                    "the backend '%s' is a part of itself: %s -> %s"
                            .formatted(section.name(), String.join(" -> ", path), section.name());
            throw new ConfigurationException(
                    List.of(
                            new ConfigurationProblem(
                                    "configuration", "backends." + section.name(), message)));
        }
        section.parts().forEach(part -> add(sections.get(part)));
        path.remove(section.name());
        ordered.add(section);
    }
}
