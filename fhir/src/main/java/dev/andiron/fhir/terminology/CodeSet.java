package dev.andiron.fhir.terminology;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A set of codes.
 *
 * @param codes single codes
 * @param systems code systems all of whose codes belong to it
 */
public record CodeSet(Set<Code> codes, Set<String> systems) {
    static final CodeSet EMPTY = new CodeSet(Set.of(), Set.of());

    public CodeSet {
        codes = Set.copyOf(codes);
        systems = Set.copyOf(systems);
    }

    static CodeSet of(Set<Code> codes) {
        return new CodeSet(codes, Set.of());
    }

    boolean contains(Code code) {
        return codes.contains(code) || systems.contains(code.system());
    }

    CodeSet union(CodeSet other) {
        var allCodes = new LinkedHashSet<>(codes);
        allCodes.addAll(other.codes);
        var allSystems = new LinkedHashSet<>(systems);
        allSystems.addAll(other.systems);
        return new CodeSet(allCodes, allSystems);
    }

    CodeSet intersection(CodeSet other) {
        var both = new LinkedHashSet<Code>();
        for (Code code : codes) {
            if (other.contains(code)) {
                both.add(code);
            }
        }
        for (Code code : other.codes) {
            if (contains(code)) {
                both.add(code);
            }
        }
        var allSystems = new LinkedHashSet<>(systems);
        allSystems.retainAll(other.systems);
        return new CodeSet(both, allSystems);
    }
}
