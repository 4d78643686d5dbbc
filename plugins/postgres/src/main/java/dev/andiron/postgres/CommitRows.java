package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.sql.DateSpans;
import dev.andiron.sql.Facet;
import dev.andiron.sql.FhirVersionNumber;
import dev.andiron.sql.IndexEntry;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The mutations of a commit and their index rows as the arrays that {@code apply_changes} takes.
 */
final class CommitRows implements IndexColumns.NameNumbers {
    /** What PostgreSQL's B-trees take, with room for the rest of the key. */
    private static final int LONGEST_KEY = 2_500;

    private static final int FACETS = Facet.values().length;

    /** Stands for the number of a parameter until it has been looked up. */
    private static final int UNKNOWN = -1;

    private final List<Mutation> mutations;
    private final List<List<IndexEntry>> entries;
    private final Map<String, Integer> kinds = new HashMap<>();
    private final Map<String, Integer> texts = new HashMap<>();

    /** Numbers of parameters by type and code, in the order of facets. */
    private final Map<String, Map<String, int[]>> parameters = new HashMap<>();

    private final int tenant;

    /**
     * Gathers what is needed, adds names that are new, and raises spans.
     *
     * @param session one without a transaction
     */
    CommitRows(Session session, Numbers numbers, Spans spans, int tenant, List<Mutation> mutations)
            throws SQLException {
        this.tenant = tenant;
        this.mutations = mutations;
        entries = mutations.stream().map(CommitRows::entries).toList();
        Set<String> types = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        mutations.forEach(mutation -> types.add(mutation.key().type()));
        entries.forEach(list -> list.forEach(entry -> gather(entry, types, names)));
        numbers.ensureKinds(session, tenant, types)
                .forEach((name, number) -> kinds.put(name.type(), number));
        numbers.ensureTexts(session, tenant, names)
                .forEach((name, number) -> texts.put(name.value(), number));
        Map<Name.Parameter, String> used = parameters();
        numbers.ensureParameters(session, tenant, used.keySet())
                .forEach(
                        (name, number) ->
                                parameters.get(used.get(name))
                                                .get(name.code())[name.facet().ordinal()] =
                                        number);
        numbers.ensureDisplays(session, tenant, displays());
        spans.ensure(session, tenant, dateSpans());
    }

    private Map<Integer, Long> dateSpans() {
        Map<Integer, Long> longest = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            var numbers = parameters.get(mutations.get(i).key().type());
            DateSpans.of(entries.get(i))
                    .forEach(
                            (code, span) ->
                                    longest.merge(
                                            numbers.get(code)[Facet.DATE.ordinal()],
                                            span,
                                            Math::max));
        }
        return longest;
    }

    private static List<IndexEntry> entries(Mutation mutation) {
        return switch (mutation) {
            case Mutation.Put put -> distinct(IndexEntry.of(put.searchValues()));
            case Mutation.Index index -> distinct(IndexEntry.of(index.searchValues()));
            case Mutation.Delete _, Mutation.Purge _ -> List.of();
        };
    }

    private static List<IndexEntry> distinct(List<IndexEntry> entries) {
        return List.copyOf(new LinkedHashSet<>(entries));
    }

    private static void gather(IndexEntry entry, Set<String> types, Set<String> names) {
        switch (entry) {
            case IndexEntry.Token token -> {
                check(token.parameter(), token.code());
                add(names, token.system());
                add(names, token.display());
            }
            case IndexEntry.Reference reference -> {
                check(reference.parameter(), reference.id());
                types.add(reference.type());
            }
            case IndexEntry.Range range -> {
                add(names, range.system());
                add(names, range.code());
            }
            case IndexEntry.Composite composite -> {
                composite.keys().forEach(key -> check(composite.parameter(), key));
                composite
                        .components()
                        .forEach(rows -> rows.forEach(row -> gather(row, types, names)));
            }
            case IndexEntry.Text _,
                    IndexEntry.Date _,
                    IndexEntry.Position _,
                    IndexEntry.FullText _ -> {}
        }
    }

    private static void check(String parameter, String key) {
        if (key.length() > LONGEST_KEY / 4
                && key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
            throw new StorageException.TooLarge(
                    "a value that '%s' finds has more than %d bytes"
                            .formatted(parameter, LONGEST_KEY));
        }
    }

    private static void add(Set<String> names, String name) {
        if (!name.isEmpty()) {
            names.add(name);
        }
    }

    /** All that occur, with their types; makes room for their numbers. */
    private Map<Name.Parameter, String> parameters() {
        Map<Name.Parameter, String> all = new LinkedHashMap<>();
        forEntries(
                (place, entry) -> {
                    String type = mutations.get(place - 1).key().type();
                    int[] numbers =
                            parameters
                                    .computeIfAbsent(type, _ -> new HashMap<>())
                                    .computeIfAbsent(entry.parameter(), _ -> new int[FACETS]);
                    if (numbers[entry.facet().ordinal()] == 0) {
                        numbers[entry.facet().ordinal()] = UNKNOWN;
                        all.put(
                                new Name.Parameter(
                                        tenant, kind(type), entry.parameter(), entry.facet()),
                                type);
                    }
                });
        return all;
    }

    private Collection<Name.Display> displays() {
        Set<Name.Display> all = new LinkedHashSet<>();
        forEntries(
                (place, entry) -> {
                    if (entry instanceof IndexEntry.Token token && !token.display().isEmpty()) {
                        all.add(
                                new Name.Display(
                                        tenant,
                                        number(place, entry),
                                        text(token.display()),
                                        Texts.storable(token.code()),
                                        text(token.system())));
                    }
                });
        return all;
    }

    /** What is done with an index row of the mutation at a place, from 1. */
    @FunctionalInterface
    private interface EntryWork {
        void run(int place, IndexEntry entry);
    }

    private void forEntries(EntryWork work) {
        for (int i = 0; i < entries.size(); i++) {
            for (IndexEntry entry : entries.get(i)) {
                work.run(i + 1, entry);
            }
        }
    }

    private int number(int place, IndexEntry entry) {
        return parameters.get(mutations.get(place - 1).key().type())
                .get(entry.parameter())[entry.facet().ordinal()];
    }

    @Override
    public int kind(String type) {
        return kinds.get(type);
    }

    @Override
    public int text(String name) {
        return name.isEmpty() ? 0 : texts.get(name);
    }

    /** The arguments of {@code apply_changes} from the operations on. */
    List<Object> arguments() {
        var arguments = new ArrayList<Object>(64);
        addMutations(arguments);
        var columns = new IndexColumns(this);
        forEntries((place, entry) -> columns.add(place, number(place, entry), entry));
        columns.addTo(arguments);
        return arguments;
    }

    private void addMutations(List<Object> arguments) {
        int count = mutations.size();
        var operations = new Short[count];
        var kindNumbers = new Integer[count];
        var ids = new String[count];
        var versions = new Long[count];
        var updated = new Long[count];
        var releases = new Short[count];
        var contents = new byte[count][];
        for (int i = 0; i < count; i++) {
            Mutation mutation = mutations.get(i);
            kindNumbers[i] = kind(mutation.key().type());
            ids[i] = Texts.storable(mutation.key().id());
            StoredResource version = null;
            switch (mutation) {
                case Mutation.Put put -> {
                    operations[i] = 1;
                    version = put.resource();
                    contents[i] = version.content().bytes();
                }
                case Mutation.Delete delete -> {
                    operations[i] = 2;
                    version = delete.resource();
                }
                case Mutation.Purge _ -> operations[i] = 3;
                case Mutation.Index index -> {
                    operations[i] = 4;
                    versions[i] = index.version();
                }
            }
            if (version != null) {
                versions[i] = version.version();
                updated[i] = version.lastUpdated().toEpochMilli();
                releases[i] = FhirVersionNumber.of(version.fhirVersion());
            } else {
                versions[i] = versions[i] == null ? 0L : versions[i];
                updated[i] = 0L;
                releases[i] = 0;
            }
        }
        arguments.add(new SqlArray("int2", operations));
        arguments.add(new SqlArray("int4", kindNumbers));
        arguments.add(new SqlArray("text", ids));
        arguments.add(new SqlArray("int8", versions));
        arguments.add(new SqlArray("int8", updated));
        arguments.add(new SqlArray("int2", releases));
        arguments.add(new SqlArray("bytea", contents));
    }
}
