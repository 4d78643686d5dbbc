package dev.andiron.postgres;

import java.util.List;
import java.util.regex.Pattern;

/** Reads how many rows the planner expects. */
final class PlanRows {
    private static final Pattern ROWS = Pattern.compile("rows=(\\d+)");

    private PlanRows() {}

    /** What goes into the count at the root; 0 if the plan is not of that form. */
    static long belowAggregate(List<String> plan) {
        if (plan.isEmpty() || !plan.getFirst().startsWith("Aggregate")) {
            return 0;
        }
        for (String line : plan.subList(1, plan.size())) {
            var rows = ROWS.matcher(line);
            if (rows.find()) {
                return Long.parseLong(rows.group(1));
            }
        }
        return 0;
    }
}
