package dev.andiron.fhir.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.view.ValueType;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Library of the profile SQLQuery: a statement over views, checked as far as that needs no
 * database.
 *
 * @param name for people and logs; may be empty
 * @param sql the statement in the dialect that was asked for, or in none
 * @param tables the views that it reads
 * @param parameters what it takes, in the order that they are declared in
 */
public record SqlLibrary(
        String name, String sql, List<Table> tables, List<SqlParameter> parameters) {
    private static final int LONGEST = 100_000;
    private static final int MOST_TABLES = 50;
    private static final int MOST_PARAMETERS = 200;
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,62}");
    private static final Pattern CONTENT_TYPE =
            Pattern.compile(
                    "application/sql\\s*(?:;\\s*dialect\\s*=\\s*\"?([A-Za-z0-9_-]+)\"?)?\\s*");

    public SqlLibrary {
        tables = List.copyOf(tables);
        parameters = List.copyOf(parameters);
    }

    /**
     * A view as a table of the statement.
     *
     * @param label the name of the table
     * @param view the canonical URL or the reference of the view
     * @param place where the Library says so
     */
    public record Table(String label, String view, String place) {}

    /**
     * Reads a Library.
     *
     * @param place where it stands, such as {@code queryResource}, for the places of its problems;
     *     empty when it stands for itself
     * @param dialect of several statements the one in this dialect is taken, otherwise the one
     *     without
     * @throws FhirException with status 422 and an issue for each problem, naming its element
     */
    public static SqlLibrary read(
            JsonObject library, String place, String dialect, Definitions definitions) {
        var problems = new Problems();
        var element = new Element(library, place, problems);
        checkType(element);
        String sql = statement(element, dialect).orElse("");
        var read =
                new SqlLibrary(
                        library.string("name").orElse(""),
                        sql,
                        tables(element),
                        parameters(element, definitions));
        problems.throwIfAny();
        return read;
    }

    private static void checkType(Element library) {
        boolean isQuery =
                library.object().object("type").stream()
                        .flatMap(type -> type.objects("coding").stream())
                        .anyMatch(coding -> coding.string("code").equals(Optional.of("sql-query")));
        if (!isQuery) {
            library.complain("type", "the type of the Library is sql-query");
        }
    }

    private static Optional<String> statement(Element library, String dialect) {
        Optional<Element> best = Optional.empty();
        boolean exact = false;
        if (!library.has("content")) {
            library.complain("content", "there is no SQL");
            return Optional.empty();
        }
        for (Element content : library.elements("content")) {
            String type = content.requiredText("contentType").orElse("application/sql");
            Matcher matcher = CONTENT_TYPE.matcher(type.strip().toLowerCase(Locale.ROOT));
            if (!matcher.matches()) {
                content.complain(
                        "contentType",
                        "'" + type + "' is not application/sql, with a dialect or without");
                continue;
            }
            Optional<String> declared = Optional.ofNullable(matcher.group(1));
            if (declared.equals(Optional.of(dialect)) && !exact) {
                best = Optional.of(content);
                exact = true;
            } else if (declared.isEmpty() && best.isEmpty()) {
                best = Optional.of(content);
            }
        }
        if (best.isEmpty()) {
            library.complain(
                    "content",
                    "there is neither SQL without a dialect nor in the dialect '" + dialect + "'");
        }
        return best.flatMap(SqlLibrary::data);
    }

    private static Optional<String> data(Element content) {
        Optional<String> data = content.requiredText("data");
        if (data.isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(data.get());
            if (bytes.length > LONGEST) {
                content.complain("data", "the SQL is longer than " + LONGEST + " bytes");
                return Optional.empty();
            }
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (IllegalArgumentException | CharacterCodingException e) {
            content.complain("data", "this is no UTF-8 text in Base64");
            return Optional.empty();
        }
    }

    private static List<Table> tables(Element library) {
        var tables = new ArrayList<Table>();
        Set<String> labels = new HashSet<>();
        for (Element artifact : library.elements("relatedArtifact")) {
            if (!artifact.requiredText("type").equals(Optional.of("depends-on"))) {
                continue;
            }
            String view = artifact.requiredText("resource").orElse("");
            String label = name(artifact, "label", "table");
            if (!label.isEmpty() && !labels.add(label.toLowerCase(Locale.ROOT))) {
                artifact.complain("label", "there is a table '" + label + "' already");
            }
            tables.add(new Table(label, view, artifact.at("resource")));
        }
        if (tables.size() > MOST_TABLES) {
            library.complain("relatedArtifact", "more than " + MOST_TABLES + " tables");
        }
        return tables;
    }

    private static String name(Element element, String member, String what) {
        String name = element.requiredText(member).orElse("");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            element.complain(member, Constants.nameRule(what, name) + ", and at most 63");
        }
        return name;
    }

    private static List<SqlParameter> parameters(Element library, Definitions definitions) {
        var parameters = new ArrayList<SqlParameter>();
        Set<String> names = new HashSet<>();
        for (Element parameter : library.elements("parameter")) {
            String name = name(parameter, "name", "parameter");
            if (!name.isEmpty() && !names.add(name)) {
                parameter.complain("name", "there is a parameter '" + name + "' already");
            }
            if (!parameter.requiredText("use").equals(Optional.of("in"))) {
                parameter.complain("use", "a query has parameters of use 'in' only");
            }
            String type = parameter.requiredText("type").orElse("string");
            Optional<ValueType> known =
                    ValueTypes.of(type, definitions).filter(ValueType::isPrimitive);
            if (known.isEmpty()) {
                parameter.complain("type", "'" + type + "' is no primitive type");
            }
            boolean optional = "0".equals(String.valueOf(parameter.object().get("min")));
            parameters.add(new SqlParameter(name, known.orElse(ValueType.STRING), !optional));
        }
        if (parameters.size() > MOST_PARAMETERS) {
            library.complain("parameter", "more than " + MOST_PARAMETERS + " parameters");
        }
        return parameters;
    }
}
