package dev.andiron.fhir.path;

import dev.andiron.fhir.path.PathType.Category;
import dev.andiron.fhir.validation.NarrativeRules;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code htmlChecks()}: whether a narrative, or a text within one, follows FHIR's rules. */
final class NarrativeFunction {
    /** Kinds of text that are names of something and cannot hold markup. */
    private static final Set<String> NAMES = Set.of("uri", "base64Binary");

    private NarrativeFunction() {}

    static void addTo(Map<String, PathFunction> functions) {
        functions.put(
                "htmlChecks", site -> site.takes(0).truth(NarrativeFunction::followsTheRules));
    }

    private static Boolean followsTheRules(List<PathNode> nodes) {
        PathNode node = nodes.size() == 1 ? nodes.getFirst() : null;
        String text = node == null ? null : node.textOrNull();
        if (text == null || node.type().category() != Category.STRING || isName(node.type())) {
            return null;
        }
        return node.type().is("xhtml")
                ? NarrativeRules.areMetBy(text)
                : NarrativeRules.areMetByContent(text);
    }

    private static boolean isName(PathType type) {
        return NAMES.stream().anyMatch(type::isKindOf);
    }
}
