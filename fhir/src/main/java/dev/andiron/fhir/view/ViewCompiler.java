package dev.andiron.fhir.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.path.Path;
import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Selection;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;
import dev.andiron.spi.view.View;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compiles one ViewDefinition, collecting all that is wrong with it. */
final class ViewCompiler {
    private static final Set<String> ELEMENTS =
            Set.of(
                    "resourceType",
                    "meta",
                    "implicitRules",
                    "language",
                    "text",
                    "contained",
                    "url",
                    "identifier",
                    "version",
                    "versionAlgorithmString",
                    "versionAlgorithmCoding",
                    "name",
                    "title",
                    "status",
                    "experimental",
                    "date",
                    "publisher",
                    "contact",
                    "description",
                    "useContext",
                    "jurisdiction",
                    "purpose",
                    "copyright",
                    "copyrightLabel",
                    "fhirVersion",
                    "profile",
                    "resource",
                    "constant",
                    "select",
                    "where");

    private final Definitions definitions;
    private final String place;
    private final Problems problems = new Problems();

    ViewCompiler(Definitions definitions, String place) {
        this.definitions = definitions;
        this.place = place;
    }

    CompiledView compile(JsonObject definition) {
        var view = new Element(definition, place, problems);
        view.knowsOnly(ELEMENTS);
        if (definition.has("resourceType")
                && !view.text("resourceType").equals(Optional.of("ViewDefinition"))) {
            view.complain("resourceType", "this is no ViewDefinition");
        }
        checkVersion(view);
        String name = name(view);
        ValueType resource = resource(view);
        var paths = new ViewPaths(definitions, Constants.read(view), resource, problems);
        List<ViewPath> where = where(view, paths, resource);
        CompiledSelection root = selections(view, paths, resource);
        if (root != null && root.outputs().isEmpty() && problems.isEmpty()) {
            view.complain("select", "the view has no column");
        }
        problems.throwIfAny();
        return compiled(name, resource, where, root);
    }

    private CompiledView compiled(
            String name, ValueType resource, List<ViewPath> where, CompiledSelection root) {
        String obstacle =
                where.stream()
                        .map(ViewPath::obstacle)
                        .filter(reason -> !reason.isEmpty())
                        .findFirst()
                        .orElse(root.obstacle());
        Optional<View> portable =
                obstacle.isEmpty()
                        ? Optional.of(portable(name, resource, where, root))
                        : Optional.empty();
        List<Path> conditions = where.stream().map(ViewPath::path).toList();
        return new CompiledView(
                name,
                resource.name(),
                definitions,
                root.outputs(),
                conditions,
                root.plan(),
                portable,
                obstacle);
    }

    private static View portable(
            String name, ValueType resource, List<ViewPath> where, CompiledSelection root) {
        List<Expression> conditions =
                where.stream().map(path -> path.portable().orElseThrow()).toList();
        Selection selection = root.portable().orElseThrow();
        return new View(name, resource.name(), conditions, selection);
    }

    /** A view may name the versions that it is for. */
    private void checkVersion(Element view) {
        List<Element.Text> versions = view.texts("fhirVersion");
        String ours = definitions.publication();
        boolean fits =
                versions.isEmpty()
                        || versions.stream()
                                .anyMatch(
                                        version ->
                                                ours.equals(version.value())
                                                        || ours.startsWith(version.value() + "."));
        if (!fits) {
            view.complain(
                    "fhirVersion",
                    "the view is for %s; this server has FHIR %s"
                            .formatted(versions.stream().map(Element.Text::value).toList(), ours));
        }
    }

    private static String name(Element view) {
        Optional<String> name = view.text("name");
        if (name.isPresent() && !Constants.NAME.matcher(name.get()).matches()) {
            view.complain("name", Constants.nameRule("view", name.get()));
        }
        return name.orElse("");
    }

    /** The type of the resources; that of anything when the view names none that there is. */
    private ValueType resource(Element view) {
        Optional<String> type = view.requiredText("resource");
        if (type.isPresent() && !definitions.isResourceType(type.get())) {
            view.complain("resource", "there is no resource type '" + type.get() + "'");
            return PathTyping.ANY;
        }
        return type.map(name -> new ValueType(name, Kind.COMPLEX)).orElse(PathTyping.ANY);
    }

    private static List<ViewPath> where(Element view, ViewPaths paths, ValueType resource) {
        var conditions = new ArrayList<ViewPath>();
        for (Element where : view.elements("where")) {
            where.knowsOnly(Set.of("path", "description"));
            Optional<ViewPath> path =
                    where.requiredText("path")
                            .flatMap(text -> paths.compile(text, where.at("path"), resource));
            path.ifPresent(conditions::add);
            path.flatMap(ViewPath::type)
                    .filter(type -> type.kind() != Kind.BOOLEAN)
                    .ifPresent(
                            type ->
                                    where.complain(
                                            "path",
                                            "a condition is true or false; this path gives values"
                                                    + " of type '"
                                                    + type
                                                    + "'"));
        }
        return conditions;
    }

    private CompiledSelection selections(Element view, ViewPaths paths, ValueType resource) {
        if (!view.has("select")) {
            view.complain("select", "'select' is missing");
            return null;
        }
        return new SelectionCompiler(definitions, paths, problems).compileRoot(view, resource);
    }
}
