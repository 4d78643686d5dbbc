package dev.andiron.sqlite;

import dev.andiron.sql.Catalog;
import dev.andiron.sql.Facet;
import dev.andiron.sql.Kind;
import dev.andiron.sql.SqlStatement;
import dev.andiron.sqlite.Numbers.Name;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** The names of one tenant, as one session sees them. */
final class SqliteCatalog implements Catalog {
    /** More are not looked up one by one. */
    private static final int FEW_TYPES = 8;

    private final Session session;
    private final Lookup lookup;
    private final OptionalLong tenant;

    /** Finds numbers of names. */
    @FunctionalInterface
    interface Lookup {
        OptionalLong find(Name name) throws SQLException;
    }

    SqliteCatalog(Session session, Lookup lookup, String tenant) throws SQLException {
        this.session = session;
        this.lookup = lookup;
        this.tenant = lookup.find(new Name.Tenant(tenant));
    }

    /** A catalog of what is committed, for one statement: what is missing once stays so. */
    static SqliteCatalog of(Session session, Numbers numbers, String tenant) throws SQLException {
        var missing = new HashSet<Name>();
        return new SqliteCatalog(
                session,
                name -> {
                    if (missing.contains(name)) {
                        return OptionalLong.empty();
                    }
                    var found = committed(session, numbers, name);
                    if (found.isEmpty()) {
                        missing.add(name);
                    }
                    return found;
                },
                tenant);
    }

    private static OptionalLong committed(Session session, Numbers numbers, Name name)
            throws SQLException {
        var known = numbers.get(name);
        if (known.isPresent()) {
            return OptionalLong.of(known.get());
        }
        var read = NameReader.read(session, name);
        read.ifPresent(number -> numbers.put(name, number));
        return read;
    }

    OptionalLong tenant() {
        return tenant;
    }

    OptionalLong kind(String type) {
        return tenant.isEmpty()
                ? OptionalLong.empty()
                : find(new Name.KindOf(tenant.getAsLong(), type));
    }

    @Override
    public List<Kind> kinds(Set<String> types) {
        if (tenant.isEmpty()) {
            return List.of();
        }
        if (types.isEmpty()) {
            return allKinds();
        }
        if (types.size() > FEW_TYPES) {
            return allKinds().stream().filter(kind -> types.contains(kind.type())).toList();
        }
        var kinds = new ArrayList<Kind>(types.size());
        for (String type : types) {
            kind(type).ifPresent(number -> kinds.add(new Kind(number, type)));
        }
        return kinds;
    }

    private List<Kind> allKinds() {
        try {
            return session.list(
                    new SqlStatement(
                            "SELECT id, type FROM kinds WHERE tenant = ? ORDER BY type",
                            List.of(tenant.getAsLong())),
                    row -> new Kind(row.getLong(1), row.getString(2)));
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }

    @Override
    public boolean hasUnindexed(Kind kind, String code) {
        var marks = parameter(kind, code, Facet.PRESENCE);
        try {
            return marks.isPresent()
                    && session.number(
                                    "SELECT 1 FROM text_index WHERE parameter = ? LIMIT 1",
                                    marks.getAsLong())
                            .isPresent();
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }

    @Override
    public OptionalLong parameter(Kind kind, String code, Facet facet) {
        return find(new Name.Parameter(kind.number(), code, facet));
    }

    @Override
    public OptionalLong name(String name) {
        return find(new Name.Plain(name));
    }

    private OptionalLong find(Name name) {
        try {
            return lookup.find(name);
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }
}
