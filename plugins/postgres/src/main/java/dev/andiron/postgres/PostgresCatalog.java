package dev.andiron.postgres;

import dev.andiron.sql.Catalog;
import dev.andiron.sql.Facet;
import dev.andiron.sql.Kind;
import dev.andiron.sql.SqlStatement;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** The names of one tenant, as one session sees them. */
final class PostgresCatalog implements Catalog {
    /** More are not looked up one by one. */
    private static final int FEW_TYPES = 8;

    private final Session session;
    private final Numbers numbers;
    private final int tenant;

    PostgresCatalog(Session session, Numbers numbers, int tenant) {
        this.session = session;
        this.numbers = numbers;
        this.tenant = tenant;
    }

    @Override
    public List<Kind> kinds(Set<String> types) {
        if (types.isEmpty()) {
            return allKinds();
        }
        if (types.size() > FEW_TYPES) {
            return allKinds().stream().filter(kind -> types.contains(kind.type())).toList();
        }
        var kinds = new ArrayList<Kind>(types.size());
        for (String type : types.stream().sorted().toList()) {
            find(new Name.KindOf(tenant, type))
                    .ifPresent(number -> kinds.add(new Kind(number, type)));
        }
        return kinds;
    }

    private List<Kind> allKinds() {
        try {
            return session.list(
                    new SqlStatement(
                            "SELECT id, type FROM kinds WHERE tenant = ? ORDER BY type",
                            List.of(tenant)),
                    row -> new Kind(row.getLong(1), row.getString(2)));
        } catch (SQLException e) {
            throw PostgresErrors.of(e);
        }
    }

    @Override
    public boolean hasUnindexed(Kind kind, String code) {
        var marks = parameter(kind, code, Facet.PRESENCE);
        try {
            return marks.isPresent()
                    && session.number(
                                    "SELECT 1 FROM text_index WHERE tenant = ? AND parameter = ?"
                                            + " LIMIT 1",
                                    tenant,
                                    marks.getAsLong())
                            .isPresent();
        } catch (SQLException e) {
            throw PostgresErrors.of(e);
        }
    }

    @Override
    public OptionalLong parameter(Kind kind, String code, Facet facet) {
        return wide(find(new Name.Parameter(tenant, (int) kind.number(), code, facet)));
    }

    @Override
    public OptionalLong name(String name) {
        return name.isEmpty() ? OptionalLong.of(0) : wide(find(new Name.Text(tenant, name)));
    }

    private OptionalInt find(Name name) {
        try {
            return numbers.find(session, name);
        } catch (SQLException e) {
            throw PostgresErrors.of(e);
        }
    }

    private static OptionalLong wide(OptionalInt number) {
        return number.isPresent() ? OptionalLong.of(number.getAsInt()) : OptionalLong.empty();
    }
}
