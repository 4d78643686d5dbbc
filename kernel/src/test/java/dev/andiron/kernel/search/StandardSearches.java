package dev.andiron.kernel.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.search.Handling;
import dev.andiron.fhir.search.ParsedSearch;
import dev.andiron.fhir.search.QueryParameter;
import dev.andiron.fhir.search.SearchContext;
import dev.andiron.fhir.search.SearchLimits;
import dev.andiron.fhir.search.SearchParser;
import dev.andiron.fhir.search.SearchValueExtractor;
import dev.andiron.fhir.terminology.ResourceLookup;
import dev.andiron.kernel.lent.QueryFeatures;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.tck.fixture.SearchCases;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The searches of the folder {@code search}: a file for each theme, with a resource a line, and a
 * search a line followed by {@code ->} and the ids that it finds, or by {@code =>} and the ids in
 * their order. What is expected is the standard's word, never an observed answer.
 */
final class StandardSearches {
    private static final Path FOLDER = Path.of("src/test/resources/dev/andiron/kernel/search");
    private static final String BASE = "http://localhost:8080/fhir";
    private static final Definitions DEFINITIONS = Definitions.of(FhirVersion.R4);

    /** What "about" and "now" mean. */
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final SearchParser parser =
            new SearchParser(
                    DEFINITIONS, List.of(BASE), InstantSource.fixed(NOW), SearchLimits.DEFAULT);
    private final SearchValueExtractor extractor =
            new SearchValueExtractor(DEFINITIONS, List.of(BASE));

    /** All of them. */
    List<SearchCases.Theme> themes() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            var themes = new ArrayList<SearchCases.Theme>();
            for (Path file : files.sorted().toList()) {
                themes.add(theme(file));
            }
            return themes;
        }
    }

    private SearchCases.Theme theme(Path file) throws IOException {
        var resources = new ArrayList<SearchCases.Stored>();
        var cases = new ArrayList<SearchCases.Case>();
        var lookup = new Lookup(resources, new HashMap<>());
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("{")) {
                SearchCases.Stored stored = stored(line);
                resources.add(stored);
                lookup.contents().put(stored.key(), json(line));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                cases.add(search(line, resources, lookup));
            }
        }
        String name = file.getFileName().toString().replace(".txt", "");
        return new SearchCases.Theme(name, resources, cases);
    }

    private static JsonObject json(String text) {
        return JsonReader.readObject(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What the searches of a theme find when they look something up: its own resources. */
    private record Lookup(List<SearchCases.Stored> stored, Map<ResourceKey, JsonObject> contents)
            implements ResourceLookup {
        @Override
        public Optional<JsonObject> read(String type, String id) {
            return Optional.ofNullable(contents.get(new ResourceKey(type, id)));
        }

        @Override
        public List<JsonObject> withUrl(String type, String url) {
            return List.of();
        }

        @Override
        public List<String> referring(
                String type, String parameter, Collection<String> ids, int limit) {
            return stored.stream()
                    .filter(each -> each.key().type().equals(type))
                    .filter(each -> each.values().stream().anyMatch(leads(type, parameter, ids)))
                    .map(each -> each.key().id())
                    .limit(limit)
                    .toList();
        }

        private static Predicate<SearchValue> leads(
                String type, String parameter, Collection<String> ids) {
            return value ->
                    value instanceof SearchValue.LocalReference reference
                            && reference.parameter().equals(parameter)
                            && reference.type().equals(type)
                            && ids.contains(reference.id());
        }
    }

    private SearchCases.Stored stored(String json) {
        JsonObject resource = json(json);
        var key =
                new ResourceKey(
                        resource.string("resourceType").orElseThrow(),
                        resource.string("id").orElseThrow());
        Instant updated =
                resource.object("meta")
                        .flatMap(meta -> meta.string("lastUpdated"))
                        .map(Instant::parse)
                        .orElse(NOW);
        return new SearchCases.Stored(
                key, updated, extractor.extract(resource, EnumSet.allOf(SearchFeature.class)));
    }

    private SearchCases.Case search(
            String line, List<SearchCases.Stored> resources, Lookup lookup) {
        boolean ordered = line.contains(" =>");
        String[] sides = line.split(ordered ? " =>" : " ->", 2);
        if (sides.length < 2) {
            throw new IllegalArgumentException("nothing is expected of '" + line + "'");
        }
        var expected =
                Stream.of(sides[1].strip().split(" +"))
                        .filter(id -> !id.isEmpty())
                        .map(id -> key(id, resources))
                        .toList();
        Query query = parse(sides[0].strip(), lookup);
        return new SearchCases.Case(
                sides[0].strip(), QueryFeatures.of(query), query, expected, ordered);
    }

    private static ResourceKey key(String id, List<SearchCases.Stored> resources) {
        return resources.stream()
                .map(SearchCases.Stored::key)
                .filter(key -> key.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no resource '" + id + "'"));
    }

    private Query parse(String url, Lookup lookup) {
        int mark = url.indexOf('?');
        String type = url.substring(0, mark);
        var context = new SearchContext(DEFINITIONS, lookup);
        var parameters = QueryParameter.parse(url.substring(mark + 1));
        ParsedSearch parsed =
                type.isEmpty()
                        ? parser.parse(context, parameters, Handling.STRICT)
                        : parser.parse(context, type, parameters, Handling.STRICT);
        return parsed.query(Optional.empty());
    }
}
