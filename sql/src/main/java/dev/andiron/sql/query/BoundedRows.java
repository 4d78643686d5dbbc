package dev.andiron.sql.query;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.SqlRows;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a query of a user, up to a number and as long as there is time. The first ones are
 * read when it begins, so that what is wrong with the query is said before any is sent. For one
 * thread at a time.
 */
public abstract class BoundedRows implements SqlRows {
    private final PreparedStatement statement;
    private final int together;
    private Optional<ResultSet> rows = Optional.empty();
    private List<Row> first = List.of();
    private long left;
    private Optional<Bound> bound = Optional.empty();
    private boolean ended;

    /**
     * @param together how many rows are read in one go
     * @param rowLimit how many there may be
     */
    protected BoundedRows(PreparedStatement statement, int together, long rowLimit) {
        this.statement = statement;
        this.together = together;
        left = rowLimit;
    }

    /** Reads the values of a row. */
    protected abstract Row row(ResultSet found) throws SQLException;

    /** Whether the time is up, if the database does not look at it itself. */
    protected abstract boolean isTimeUp();

    /** Whether this says that the time was up. */
    protected abstract boolean isTimeUp(SQLException failure);

    /** What else this says to whoever wrote the query. */
    protected abstract StorageException refusal(SQLException failure);

    /** Reads the first rows. */
    public void begin() throws SQLException {
        try {
            statement.setFetchSize(together);
            rows = Optional.of(statement.executeQuery());
            first = read();
        } catch (SQLException e) {
            end(e);
        }
    }

    /** Ends before the first row: to make the tables took all the time. */
    public void endInTime() {
        timeUp();
    }

    private void timeUp() {
        bound = Optional.of(Bound.TIME);
        ended = true;
    }

    /** The first rows, as long as they have not been asked for. */
    protected final List<Row> first() {
        return first;
    }

    /** Reads more rows. */
    protected final List<Row> read() {
        var read = new ArrayList<Row>();
        try {
            while (!ended && read.size() < together) {
                if (isTimeUp()) {
                    timeUp();
                } else if (!rows.orElseThrow().next()) {
                    ended = true;
                } else if (left == 0) {
                    bound = Optional.of(Bound.ROWS);
                    ended = true;
                } else {
                    read.add(row(rows.orElseThrow()));
                    left--;
                }
            }
        } catch (SQLException e) {
            end(e);
        }
        return read;
    }

    private void end(SQLException failure) {
        ended = true;
        if (!isTimeUp(failure)) {
            throw refusal(failure);
        }
        timeUp();
    }

    /** Reads more rows where that may take long. */
    protected List<Row> more() {
        return read();
    }

    @Override
    public final Optional<Bound> bound() {
        return bound;
    }

    @Override
    public final List<Row> next() {
        if (!first.isEmpty()) {
            List<Row> next = first;
            first = List.of();
            return next;
        }
        return ended ? List.of() : more();
    }

    @Override
    public void close() {
        ended = true;
        first = List.of();
    }
}
