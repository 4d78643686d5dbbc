package dev.andiron.fhir.view;

import dev.andiron.spi.view.Selection;

import java.util.List;
import java.util.Optional;

/**
 * A compiled selection in both of its forms.
 *
 * @param outputs the columns of its rows
 * @param portable for a backend; empty when it has no such form
 * @param obstacle why it has none; empty text when it has one
 */
record CompiledSelection(
        SelectionPlan plan,
        List<TableColumn> outputs,
        Optional<Selection> portable,
        String obstacle) {}
