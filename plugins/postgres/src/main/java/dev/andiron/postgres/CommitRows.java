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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The mutations of a commit and their index rows as the arrays that {@code apply_changes} takes.
 * The rows are gone through twice: first for the names in them, then, when those have numbers, for
 * the columns.
 */
final class CommitRows implements IndexColumns.NameNumbers {
    /** What PostgreSQL's B-trees take, with room for the rest of the key. */
    private static final int LONGEST_KEY = 2_500;

    private final List<Mutation> mutations;
    private final Map<String, Integer> kinds = new HashMap<>();
    private final Map<String, Integer> texts = new HashMap<>();

    /** The index rows, each with the place of its mutation, from 1, and its parameter's slot. */
    private final List<IndexEntry> entries = new ArrayList<>();

    private final IntColumn places = new IntColumn();
    private final IntColumn entrySlots = new IntColumn();

    private final ParameterSlots slots = new ParameterSlots();
    private final IndexColumns columns = new IndexColumns(this);

    /**
     * Gathers what is needed, adds names that are new, and raises spans.
     *
     * @param session one without a transaction
     */
    CommitRows(Session session, Numbers numbers, Spans spans, int tenant, List<Mutation> mutations)
            throws SQLException {
        this.mutations = mutations;
        Set<String> types = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        Map<Integer, Long> longest = new HashMap<>();
        for (int i = 0; i < mutations.size(); i++) {
            Mutation mutation = mutations.get(i);
            types.add(mutation.key().type());
            gather(i + 1, mutation, types, names, longest);
        }
        numbers.ensureKinds(session, tenant, types)
                .forEach((name, number) -> kinds.put(name.type(), number));
        numbers.ensureTexts(session, tenant, names)
                .forEach((name, number) -> texts.put(name.value(), number));
        int[] parameters = parameters(session, numbers, tenant);
        numbers.ensureDisplays(session, tenant, fill(tenant, parameters));
        Map<Integer, Long> byNumber = new HashMap<>();
        longest.forEach((slot, span) -> byNumber.put(parameters[slot], span));
        spans.ensure(session, tenant, byNumber);
    }

    /** Takes the rows of a mutation, and the spans of their dates by slot. */
    private void gather(
            int place,
            Mutation mutation,
            Set<String> types,
            Set<String> names,
            Map<Integer, Long> longest) {
        List<IndexEntry> all = entries(mutation);
        if (all.isEmpty()) {
            return;
        }
        var ofType = slots.of(mutation.key().type());
        Set<IndexEntry> seen = HashSet.newHashSet(all.size());
        boolean dates = false;
        for (IndexEntry entry : all) {
            if (seen.add(entry)) {
                gather(entry, types, names);
                entries.add(entry);
                places.add(place);
                entrySlots.add(ofType.slot(entry.parameter(), entry.facet()));
                dates |= entry instanceof IndexEntry.Date;
            }
        }
        if (dates) {
            DateSpans.of(all)
                    .forEach(
                            (code, span) ->
                                    longest.merge(ofType.slot(code, Facet.DATE), span, Math::max));
        }
    }

    private static List<IndexEntry> entries(Mutation mutation) {
        return switch (mutation) {
            case Mutation.Put put -> IndexEntry.of(put.searchValues());
            case Mutation.Index index -> IndexEntry.of(index.searchValues());
            case Mutation.Delete _, Mutation.Purge _ -> List.of();
        };
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

    /** Their numbers by slot. */
    private int[] parameters(Session session, Numbers numbers, int tenant) throws SQLException {
        var names =
                slots.parameters().stream()
                        .map(
                                each ->
                                        new Name.Parameter(
                                                tenant,
                                                kind(each.type()),
                                                each.code(),
                                                each.facet()))
                        .toList();
        var found = numbers.ensureParameters(session, tenant, names);
        return names.stream().mapToInt(found::get).toArray();
    }

    /** Fills the columns, and tells which displays occur. */
    private Set<Name.Display> fill(int tenant, int[] parameters) {
        Set<Name.Display> displays = new LinkedHashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            IndexEntry entry = entries.get(i);
            int parameter = parameters[entrySlots.get(i)];
            columns.add(places.get(i), parameter, entry);
            if (entry instanceof IndexEntry.Token token && !token.display().isEmpty()) {
                displays.add(
                        new Name.Display(
                                tenant,
                                parameter,
                                text(token.display()),
                                Texts.storable(token.code()),
                                text(token.system())));
            }
        }
        return displays;
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
