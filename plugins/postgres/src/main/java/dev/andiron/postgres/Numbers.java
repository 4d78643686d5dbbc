package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
import dev.andiron.spi.StorageException;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The numbers that stand for names. A number never changes and never goes away, so what is known is
 * always right; what is not may be in the database. New names are committed before the commit that
 * needs them, many at a time and in one order for all nodes, so that nobody waits long for them and
 * no two wait for each other. Safe for use by many threads.
 */
final class Numbers {
    /** Beyond this it starts anew, so that names without end do not fill the memory. */
    private static final int MOST = 200_000;

    /** Another node that adds a name at the same time is seen at the second look. */
    private static final int LOOKS = 10;

    private static final int CHUNK = 1_000;

    private final Map<Name, Integer> known = new ConcurrentHashMap<>();

    private void know(Name name, int number) {
        if (known.size() >= MOST) {
            known.clear();
        }
        known.put(name, number);
    }

    /** The number of a name that has one already. */
    OptionalInt find(Session session, Name name) throws SQLException {
        Integer number = known.get(name);
        if (number == null) {
            read(session, name).ifPresent(found -> know(name, found));
            number = known.get(name);
        }
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static OptionalInt read(Session session, Name name) throws SQLException {
        var found =
                switch (name) {
                    case Name.KindOf kind ->
                            session.number(
                                    "SELECT id FROM kinds WHERE tenant = ? AND type = ?",
                                    kind.tenant(),
                                    kind.type());
                    case Name.Parameter parameter ->
                            session.number(
                                    "SELECT id FROM parameters WHERE tenant = ? AND kind = ? AND"
                                            + " code = ? AND facet = ?",
                                    parameter.tenant(),
                                    parameter.kind(),
                                    parameter.code(),
                                    parameter.facet().code());
                    case Name.Text text ->
                            session.number(
                                    "SELECT id FROM names WHERE tenant = ? AND digest = ?",
                                    text.tenant(),
                                    digest(text.value()));
                    case Name.Display _ ->
                            throw new IllegalArgumentException("a display has no number");
                };
        return found.isPresent() ? OptionalInt.of((int) found.getAsLong()) : OptionalInt.empty();
    }

    Map<Name.KindOf, Integer> ensureKinds(Session session, int tenant, Collection<String> types)
            throws SQLException {
        return ensure(
                types.stream().map(type -> new Name.KindOf(tenant, type)).toList(),
                (missing, found) ->
                        session.list(
                                row -> {
                                    found.put(
                                            new Name.KindOf(tenant, row.getString(1)),
                                            row.getInt(2));
                                    return true;
                                },
                                """
                                WITH wanted AS (SELECT type FROM unnest(?) AS w (type)),
                                added AS (
                                    INSERT INTO kinds (tenant, type)
                                    SELECT ?, w.type FROM wanted w WHERE NOT EXISTS
                                        (SELECT 1 FROM kinds k WHERE k.tenant = ? AND k.type = w.type)
                                    ORDER BY w.type ON CONFLICT DO NOTHING RETURNING type, id)
                                SELECT type, id FROM added
                                UNION ALL
                                SELECT k.type, k.id FROM kinds k JOIN wanted w ON k.type = w.type
                                WHERE k.tenant = ?
                                """,
                                List.of(
                                        SqlArray.texts(texts(missing, Name.KindOf::type)),
                                        tenant,
                                        tenant,
                                        tenant)));
    }

    Map<Name.Text, Integer> ensureTexts(Session session, int tenant, Collection<String> values)
            throws SQLException {
        return ensure(
                values.stream().map(value -> new Name.Text(tenant, value)).toList(),
                (missing, found) ->
                        take(
                                session,
                                missing,
                                text -> HexFormat.of().formatHex(digest(text.value())),
                                found,
                                """
                                WITH wanted AS MATERIALIZED (
                                    SELECT digest, value FROM unnest(?, ?) AS w (digest, value)),
                                added AS (
                                    INSERT INTO names (tenant, digest, value)
                                    SELECT ?, w.digest, w.value FROM wanted w WHERE NOT EXISTS
                                        (SELECT 1 FROM names n
                                            WHERE n.tenant = ? AND n.digest = w.digest)
                                    ORDER BY w.digest ON CONFLICT DO NOTHING RETURNING digest, id)
                                SELECT encode(a.digest, 'hex'), a.id FROM added a
                                UNION ALL
                                SELECT encode(n.digest, 'hex'), n.id
                                FROM wanted w JOIN names n ON n.tenant = ? AND n.digest = w.digest
                                """,
                                List.of(
                                        new SqlArray(
                                                "bytea",
                                                missing.stream()
                                                        .map(text -> digest(text.value()))
                                                        .toArray(byte[][]::new)),
                                        SqlArray.texts(texts(missing, Name.Text::value)),
                                        tenant,
                                        tenant,
                                        tenant)));
    }

    Map<Name.Parameter, Integer> ensureParameters(
            Session session, int tenant, Collection<Name.Parameter> parameters)
            throws SQLException {
        return ensure(
                parameters,
                (missing, found) ->
                        take(
                                session,
                                missing,
                                name ->
                                        name.kind()
                                                + " "
                                                + name.facet().code()
                                                + " "
                                                + Texts.storable(name.code()),
                                found,
                                """
                                WITH wanted AS MATERIALIZED (
                                    SELECT kind, code, facet
                                    FROM unnest(?, ?, ?) AS w (kind, code, facet)),
                                added AS (
                                    INSERT INTO parameters (tenant, kind, code, facet)
                                    SELECT ?, w.kind, w.code, w.facet FROM wanted w WHERE NOT EXISTS
                                        (SELECT 1 FROM parameters p WHERE p.tenant = ?
                                            AND p.kind = w.kind AND p.code = w.code
                                            AND p.facet = w.facet)
                                    ORDER BY w.kind, w.code, w.facet
                                    ON CONFLICT DO NOTHING RETURNING kind, code, facet, id)
                                SELECT concat_ws(' ', a.kind, a.facet, a.code), a.id FROM added a
                                UNION ALL
                                SELECT concat_ws(' ', p.kind, p.facet, p.code), p.id
                                FROM wanted w JOIN parameters p ON p.tenant = ?
                                    AND p.kind = w.kind AND p.code = w.code AND p.facet = w.facet
                                """,
                                List.of(
                                        new SqlArray(
                                                "int4",
                                                missing.stream()
                                                        .map(Name.Parameter::kind)
                                                        .toArray(Integer[]::new)),
                                        SqlArray.texts(texts(missing, Name.Parameter::code)),
                                        new SqlArray(
                                                "int2",
                                                missing.stream()
                                                        .map(p -> (short) p.facet().code())
                                                        .toArray(Short[]::new)),
                                        tenant,
                                        tenant,
                                        tenant)));
    }

    /** Names that are stored alike have one number. */
    private static <N> void take(
            Session session,
            List<N> missing,
            Function<N, String> key,
            Map<N, Integer> found,
            String sql,
            List<?> values)
            throws SQLException {
        Map<String, List<N>> named = missing.stream().collect(Collectors.groupingBy(key));
        session.list(
                row -> {
                    int number = row.getInt(2);
                    named.get(row.getString(1)).forEach(name -> found.put(name, number));
                    return number;
                },
                sql,
                values);
    }

    void ensureDisplays(Session session, int tenant, Collection<Name.Display> displays)
            throws SQLException {
        ensure(
                displays,
                (missing, found) -> {
                    session.update(
                            """
                            INSERT INTO token_display (tenant, parameter, display, code, system)
                            SELECT ?, w.parameter, w.display, w.code, w.system
                            FROM unnest(?, ?, ?, ?) AS w (parameter, display, code, system)
                            WHERE NOT EXISTS (SELECT 1 FROM token_display t WHERE t.tenant = ?
                                AND t.parameter = w.parameter AND t.display = w.display
                                AND t.code = w.code AND t.system = w.system)
                            ORDER BY w.parameter, w.display, w.code, w.system
                            ON CONFLICT DO NOTHING
                            """,
                            tenant,
                            numbers(missing, Name.Display::parameter),
                            numbers(missing, Name.Display::display),
                            SqlArray.texts(texts(missing, Name.Display::code)),
                            numbers(missing, Name.Display::system),
                            tenant);
                    missing.forEach(display -> found.put(display, 1));
                });
    }

    /** Adds those that are missing, and tells the numbers of those that are there then. */
    @FunctionalInterface
    private interface Adding<N extends Name> {
        void add(List<N> missing, Map<N, Integer> found) throws SQLException;
    }

    private <N extends Name> Map<N, Integer> ensure(Collection<N> names, Adding<N> adding)
            throws SQLException {
        Map<N, Integer> numbers = new HashMap<>();
        Set<N> missing = new LinkedHashSet<>();
        for (N name : names) {
            Integer number = known.get(name);
            if (number == null) {
                missing.add(name);
            } else {
                numbers.put(name, number);
            }
        }
        for (int look = 0; !missing.isEmpty(); look++) {
            if (look == LOOKS) {
                throw new StorageException.Unavailable(
                        "names are added faster than they can be read",
                        Duration.ofSeconds(1),
                        null);
            }
            Map<N, Integer> found = new HashMap<>();
            var left = List.copyOf(missing);
            for (int start = 0; start < left.size(); start += CHUNK) {
                adding.add(left.subList(start, Math.min(start + CHUNK, left.size())), found);
            }
            found.forEach(this::know);
            numbers.putAll(found);
            missing.removeAll(found.keySet());
        }
        return numbers;
    }

    private static <N> List<String> texts(List<N> names, Function<N, String> text) {
        return names.stream().map(text).toList();
    }

    private static <N> SqlArray numbers(List<N> names, Function<N, Integer> number) {
        return new SqlArray("int4", names.stream().map(number).toArray(Integer[]::new));
    }

    private static byte[] digest(String value) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(Texts.storable(value).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
