package dev.andiron.sqlite;

import dev.andiron.sqlite.Numbers.Name;

import java.sql.SQLException;
import java.util.OptionalLong;

/** Reads the number of a name from the database. */
final class NameReader {

    private NameReader() {}

    static OptionalLong read(Session session, Name name) throws SQLException {
        return switch (name) {
            case Name.Tenant tenant ->
                    session.number("SELECT id FROM tenants WHERE name = ?", tenant.name());
            case Name.KindOf kind ->
                    session.number(
                            "SELECT id FROM kinds WHERE tenant = ? AND type = ?",
                            kind.tenant(),
                            kind.type());
            case Name.Parameter parameter ->
                    session.number(
                            "SELECT id FROM parameters WHERE kind = ? AND code = ? AND facet = ?",
                            parameter.kind(),
                            parameter.code(),
                            parameter.facet().code());
            case Name.Plain plain ->
                    session.number("SELECT id FROM names WHERE value = ?", plain.value());
            case Name.Term term ->
                    session.number(
                            "SELECT id FROM terms WHERE parameter = ? AND code = ?",
                            term.parameter(),
                            term.code());
        };
    }

    static void insert(Session session, Name name) throws SQLException {
        switch (name) {
            case Name.Tenant tenant ->
                    session.update("INSERT INTO tenants (name) VALUES (?)", tenant.name());
            case Name.KindOf kind ->
                    session.update(
                            "INSERT INTO kinds (tenant, type) VALUES (?, ?)",
                            kind.tenant(),
                            kind.type());
            case Name.Parameter parameter ->
                    session.update(
                            "INSERT INTO parameters (kind, code, facet) VALUES (?, ?, ?)",
                            parameter.kind(),
                            parameter.code(),
                            parameter.facet().code());
            case Name.Plain plain ->
                    session.update("INSERT INTO names (value) VALUES (?)", plain.value());
            case Name.Term term ->
                    session.update(
                            "INSERT INTO terms (parameter, code) VALUES (?, ?)",
                            term.parameter(),
                            term.code());
        }
    }
}
