package dev.andiron.sql.view;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where something lies below an element.
 *
 * @param steps names of members, and positions in arrays from 0 ({@link Integer})
 */
public record Place(List<Object> steps) {
    /** Names stand in the text of statements, so nothing else may. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    static final Place HERE = new Place(List.of());

    public Place {
        steps = List.copyOf(steps);
    }

    Place member(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new RefusedException("the member '" + name + "' is not supported");
        }
        return with(name);
    }

    Place position(int index) {
        return with(index);
    }

    /** The member beside the last one that holds the ids and the extensions of primitives. */
    Place companion() {
        var renamed = new ArrayList<>(steps);
        int last = renamed.size() - 1;
        while (renamed.get(last) instanceof Integer) {
            last--;
        }
        renamed.set(last, "_" + renamed.get(last));
        return new Place(renamed);
    }

    boolean isHere() {
        return steps.isEmpty();
    }

    private Place with(Object step) {
        var longer = new ArrayList<>(steps);
        longer.add(step);
        return new Place(longer);
    }
}
