package dev.andiron.kernel.config;

import dev.andiron.spi.Option;
import dev.andiron.spi.OptionType;
import dev.andiron.spi.Options;
import dev.andiron.spi.composite.CompositeProvider.OwnPart;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The backends that one block of a configuration stands for: its own, and parts of it. */
final class PartSections {
    private final PluginCatalog catalog;

    PartSections(PluginCatalog catalog) {
        this.catalog = catalog;
    }

    /** What a part is called that has no block of its own. */
    static String name(String backend, OwnPart part) {
        return backend + "-" + part.plugin();
    }

    /** The options of a part as they are called in the composite's block. */
    static List<Option<?>> options(OwnPart part, PluginCatalog catalog) {
        List<Option<?>> options = new ArrayList<>();
        for (Option<?> option : catalog.options(part.plugin()).orElse(List.of())) {
            options.add(option.named(part.name(option.name())));
        }
        return options;
    }

    /**
     * The backends of a block, parts before what is made of them.
     *
     * @param values the checked values by the names that they have in the block
     */
    List<BackendSection> of(String name, String plugin, Map<String, Object> values) {
        var sections = new ArrayList<BackendSection>();
        var own = new HashMap<>(values);
        for (OwnPart part : catalog.ownParts(plugin)) {
            if (own.containsKey(part.option().name())) {
                continue;
            }
            var its = new HashMap<String, Object>();
            for (Option<?> option : catalog.options(part.plugin()).orElseThrow()) {
                Optional.ofNullable(own.remove(part.name(option.name())))
                        .ifPresent(value -> its.put(option.name(), value));
            }
            String partName = name(name, part);
            sections.add(section(partName, part.plugin(), its));
            own.put(part.option().name(), partName);
        }
        sections.add(section(name, plugin, own));
        return sections;
    }

    private BackendSection section(String name, String plugin, Map<String, Object> values) {
        List<Option<?>> options = catalog.options(plugin).orElseThrow();
        List<String> parts =
                options.stream()
                        .filter(option -> option.type() == OptionType.BACKEND)
                        .map(option -> (String) values.get(option.name()))
                        .filter(part -> part != null)
                        .toList();
        return new BackendSection(name, plugin, Options.of(options, values), parts);
    }
}
