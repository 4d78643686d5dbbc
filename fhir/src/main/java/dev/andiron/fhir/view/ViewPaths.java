package dev.andiron.fhir.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathDialect;
import dev.andiron.fhir.path.PathException;
import dev.andiron.fhir.path.hapi.HapiParser;
import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.ValueType;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compiles the paths of one view. */
final class ViewPaths {
    private static final int MAX_LENGTH = 4_000;

    /** Any type: elements are looked up on values. */
    private static final String OPEN = "";

    private final Definitions definitions;
    private final PathTyping typing;
    private final Constants constants;
    private final ValueType resource;
    private final Problems problems;

    ViewPaths(Definitions definitions, Constants constants, ValueType resource, Problems problems) {
        this.definitions = definitions;
        this.typing = new PathTyping(definitions);
        this.constants = constants;
        this.resource = resource;
        this.problems = problems;
    }

    /**
     * Compiles a path.
     *
     * @param focus what it starts from; {@link PathTyping#ANY} when that is not known
     * @return empty when it is refused, which the problems then say
     */
    Optional<ViewPath> compile(String text, String place, ValueType focus) {
        return parse(text, place)
                .flatMap(
                        parsed ->
                                evaluable(parsed, text, place, typeName(focus))
                                        .map(path -> typed(parsed, path, focus)));
    }

    private static String typeName(ValueType focus) {
        return focus.equals(PathTyping.ANY) ? OPEN : focus.name();
    }

    private Optional<dev.andiron.fhir.path.Expression> parse(String text, String place) {
        if (text.length() > MAX_LENGTH) {
            problems.add(place, "a path is not longer than " + MAX_LENGTH + " characters");
            return Optional.empty();
        }
        try {
            return Optional.of(constants.applyTo(HapiParser.parse(text)));
        } catch (PathException refused) {
            problems.add(place, refused.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Path> evaluable(
            dev.andiron.fhir.path.Expression parsed, String text, String place, String context) {
        try {
            return Optional.of(
                    Path.compile(
                            parsed,
                            text,
                            context,
                            Map.of(Constants.ROW_INDEX, "integer"),
                            definitions,
                            PathDialect.FILTERING_AS));
        } catch (PathException refused) {
            problems.add(place, "'" + text + "' is refused: " + refused.getMessage());
            return Optional.empty();
        }
    }

    private ViewPath typed(dev.andiron.fhir.path.Expression parsed, Path path, ValueType focus) {
        try {
            Expression portable = typing.type(parsed, Frame.at(focus, resource));
            if (portable.type().equals(PathTyping.ANY)) {
                return untyped(path, new Obstacle("it may give values of several types"));
            }
            return new ViewPath(path, Optional.of(portable), "", Optional.of(portable.type()));
        } catch (Obstacle obstacle) {
            return untyped(path, obstacle);
        }
    }

    private ViewPath untyped(Path path, Obstacle obstacle) {
        return new ViewPath(
                path,
                Optional.empty(),
                "'" + path.text() + "': " + obstacle.getMessage(),
                path.resultTypes()
                        .filter(types -> types.size() == 1)
                        .flatMap(types -> ValueTypes.ofResult(types.getFirst(), definitions)));
    }

    /**
     * Compiles the paths of a repeat, which start from one type and go on from what they lead to.
     * An element that one of these types lacks leads nowhere from there.
     */
    List<ViewPath> compileRepeat(List<Element.Text> texts, ValueType focus) {
        var all = new ArrayList<dev.andiron.fhir.path.Expression>();
        var paths = new ArrayList<Path>();
        for (Element.Text text : texts) {
            parse(text.value(), text.place())
                    .ifPresent(
                            parsed ->
                                    evaluable(parsed, text.value(), text.place(), OPEN)
                                            .ifPresent(
                                                    path -> {
                                                        all.add(parsed);
                                                        paths.add(path);
                                                    }));
        }
        Optional<ValueType> element = repeated(all, focus);
        var compiled = new ArrayList<ViewPath>();
        for (int i = 0; i < paths.size(); i++) {
            compiled.add(repeated(all.get(i), paths.get(i), element, focus));
        }
        return compiled;
    }

    private ViewPath repeated(
            dev.andiron.fhir.path.Expression parsed,
            Path path,
            Optional<ValueType> element,
            ValueType focus) {
        if (element.isEmpty()) {
            return untyped(path, new Obstacle("it does not lead to elements of one known type"));
        }
        ViewPath below = typed(parsed, path, element.get());
        return below.portable().isPresent() ? below : typed(parsed, path, focus);
    }

    /** The one type of all that paths lead to, however far. */
    private Optional<ValueType> repeated(
            List<dev.andiron.fhir.path.Expression> paths, ValueType focus) {
        Set<ValueType> found = new LinkedHashSet<>(typesBelow(paths, focus));
        if (found.size() != 1) {
            return Optional.empty();
        }
        ValueType element = found.iterator().next();
        found.addAll(typesBelow(paths, element));
        return found.size() == 1 && !element.isPrimitive() && !element.equals(PathTyping.ANY)
                ? Optional.of(element)
                : Optional.empty();
    }

    private Set<ValueType> typesBelow(
            List<dev.andiron.fhir.path.Expression> paths, ValueType focus) {
        var types = new LinkedHashSet<ValueType>();
        for (dev.andiron.fhir.path.Expression path : paths) {
            try {
                types.add(typing.type(path, Frame.at(focus, resource)).type());
            } catch (Obstacle nowhere) {
                // From this type it leads nowhere.
                continue;
            }
        }
        return types;
    }
}
