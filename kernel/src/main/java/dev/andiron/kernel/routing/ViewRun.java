package dev.andiron.kernel.routing;

import dev.andiron.fhir.view.CompiledView;
import dev.andiron.fhir.view.TableColumn;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;

import java.util.List;

/** The rows of a running view, with what a writer of tables needs to know. */
public final class ViewRun implements RowCursor {
    private final CompiledView view;
    private final ViewRoute route;
    private final RowCursor rows;

    ViewRun(CompiledView view, ViewRoute route, RowCursor rows) {
        this.view = view;
        this.route = route;
        this.rows = rows;
    }

    /** The columns of the rows. */
    public List<TableColumn> columns() {
        return view.columns();
    }

    /** Who makes the rows. */
    public ViewRoute route() {
        return route;
    }

    @Override
    public List<Row> next() {
        return rows.next();
    }

    @Override
    public void close() {
        rows.close();
    }
}
