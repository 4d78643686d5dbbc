package dev.andiron.kernel.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.kernel.StartupException.ExitCode;
import dev.andiron.spi.Option;
import dev.andiron.spi.OptionType;
import dev.andiron.spi.composite.CompositeProvider.OwnPart;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class ConfigurationTest {
    private enum Level {
        NONE,
        ALL_OF_IT
    }

    private static final Option<String> HOST = Option.string("host", "127.0.0.1", "where");
    private static final Option<Long> PORT = Option.integer("port", 8080, "which port");
    private static final Option<Boolean> CORS = Option.bool("cors", false, "whether");
    private static final Option<Duration> TIMEOUT =
            Option.duration("request-timeout", Duration.ofSeconds(30), "how long");
    private static final Option<Long> BODY = Option.size("largest-body", 10 << 20, "how large");
    private static final Option<Path> KEYS = Option.path("keys", Path.of("keys"), "where keys are");
    private static final Option<Level> LEVEL = Option.choice("level", Level.NONE, "how strict");
    private static final Option<String> TOKEN = Option.string("token", "a secret").secret();
    private static final Option<String> BASE = Option.string("base", "seen from outside");

    private static final List<Section> SECTIONS =
            List.of(
                    Section.of("server", HOST, PORT, CORS, TIMEOUT, BODY, KEYS, TOKEN, BASE),
                    Section.of("validation", LEVEL));

    private static final Option<Path> PATH = Option.path("path", Path.of("other.db"), "the file");
    private static final Option<String> URL = Option.string("url", "where").required();
    private static final Option<String> PASSWORD =
            Option.string("password", "the password").secret().required();
    private static final Option<Long> POOL = Option.integer("pool", 10, "connections");
    private static final Option<String> PRIMARY = Option.backend("primary", "the truth").required();

    private static final Option<String> OWN = Option.backend("primary", "the truth");

    private static final Map<String, List<Option<?>>> PLUGINS =
            Map.of(
                    "sqlite", List.of(PATH),
                    "postgres", List.of(URL, PASSWORD, POOL),
                    "pair", List.of(PRIMARY),
                    "whole", List.of(OWN));

    private static final PluginCatalog CATALOG =
            new PluginCatalog() {
                @Override
                public List<String> names() {
                    return PLUGINS.keySet().stream().sorted().toList();
                }

                @Override
                public Optional<List<Option<?>>> options(String plugin) {
                    return Optional.ofNullable(PLUGINS.get(plugin));
                }

                @Override
                public List<OwnPart> ownParts(String plugin) {
                    return plugin.equals("whole")
                            ? List.of(new OwnPart(OWN, "postgres"))
                            : List.of();
                }

                @Override
                public Optional<String> failure(String plugin) {
                    return plugin.equals("broken")
                            ? Optional.of("plugins/broken: no licence found")
                            : Optional.empty();
                }
            };

    @TempDir private Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> overrides = new HashMap<>();

    private Configuration load(String yaml) {
        Path file = folder.resolve("andiron.yaml");
        try {
            Files.writeString(file, yaml);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
        return load(Optional.of(file));
    }

    private Configuration load(Optional<Path> file) {
        return Configuration.load(
                new ConfigurationSource(file, environment, overrides, folder.resolve("data")),
                SECTIONS,
                directory -> CATALOG);
    }

    /** The problems without the folder, one per line. */
    private String problems(String yaml) {
        var refused = assertThrows(ConfigurationException.class, () -> load(yaml));
        assertEquals(ExitCode.CONFIGURATION, refused.exitCode());
        return refused.getMessage().replace(folder + "/", "");
    }

    @Test
    void withoutAFileASqliteDatabaseInTheDataFolderServes() {
        Configuration configuration = load(Optional.empty());
        assertEquals("main", configuration.storage());
        assertEquals(1, configuration.backends().size());
        BackendSection main = configuration.backends().getFirst();
        assertEquals("sqlite", main.plugin());
        assertEquals(folder.resolve("data/andiron.db"), main.options().get(PATH));
        assertEquals(8080, configuration.get("server", PORT));
        assertEquals(Optional.empty(), configuration.find("server", BASE));
        assertEquals(folder.resolve("data/keys"), configuration.get("server", KEYS));
    }

    @Test
    void oneBlockStandsForACompositeAndItsParts() {
        environment.put("ANDIRON_BACKENDS_MAIN_POSTGRES_POOL", "3");
        Configuration configuration =
                load(
                        """
                        backends:
                          main: { plugin: whole, postgres-url: "jdbc:x", postgres-password: p }
                        """);
        List<BackendSection> backends = configuration.backends();
        assertEquals(
                List.of("main-postgres", "main"),
                backends.stream().map(BackendSection::name).toList());
        assertEquals("postgres", backends.getFirst().plugin());
        assertEquals("jdbc:x", backends.getFirst().options().get(URL));
        assertEquals(3, backends.getFirst().options().get(POOL));
        assertEquals("main-postgres", backends.getLast().options().get(OWN));
        assertEquals(List.of("main-postgres"), backends.getLast().parts());
        assertTrue(
                configuration.effective().stream()
                        .anyMatch(
                                setting ->
                                        setting.key().equals("backends.main.postgres-password")
                                                && setting.value().equals(Setting.MASK)));
    }

    @Test
    void aPartOfACompositeMayHaveABlockOfItsOwn() {
        List<BackendSection> backends =
                load("""
                backends:
                  main: { plugin: whole, primary: truth }
                  truth: { plugin: sqlite }
                """)
                        .backends();
        assertEquals(
                List.of("main", "truth"), backends.stream().map(BackendSection::name).toList());
        assertEquals("truth", backends.getFirst().options().get(OWN));
    }

    @Test
    void problemsOfAPartAreThoseOfTheBlock() {
        assertEquals(
                """
                andiron.yaml:2: backends.main.postgres-url is missing: where
                andiron.yaml:2: backends.main.postgres-password is missing: the password
                andiron.yaml:2: backends.main.postgres-pool takes a whole number, not 'many'
                andiron.yaml:3: 'backends.named.postgres-pool' is not a known key.\
                """,
                problems(
                                """
                                backends:
                                  main: { plugin: whole, postgres-pool: many }
                                  named: { plugin: whole, primary: truth, postgres-pool: 1 }
                                  truth: { plugin: sqlite }
                                """)
                        .replaceAll(" Did you mean .*", ""));
    }

    @Test
    void aPartAndABackendCannotHaveOneName() {
        assertTrue(
                problems(
                                """
                                backends:
                                  main: { plugin: whole, postgres-url: u, postgres-password: p }
                                  main-postgres: { plugin: sqlite }
                                """)
                        .contains(
                                "the backend 'main-postgres' is a part of 'main' and cannot be"
                                        + " configured besides"));
    }

    @Test
    void theImpliedBackendCanBeChangedWithoutAFile() {
        environment.put("ANDIRON_BACKENDS_MAIN_PLUGIN", "postgres");
        environment.put("ANDIRON_BACKENDS_MAIN_PASSWORD", "x");
        overrides.put("backends.main.url", "jdbc:x");
        BackendSection main = load(Optional.empty()).backends().getFirst();
        assertEquals("postgres", main.plugin());
        assertEquals("jdbc:x", main.options().get(URL));
    }

    @Test
    void valuesAreTyped() {
        Configuration configuration =
                load(
                        """
                        server:
                          host: 0.0.0.0
                          port: 9090
                          cors: true
                          request-timeout: 5m
                          largest-body: 64KiB
                          keys: secrets/keys
                          token: 007
                        validation.level: all-of-it
                        """);
        assertEquals("0.0.0.0", configuration.get("server", HOST));
        assertEquals(9090, configuration.get("server", PORT));
        assertEquals(true, configuration.get("server", CORS));
        assertEquals(Duration.ofMinutes(5), configuration.get("server", TIMEOUT));
        assertEquals(65_536, configuration.get("server", BODY));
        assertEquals(folder.resolve("data/secrets/keys"), configuration.get("server", KEYS));
        assertEquals("007", configuration.get("server", TOKEN));
        assertEquals(Level.ALL_OF_IT, configuration.get("validation", LEVEL));
    }

    @Test
    void theCommandLineBeatsTheEnvironmentBeatsTheFileBeatsTheDefault() {
        String yaml = "server: { port: 1 }";
        assertEquals(1, load(yaml).get("server", PORT));
        environment.put("ANDIRON_SERVER_PORT", "2");
        assertEquals(2, load(yaml).get("server", PORT));
        overrides.put("server.port", "3");
        assertEquals(3, load(yaml).get("server", PORT));
        environment.put("ANDIRON_SERVER_REQUEST_TIMEOUT", "1s");
        assertEquals(Duration.ofSeconds(1), load(yaml).get("server", TIMEOUT));
    }

    @Test
    void variablesOfTheEnvironmentAreTakenIntoTheFile() {
        environment.put("PGPASSWORD", "pa:ss}${HOME}");
        Configuration configuration =
                load(
                        """
                        backends:
                          main:
                            plugin: postgres
                            url: "jdbc:${PGHOST:localhost}/x$${y}"
                            password: "${PGPASSWORD}"
                            pool: ${POOL:7}
                        """);
        BackendSection main = configuration.backends().getFirst();
        assertEquals("jdbc:localhost/x${y}", main.options().get(URL));
        assertEquals("pa:ss}${HOME}", main.options().get(PASSWORD));
        assertEquals(7, main.options().get(POOL));
    }

    @Test
    void allProblemsAreToldAtOnceWithTheirPlaces() {
        environment.put("ANDIRON_SERVER_CORS", "yes");
        overrides.put("server.hots", "x");
        assertEquals(
                """
                andiron.yaml:3: server.port takes a whole number, not 'many'
                environment ANDIRON_SERVER_CORS: server.cors takes true or false, not 'yes'
                andiron.yaml:5: server.request-timeout takes a time such as 500ms, 30s, 5m, 1h or 7d, not '5 minutes'
                andiron.yaml:9: validation.level takes one of none, all-of-it, not 'strict'
                andiron.yaml:11: backends.main.password is missing: the password
                andiron.yaml:14: backends.main.pool: the environment variable POOL is not set; ${POOL:default} gives a default
                andiron.yaml:2: 'servr' is not a known key. Did you mean 'server'?
                andiron.yaml:4: 'server.cros' is not a known key. Did you mean 'server.cors'?
                andiron.yaml:6: server.token takes a single value
                andiron.yaml:7: server.base has no value; give one or remove the key
                andiron.yaml:15: 'backends.main.urll' is not a known key. Did you mean 'backends.main.url'?
                command line: 'server.hots' is not a known key. Did you mean 'server.host'?
                andiron.yaml:1: storage names the backend 'mian', which is not configured; there is main. Did you mean 'main'?\
                """,
                problems(
                        """
                        storage: mian
                        servr: { port: 1, host: 2 }
                        server.port: many
                        server.cros: true
                        server.request-timeout: 5 minutes
                        server.token: [ 1, 2 ]
                        server.base:
                        validation:
                          level: strict
                        backends:
                          main:
                            plugin: postgres
                            url: jdbc:x
                            pool: "${POOL}"
                            urll: jdbc:y
                        """));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    'backends: { main: { plugin: sqlit } }' | andiron.yaml:1: no plugin 'sqlit' is installed; there is pair, postgres, sqlite, whole. Did you mean 'sqlite'?
                    'backends: { main: { plugin: broken, any: 1 } }' | andiron.yaml:1: the plugin 'broken' could not be loaded: plugins/broken: no licence found
                    'backends: { main: { path: x } }' | andiron.yaml:1: backends.main.plugin is missing: The plugin that the backend runs on.
                    'backends: { Main: { plugin: sqlite } }' | andiron.yaml:1: 'Main' is not a backend's name: lower case words joined by hyphens
                    'server: 7' | andiron.yaml:1: server is a section: it holds keys, not a value
                    'server: [ 7 ]' | andiron.yaml:1: server is a section: it holds keys, not a list
                    'port: 7' | andiron.yaml:1: 'port' is not a known key. Did you mean 'server.port'?
                    '- 7' | andiron.yaml:1: the file does not start with a key
                    'server: { port: !!int 7 }' | andiron.yaml:1: server.port uses a YAML tag, which is not read
                    'server: &a { port: 7 }' | andiron.yaml:1: server uses a YAML anchor or alias, which is not read
                    'server: { base: "${bad-name}" }' | andiron.yaml:1: server.base: '${' does not begin ${NAME} or ${NAME:default}; write $${ for the text itself
                    'server: { largest-body: 99999999TiB }' | andiron.yaml:1: server.largest-body takes a smaller size, not '99999999TiB'
                    """)
    void eachMistakeHasItsSentence(String yaml, String problem) {
        String told = problems(yaml).lines().findFirst().orElseThrow();
        assertEquals(problem, told);
    }

    @Test
    void repeatedKeysSeveralDocumentsAndBrokenYamlAreRefused() {
        assertEquals(
                "andiron.yaml:4: server.port stands in line 2 already",
                problems("server:\n  port: 1\n\nserver.port: 2\n"));
        assertEquals(
                "andiron.yaml:2: only one YAML document is read; remove '---'",
                problems("server: {}\n---\nserver: {}\n"));
        String broken = problems("server: {}\nstorage: \"main\n");
        assertTrue(broken.matches("andiron.yaml:[23]: this is not YAML: .*"), broken);
        String missing =
                assertThrows(
                                ConfigurationException.class,
                                () -> load(Optional.of(folder.resolve("none.yaml"))))
                        .getMessage();
        assertEquals(folder + "/none.yaml: there is no such file", missing);
    }

    @Test
    void anEmptyFileMeansTheDefaults() {
        assertEquals("main", load("").storage());
        assertEquals("main", load("# nothing\nserver:\n  # port: 1\n").storage());
    }

    @Test
    void aBackendMayNameOthersThatAreConfigured() {
        Configuration configuration =
                load(
                        """
                        storage: both
                        backends:
                          both: { plugin: pair, primary: files }
                          files: { plugin: sqlite, path: f.db }
                        """);
        assertEquals(List.of("files"), configuration.backends().getFirst().parts());
        assertEquals(
                "andiron.yaml:1: backends.main.primary names the backend 'none', which is not"
                        + " configured; there is main.",
                problems("backends: { main: { plugin: pair, primary: none } }"));
    }

    @Test
    void theEffectiveViewNamesSourcesAndMasksSecrets() {
        environment.put("ANDIRON_BACKENDS_MAIN_PASSWORD", "hush");
        overrides.put("server.token", "hush");
        Configuration configuration =
                load(
                        """
                        server.request-timeout: 90s
                        backends.main:
                          plugin: postgres
                          url: "jdbc:postgresql://andiron:hush@db/x?password=hush&ssl=true"
                        """);
        var shown = new HashMap<String, String>();
        for (Setting setting : configuration.effective()) {
            shown.put(setting.key(), setting.value() + " from " + setting.source());
            assertFalse(setting.toString().contains("hush"), setting::toString);
        }
        assertEquals("90s from file", shown.get("server.request-timeout"));
        assertEquals("10MiB from default", shown.get("server.largest-body"));
        assertEquals(Setting.MASK + " from command line", shown.get("server.token"));
        assertEquals(Setting.MASK + " from environment", shown.get("backends.main.password"));
        assertEquals(
                "jdbc:postgresql://andiron:********@db/x?password=********&ssl=true from file",
                shown.get("backends.main.url"));
        assertEquals(" from default", shown.get("server.base"));
    }

    @Test
    void secretsAreNotToldInProblemsEither() {
        Option<Long> pin = Option.integer("pin", 1, "a secret number").secret();
        overrides.put("door.pin", "hush");
        var refused =
                assertThrows(
                        ConfigurationException.class,
                        () ->
                                Configuration.load(
                                        new ConfigurationSource(
                                                Optional.empty(), Map.of(), overrides, folder),
                                        List.of(Section.of("door", pin)),
                                        directory -> CATALOG));
        assertEquals("command line: door.pin takes a whole number", refused.getMessage());
    }

    @Test
    void variablesThatLookLikeOursAreWarnedOf() {
        environment.put("ANDIRON_SERVER_PROT", "1");
        environment.put("ANDIRON_HOME", "/opt/andiron");
        assertEquals(
                List.of(
                        "the environment variable ANDIRON_SERVER_PROT is no key of the"
                                + " configuration. Did you mean 'ANDIRON_SERVER_PORT'?"),
                load("").warnings());
    }

    @Test
    void twoKeysWithOneEnvironmentNameAreRefusedWhenItIsSet() {
        String yaml =
                "backends: { main: { plugin: sqlite }, a-b: { plugin: sqlite }, a: { plugin: sqlite"
                        + " } }";
        load(yaml);
        var sections =
                List.of(
                        Section.of("server", Option.string("a-b", "one")),
                        Section.of("server.a", Option.string("b", "two")));
        environment.put("ANDIRON_SERVER_A_B", "x");
        var refused =
                assertThrows(
                        ConfigurationException.class,
                        () ->
                                Configuration.load(
                                        new ConfigurationSource(
                                                Optional.empty(), environment, Map.of(), folder),
                                        sections,
                                        directory -> CATALOG));
        assertEquals(
                "environment ANDIRON_SERVER_A_B: it means server.a-b as well as server.a.b; rename"
                        + " one",
                refused.getMessage());
    }

    @Test
    void thePluginsFolderIsGivenToWhoeverLooksForPlugins() {
        var asked = new java.util.ArrayList<Path>();
        Configuration.load(
                new ConfigurationSource(
                        Optional.empty(),
                        Map.of("ANDIRON_PLUGINS_DIRECTORY", "/opt/plugins"),
                        Map.of(),
                        folder),
                SECTIONS,
                directory -> {
                    asked.add(directory);
                    return CATALOG;
                });
        assertEquals(List.of(Path.of("/opt/plugins")), asked);
    }

    @Test
    void theReferenceListsEveryKey() {
        List<ReferenceEntry> reference = Configuration.reference(SECTIONS, CATALOG);
        var keys = reference.stream().map(ReferenceEntry::key).toList();
        assertEquals("storage", keys.getFirst());
        assertTrue(keys.containsAll(List.of("server.port", "plugins.directory")));
        ReferenceEntry password =
                reference.stream()
                        .filter(entry -> entry.key().equals("backends.<name>.password"))
                        .findFirst()
                        .orElseThrow();
        assertEquals("ANDIRON_BACKENDS_<NAME>_PASSWORD", password.environment());
        assertEquals(Optional.of("postgres"), password.plugin());
        assertTrue(password.required() && password.secret());
        ReferenceEntry level =
                reference.stream()
                        .filter(entry -> entry.type() == OptionType.CHOICE)
                        .findFirst()
                        .orElseThrow();
        assertEquals(List.of("none", "all-of-it"), level.choices());
        assertEquals(Optional.of("none"), level.defaultValue());
    }

    @Test
    void aPartOfTheServerRefusesAValueWithItsPlace() {
        Configuration configuration = load("server:\n  port: 99999\n");
        assertEquals(
                folder + "/andiron.yaml:2: server.port takes a port from 0 to 65535",
                configuration.refuse("server", PORT, "takes a port from 0 to 65535").getMessage());
    }
}
