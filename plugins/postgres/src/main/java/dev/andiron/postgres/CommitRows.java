package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.sql.Facet;
import dev.andiron.sql.IndexEntry;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The mutations of a commit and their index rows as the arrays that {@code apply_commit} takes. */
final class CommitRows {
    /** What PostgreSQL's B-trees take, with room for the rest of the key. */
    private static final int LONGEST_KEY = 2_500;

    private final List<Mutation> mutations;
    private final List<List<IndexEntry>> entries;
    private final Map<Name.KindOf, Integer> kinds;
    private final Map<Name.Text, Integer> texts;
    private final Map<Name.Parameter, Integer> parameters;
    private final int tenant;

    /**
     * Gathers what is needed, and adds names that are new.
     *
     * @param session one without a transaction
     */
    CommitRows(Session session, Numbers numbers, int tenant, List<Mutation> mutations)
            throws SQLException {
        this.tenant = tenant;
        this.mutations = mutations;
        entries = mutations.stream().map(CommitRows::entries).toList();
        Set<String> types = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        mutations.forEach(mutation -> types.add(mutation.key().type()));
        entries.forEach(list -> list.forEach(entry -> gather(entry, types, names)));
        kinds = numbers.ensureKinds(session, tenant, types);
        texts = numbers.ensureTexts(session, tenant, names);
        parameters = numbers.ensureParameters(session, tenant, parameters());
        numbers.ensureDisplays(session, tenant, displays());
    }

    private static List<IndexEntry> entries(Mutation mutation) {
        return switch (mutation) {
            case Mutation.Put put -> distinct(IndexEntry.of(put.searchValues()));
            case Mutation.Index index -> distinct(IndexEntry.of(index.searchValues()));
            case Mutation.Delete _, Mutation.Purge _ -> List.of();
        };
    }

    private static List<IndexEntry> distinct(List<IndexEntry> entries) {
        Set<IndexEntry> distinct = new LinkedHashSet<>();
        entries.forEach(entry -> distinct.add(kept(entry)));
        return List.copyOf(distinct);
    }

    /** Of values that this backend does not search only that they are there. */
    private static IndexEntry kept(IndexEntry entry) {
        return switch (entry) {
            case IndexEntry.Position _, IndexEntry.Composite _, IndexEntry.FullText _ ->
                    new IndexEntry.Text(entry.parameter(), Facet.PRESENCE, "");
            case IndexEntry.Text _,
                    IndexEntry.Token _,
                    IndexEntry.Reference _,
                    IndexEntry.Date _,
                    IndexEntry.Range _ ->
                    entry;
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
            case IndexEntry.Text _,
                    IndexEntry.Date _,
                    IndexEntry.Position _,
                    IndexEntry.Composite _,
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

    private Collection<Name.Parameter> parameters() {
        Set<Name.Parameter> all = new LinkedHashSet<>();
        forEntries((place, entry) -> all.add(parameter(place, entry)));
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

    private Name.Parameter parameter(int place, IndexEntry entry) {
        return new Name.Parameter(
                tenant,
                kind(mutations.get(place - 1).key().type()),
                entry.parameter(),
                entry.facet());
    }

    private int number(int place, IndexEntry entry) {
        return parameters.get(parameter(place, entry));
    }

    int kind(String type) {
        return kinds.get(new Name.KindOf(tenant, type));
    }

    private int text(String name) {
        return name.isEmpty() ? 0 : texts.get(new Name.Text(tenant, name));
    }

    /** The arguments of {@code apply_commit} from the operations on. */
    List<Object> arguments() {
        var arguments = new ArrayList<Object>(36);
        addMutations(arguments);
        addTexts(arguments);
        addTokens(arguments);
        addReferences(arguments);
        addDates(arguments);
        addNumbers(arguments);
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
                releases[i] = Versions.number(version.fhirVersion());
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

    private void addTexts(List<Object> arguments) {
        var rows = new Rows();
        var values = new ArrayList<String>();
        forEntries(
                (place, entry) -> {
                    if (entry instanceof IndexEntry.Text text) {
                        rows.add(place, number(place, entry));
                        values.add(text.value());
                    }
                });
        rows.addTo(arguments);
        arguments.add(SqlArray.texts(values));
    }

    private void addTokens(List<Object> arguments) {
        var rows = new Rows();
        var codes = new ArrayList<String>();
        var systems = new ArrayList<Integer>();
        var displays = new ArrayList<Integer>();
        forEntries(
                (place, entry) -> {
                    if (entry instanceof IndexEntry.Token token) {
                        rows.add(place, number(place, entry));
                        codes.add(token.code());
                        systems.add(text(token.system()));
                        displays.add(text(token.display()));
                    }
                });
        rows.addTo(arguments);
        arguments.add(SqlArray.texts(codes));
        arguments.add(numbers(systems));
        arguments.add(numbers(displays));
    }

    private void addReferences(List<Object> arguments) {
        var rows = new Rows();
        var targets = new ArrayList<String>();
        var targetKinds = new ArrayList<Integer>();
        var versions = new ArrayList<String>();
        forEntries(
                (place, entry) -> {
                    if (entry instanceof IndexEntry.Reference reference) {
                        rows.add(place, number(place, entry));
                        targets.add(reference.id());
                        targetKinds.add(kind(reference.type()));
                        versions.add(reference.version());
                    }
                });
        rows.addTo(arguments);
        arguments.add(SqlArray.texts(targets));
        arguments.add(numbers(targetKinds));
        arguments.add(SqlArray.texts(versions));
    }

    private void addDates(List<Object> arguments) {
        var rows = new Rows();
        var lows = new ArrayList<Long>();
        var highs = new ArrayList<Long>();
        forEntries(
                (place, entry) -> {
                    if (entry instanceof IndexEntry.Date date) {
                        rows.add(place, number(place, entry));
                        lows.add(date.low());
                        highs.add(date.high());
                    }
                });
        rows.addTo(arguments);
        arguments.add(new SqlArray("int8", lows.toArray(Long[]::new)));
        arguments.add(new SqlArray("int8", highs.toArray(Long[]::new)));
    }

    private void addNumbers(List<Object> arguments) {
        var rows = new Rows();
        var lows = new ArrayList<BigDecimal>();
        var highs = new ArrayList<BigDecimal>();
        var systems = new ArrayList<Integer>();
        var codes = new ArrayList<Integer>();
        var values = new ArrayList<BigDecimal>();
        forEntries(
                (place, entry) -> {
                    if (entry instanceof IndexEntry.Range range) {
                        rows.add(place, number(place, entry));
                        lows.add(range.low());
                        highs.add(range.high());
                        systems.add(text(range.system()));
                        codes.add(text(range.code()));
                        values.add(range.value());
                    }
                });
        rows.addTo(arguments);
        arguments.add(decimals(lows));
        arguments.add(decimals(highs));
        arguments.add(numbers(systems));
        arguments.add(numbers(codes));
        arguments.add(decimals(values));
    }

    /** The columns that all index rows begin with. */
    private record Rows(List<Integer> places, List<Integer> parameters) {
        Rows() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        void add(int place, int parameter) {
            places.add(place);
            parameters.add(parameter);
        }

        void addTo(List<Object> arguments) {
            arguments.add(numbers(places));
            arguments.add(numbers(parameters));
        }
    }

    private static SqlArray numbers(List<Integer> list) {
        return new SqlArray("int4", list.toArray(Integer[]::new));
    }

    private static SqlArray decimals(List<BigDecimal> list) {
        return new SqlArray("numeric", list.toArray(BigDecimal[]::new));
    }
}
