package dev.andiron.kernel.config;

import dev.andiron.spi.Option;
import dev.andiron.spi.OptionType;
import dev.andiron.spi.Options;
import dev.andiron.spi.composite.CompositeProvider.OwnPart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads one configuration; used once. Collects problems instead of stopping at the first. */
final class ConfigurationLoader {
    static final String IMPLIED_BACKEND = "main";

    private static final String BACKENDS = "backends";
    private static final String INTERCEPTORS = "interceptors";
    private static final String NAME = "[a-z][a-z0-9]*(-[a-z0-9]+)*";

    /** How the variables of the start script begin. */
    private static final String LAUNCHER = "ANDIRON_JAVA_";

    /** What a configuration without any backend means. */
    private static final Map<String, String> IMPLIED =
            Map.of("backends.main.plugin", "sqlite", "backends.main.path", "andiron.db");

    private final ConfigurationSource source;
    private final List<Section> sections;
    private final Set<ConfigurationProblem> problems = new LinkedHashSet<>();
    private final Map<String, KnownKey> known = new LinkedHashMap<>();
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();

    /** Blocks whose keys cannot be checked, because their plugin is not known. */
    private final Set<String> unchecked = new LinkedHashSet<>();

    private final YamlNode.Mapping file;
    private Map<String, String> implied = Map.of();

    ConfigurationLoader(ConfigurationSource source, List<Section> sections) {
        this.source = source;
        this.sections = allSections(sections);
        this.file =
                source.file()
                        .map(path -> YamlFile.read(path, this::fileProblem))
                        .orElseGet(() -> new YamlNode.Mapping(0));
    }

    static List<Section> allSections(List<Section> sections) {
        var all = new ArrayList<Section>();
        all.add(Configuration.ROOT);
        all.addAll(sections);
        all.add(Configuration.PLUGINS);
        return all;
    }

    Configuration load(Function<Path, ? extends PluginCatalog> plugins) {
        for (Section section : sections) {
            know(section);
            resolve(section);
        }
        String directory = keyOf(Configuration.PLUGINS, Configuration.PLUGINS_DIRECTORY);
        Path pluginFolder =
                values.get(directory) instanceof Path path
                        ? path
                        : source.dataDirectory().resolve("plugins");
        List<String> backendNames = backendNames();
        Set<String> interceptorNames = names(INTERCEPTORS);
        PluginCatalog catalog = plugins.apply(pluginFolder);
        var backendSections = new LinkedHashMap<String, Section>();
        var interceptorSections = new LinkedHashMap<String, Section>();
        for (String name : backendNames) {
            Section section = backend(name, backendNames, catalog);
            know(section);
            resolve(section);
            backendSections.put(name, section);
        }
        for (String name : interceptorNames) {
            Section section = interceptor(name, catalog);
            know(section);
            resolve(section);
            interceptorSections.put(name, section);
        }
        checkFile(file, "");
        checkOverrides();
        checkEnvironment();
        checkReferences(backendNames);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(List.copyOf(problems));
        }
        return configuration(backendSections, interceptorSections, new PartSections(catalog));
    }

    private Configuration configuration(
            Map<String, Section> backendSections,
            Map<String, Section> interceptorSections,
            PartSections partSections) {
        var options = new HashMap<String, Options>();
        for (Section section : sections) {
            options.put(section.name(), options(section));
        }
        var backends = new ArrayList<BackendSection>();
        backendSections.forEach(
                (name, section) -> {
                    List<Option<?>> own = section.options().subList(1, section.options().size());
                    String plugin = (String) values.get(keyOf(section, Configuration.PLUGIN));
                    Map<String, Object> given = given(new Section(section.name(), own));
                    backends.addAll(partSections.of(name, plugin, given));
                });
        var interceptors = new ArrayList<InterceptorSection>();
        interceptorSections.forEach(
                (name, section) ->
                        interceptors.add(InterceptorSection.of(name, section, given(section))));
        return new Configuration(
                source, options, backends, interceptors, List.copyOf(settings.values()), warnings);
    }

    private Options options(Section section) {
        return Options.of(section.options(), given(section));
    }

    /** The values of a section by the names of its options. */
    private Map<String, Object> given(Section section) {
        var named = new HashMap<String, Object>();
        for (Option<?> option : section.options()) {
            Object value = values.get(keyOf(section, option));
            if (value != null) {
                named.put(option.name(), value);
            }
        }
        return named;
    }

    // What is known

    private void know(Section section) {
        for (Option<?> option : section.options()) {
            var key = new KnownKey(section.name(), option);
            if (known.put(key.key(), key) != null) {
                throw new IllegalArgumentException("the key " + key.key() + " is declared twice");
            }
        }
    }

    /** The backends that the file or the command line name, or the implied one. */
    private List<String> backendNames() {
        Set<String> names = names(BACKENDS);
        if (names.isEmpty() && unchecked.isEmpty()) {
            implied = IMPLIED;
            names.add(IMPLIED_BACKEND);
        }
        return List.copyOf(names);
    }

    /** The blocks of a section that the file or the command line name. */
    private Set<String> names(String of) {
        var names = new LinkedHashSet<String>();
        if (file.children().get(of) instanceof YamlNode.Mapping blocks) {
            blocks.children()
                    .forEach(
                            (name, node) -> {
                                if (isName(name)) {
                                    names.add(name);
                                } else {
                                    unchecked.add(of + "." + name);
                                    fileProblem(
                                            node.line(),
                                            of + "." + name,
                                            "'%s' is not %s's name: lower case words joined by hyphens"
                                                    .formatted(
                                                            name,
                                                            of.equals(BACKENDS)
                                                                    ? "a backend"
                                                                    : "an interceptor"));
                                }
                            });
        }
        for (String key : source.overrides().keySet()) {
            String[] words = key.split("\\.", 3);
            if (words.length == 3 && words[0].equals(of) && isName(words[1])) {
                names.add(words[1]);
            }
        }
        return names;
    }

    /** The keys of one interceptor: those that each has, then what its plugin declares. */
    private Section interceptor(String name, PluginCatalog catalog) {
        String sectionName = INTERCEPTORS + "." + name;
        var all = new ArrayList<Option<?>>(InterceptorSection.OPTIONS);
        var pluginKey = new KnownKey(sectionName, InterceptorSection.PLUGIN);
        Optional<Given> given = given(pluginKey);
        Optional<List<Option<?>>> options =
                given.flatMap(it -> catalog.interceptorOptions(it.text()));
        if (options.isEmpty()) {
            unchecked.add(sectionName);
            given.ifPresent(
                    it ->
                            problem(
                                    it,
                                    pluginKey.key(),
                                    missingPlugin(it.text(), catalog, catalog.interceptorNames())));
        }
        all.addAll(options.orElse(List.of()));
        return new Section(sectionName, all);
    }

    private static boolean isName(String name) {
        return name.matches(NAME);
    }

    /** The keys of one backend: {@code plugin}, then what its plugin declares. */
    private Section backend(String name, List<String> backendNames, PluginCatalog catalog) {
        String sectionName = BACKENDS + "." + name;
        var alone = Section.of(sectionName, Configuration.PLUGIN);
        var pluginKey = new KnownKey(sectionName, Configuration.PLUGIN);
        Optional<Given> given = given(pluginKey);
        if (given.isEmpty()) {
            unchecked.add(sectionName);
            return alone;
        }
        String plugin = given.get().text();
        Optional<List<Option<?>>> options = catalog.options(plugin);
        if (options.isEmpty()) {
            unchecked.add(sectionName);
            problem(given.get(), pluginKey.key(), missingPlugin(plugin, catalog));
            return alone;
        }
        if (!plugin.equals(implied.get(pluginKey.key()))) {
            implied = Map.of();
        }
        var all = new ArrayList<Option<?>>();
        all.add(Configuration.PLUGIN);
        all.addAll(options.get());
        for (OwnPart part : catalog.ownParts(plugin)) {
            if (given(new KnownKey(sectionName, part.option())).isPresent()) {
                continue;
            }
            if (catalog.options(part.plugin()).isEmpty()) {
                problem(given.get(), pluginKey.key(), missingPlugin(part.plugin(), catalog));
            } else if (backendNames.contains(PartSections.name(name, part))) {
                problem(
                        given.get(),
                        pluginKey.key(),
                        "the backend '%s' is a part of '%s' and cannot be configured besides"
                                .formatted(PartSections.name(name, part), name));
            }
            all.addAll(PartSections.options(part, catalog));
        }
        return new Section(sectionName, all);
    }

    private static String missingPlugin(String plugin, PluginCatalog catalog) {
        return missingPlugin(plugin, catalog, catalog.names());
    }

    private static String missingPlugin(String plugin, PluginCatalog catalog, List<String> names) {
        Optional<String> failure = catalog.failure(plugin);
        if (failure.isPresent()) {
            return "the plugin '%s' could not be loaded: %s".formatted(plugin, failure.get());
        }
        return "no plugin '%s' is installed; there is %s.%s"
                .formatted(
                        plugin,
                        names.isEmpty() ? "none" : String.join(", ", names),
                        NearestName.hint(plugin, names));
    }

    // Values

    /** A value as it was given, before it is typed. */
    private record Given(String text, ValueSource source, String origin) {}

    private void resolve(Section section) {
        for (Option<?> option : section.options()) {
            resolve(new KnownKey(section.name(), option));
        }
    }

    private void resolve(KnownKey known) {
        Option<?> option = known.option();
        String key = known.key();
        int problemsBefore = problems.size();
        Optional<Given> given = given(known);
        if (problems.size() > problemsBefore) {
            return;
        }
        if (given.isEmpty()) {
            absent(known);
            return;
        }
        try {
            Object value = ValueText.read(option, given.get().text(), source.dataDirectory());
            set(known, value, given.get().source(), given.get().origin());
        } catch (IllegalArgumentException wrong) {
            String text = option.isSecret() ? "" : ", not '" + given.get().text() + "'";
            problem(given.get(), key, "%s takes %s%s".formatted(key, wrong.getMessage(), text));
        }
    }

    private void absent(KnownKey known) {
        Option<?> option = known.option();
        if (option.defaultValue().isPresent()) {
            Object value = option.defaultValue().get();
            if (value instanceof Path path) {
                value = source.dataDirectory().resolve(path).normalize();
            }
            set(known, value, ValueSource.DEFAULT, "default");
        } else if (option.isRequired()) {
            YamlNode section = find(known.section());
            fileProblem(
                    section == null ? 0 : section.line(),
                    known.key(),
                    "%s is missing: %s".formatted(known.key(), option.description()));
        } else {
            settings.put(known.key(), new Setting(known.key(), "", ValueSource.DEFAULT, "not set"));
        }
    }

    private void set(KnownKey known, Object value, ValueSource from, String origin) {
        values.put(known.key(), value);
        String shown = ValueText.show(known.option(), value);
        settings.put(known.key(), new Setting(known.key(), shown, from, origin));
    }

    private Optional<Given> given(KnownKey known) {
        String key = known.key();
        String override = source.overrides().get(key);
        if (override != null) {
            return Optional.of(new Given(override, ValueSource.COMMAND_LINE, "command line"));
        }
        String environment = source.environment().get(known.environmentName());
        if (environment != null) {
            String origin = "environment " + known.environmentName();
            return Optional.of(new Given(environment, ValueSource.ENVIRONMENT, origin));
        }
        if (find(key) instanceof YamlNode.Scalar scalar && !scalar.empty()) {
            String text =
                    Interpolation.replace(
                            scalar.text(),
                            source.environment(),
                            message -> fileProblem(scalar.line(), key, key + ": " + message));
            return Optional.of(new Given(text, ValueSource.FILE, place(scalar.line())));
        }
        return Optional.ofNullable(implied.get(key))
                .map(text -> new Given(text, ValueSource.DEFAULT, "default"));
    }

    private YamlNode find(String key) {
        YamlNode node = file;
        for (String word : key.split("\\.")) {
            node = node instanceof YamlNode.Mapping mapping ? mapping.children().get(word) : null;
        }
        return node;
    }

    // Checks

    private void checkFile(YamlNode.Mapping mapping, String path) {
        mapping.children()
                .forEach(
                        (name, node) -> {
                            String key = Section.key(path, name);
                            if (known.containsKey(key)) {
                                checkLeaf(node, key);
                            } else if (isSection(key)) {
                                checkSection(node, key);
                            } else if (!isUnchecked(key)) {
                                fileProblem(node.line(), key, unknown(key));
                            }
                        });
    }

    private void checkLeaf(YamlNode node, String key) {
        if (!(node instanceof YamlNode.Scalar scalar)) {
            fileProblem(node.line(), key, key + " takes a single value");
        } else if (scalar.empty()) {
            fileProblem(node.line(), key, key + " has no value; give one or remove the key");
        }
    }

    private void checkSection(YamlNode node, String key) {
        switch (node) {
            case YamlNode.Mapping below -> checkFile(below, key);
            case YamlNode.Scalar scalar when scalar.empty() -> {}
            case YamlNode.Scalar scalar ->
                    fileProblem(
                            scalar.line(), key, key + " is a section: it holds keys, not a value");
            case YamlNode.Sequence sequence ->
                    fileProblem(
                            sequence.line(), key, key + " is a section: it holds keys, not a list");
        }
    }

    private boolean isSection(String key) {
        return key.equals(BACKENDS)
                || key.equals(INTERCEPTORS)
                || known.keySet().stream().anyMatch(name -> name.startsWith(key + "."))
                || sections.stream().anyMatch(section -> section.name().equals(key));
    }

    private boolean isUnchecked(String key) {
        return unchecked.stream().anyMatch(name -> key.equals(name) || key.startsWith(name + "."));
    }

    private String unknown(String key) {
        var candidates = new LinkedHashSet<String>(known.keySet());
        for (String name : known.keySet()) {
            for (int dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
                candidates.add(name.substring(0, dot));
            }
        }
        return "'%s' is not a known key.%s".formatted(key, NearestName.hint(key, candidates));
    }

    private void checkOverrides() {
        for (String key : new TreeMap<>(source.overrides()).keySet()) {
            if (!known.containsKey(key) && !isUnchecked(key)) {
                problems.add(new ConfigurationProblem("command line", key, unknown(key)));
            }
        }
    }

    /**
     * Two keys with one environment name are refused when the variable is set; a variable that
     * looks like one of ours and is none is worth a warning, not more: launchers have some too.
     */
    private void checkEnvironment() {
        var byName = new TreeMap<String, String>();
        for (KnownKey key : known.values()) {
            String other = byName.put(key.environmentName(), key.key());
            if (other != null && source.environment().containsKey(key.environmentName())) {
                problems.add(
                        new ConfigurationProblem(
                                "environment " + key.environmentName(),
                                key.key(),
                                "it means %s as well as %s; rename one"
                                        .formatted(other, key.key())));
            }
        }
        for (String name : new TreeMap<>(source.environment()).keySet()) {
            if (!name.startsWith("ANDIRON_")
                    || name.startsWith(LAUNCHER)
                    || byName.containsKey(name)) {
                continue;
            }
            Optional<String> near = NearestName.of(name, byName.keySet());
            if (near.isPresent() || startsLikeSection(name, byName.keySet())) {
                warnings.add(
                        "the environment variable %s is no key of the configuration.%s"
                                .formatted(name, NearestName.hint(name, byName.keySet())));
            }
        }
    }

    private static boolean startsLikeSection(String name, Collection<String> names) {
        int end = name.indexOf('_', "ANDIRON_".length());
        return end > 0
                && names.stream().anyMatch(other -> other.startsWith(name.substring(0, end + 1)));
    }

    /** Values that name backends name ones that are there. */
    private void checkReferences(List<String> backendNames) {
        for (KnownKey known : List.copyOf(known.values())) {
            if (known.option().type() != OptionType.BACKEND
                    || !(values.get(known.key()) instanceof String name)
                    || backendNames.contains(name)) {
                continue;
            }
            problems.add(
                    new ConfigurationProblem(
                            settings.get(known.key()).origin(),
                            known.key(),
                            "%s names the backend '%s', which is not configured; there is %s.%s"
                                    .formatted(
                                            known.key(),
                                            name,
                                            String.join(", ", backendNames),
                                            NearestName.hint(name, backendNames))));
        }
    }

    // Telling

    private void problem(Given given, String key, String message) {
        problems.add(new ConfigurationProblem(given.origin(), key, message));
    }

    private void fileProblem(int line, String key, String message) {
        problems.add(new ConfigurationProblem(place(line), key, message));
    }

    private String place(int line) {
        String name = source.file().map(Path::toString).orElse("configuration");
        return line > 0 ? name + ":" + line : name;
    }

    private static String keyOf(Section section, Option<?> option) {
        return Section.key(section.name(), option.name());
    }
}
