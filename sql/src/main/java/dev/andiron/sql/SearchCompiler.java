package dev.andiron.sql;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.Sort;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compiles searches for live resources to SQL. One of the criteria is chosen to begin with, by
 * looking how many rows each one's index has, and its rows are tested by the others: so the first
 * page of a search that matches a million resources costs no more than a page. Makes one statement;
 * for one thread.
 */
public final class SearchCompiler {
    /** How far an estimate counts. Fewer rows than this are cheap to gather and sort. */
    public static final int FEW = 4_000;

    /** How far the first estimate counts, which mostly suffices to choose. */
    private static final int FIRST_LOOK = 128;

    /** For more types, what is asked of each is worked out type by type. */
    private static final int FEW_KINDS = 3;

    /** A page of more types is gathered. */
    private static final int MERGED_LIMIT = 64;

    private final Dialect dialect;
    private final Catalog catalog;
    private final Estimator estimator;
    private final int few;
    private final CriterionCompiler compiler;
    private final CandidateCompiler candidates;
    private String plan = "";
    private boolean cut;

    public SearchCompiler(Dialect dialect, Catalog catalog, Estimator estimator) {
        this(dialect, catalog, estimator, FEW);
    }

    /**
     * @param few how many rows count as few; less than usual shows plans for much with little
     */
    public SearchCompiler(Dialect dialect, Catalog catalog, Estimator estimator, int few) {
        this.dialect = dialect;
        this.catalog = catalog;
        this.estimator = estimator;
        this.few = few;
        compiler = new CriterionCompiler(dialect, catalog);
        candidates = new CandidateCompiler(dialect, catalog, compiler, this::smallSet);
    }

    /**
     * The numbers of the resources of one page.
     *
     * @param limit how many at most
     * @return a statement with the columns {@code id} and a {@code k0}, {@code k1} ... for each
     *     sort key, in the order of the page
     */
    public SqlStatement page(Query query, int limit) {
        cut = false;
        var plan = plan(query.types(), query.criterion());
        var after = query.after().map(cursor -> PagePosition.of(cursor, query.sort().size()));
        if (query.sort().isEmpty()) {
            Beginning beginning = inOrder(plan, limit);
            this.plan = PlanText.inOrder(beginning.said());
            Sql ids = rows(plan, beginning, after.map(PagePosition::resource));
            Sql page = beginning.candidate().ordered() ? ids : dialect.whole(ids);
            return checked(page.add(" ORDER BY id").add(dialect.limit(limit)));
        }
        return checked(
                sortedWalk(plan, query.sort(), after, limit)
                        .orElseGet(() -> gathered(plan, query.sort(), after, limit)));
    }

    /**
     * Whether the page ends where counts said that it is full. Matches may have gone since: if it
     * has fewer rows than asked for, {@link #gathered} gives it. After {@link #page}.
     */
    public boolean isCut() {
        return cut;
    }

    /** The same as {@link #page} for a query that is sorted, whatever was counted. */
    public SqlStatement gathered(Query query, int limit) {
        var after = query.after().map(cursor -> PagePosition.of(cursor, query.sort().size()));
        return checked(
                gathered(plan(query.types(), query.criterion()), query.sort(), after, limit));
    }

    /** How the page is found, in words; after {@link #page}. */
    public String plan() {
        return plan;
    }

    private Sql gathered(Plan plan, List<Sort> sort, Optional<PagePosition> after, int limit) {
        Beginning beginning = begin(plan, false);
        this.plan = PlanText.gathered(beginning.said(), sort);
        return keys(plan, sort).page(rows(plan, beginning, Optional.empty()), after, limit);
    }

    private SortKeys keys(Plan plan, List<Sort> sort) {
        return new SortKeys(dialect, compiler, sort, plan.criteria(), plan.kinds());
    }

    /**
     * A walk through an index in the order of the page, which ends with the page: for searches with
     * so many matches that to look up and sort all their keys would take longer.
     */
    private Optional<Sql> sortedWalk(
            Plan plan, List<Sort> sort, Optional<PagePosition> after, int limit) {
        var walks = walks(plan, sort.getFirst());
        boolean several = sort.size() > 1;
        if (walks.isEmpty()
                || several
                        && (walks.size() > 1 || after.filter(PagePosition::isKeyless).isPresent())
                || walks.size() > 1 && !walks.getFirst().isComplete()) {
            return Optional.empty();
        }
        long steps = 0;
        if (several || !plan.criteria().isEmpty()) {
            if (!walks.stream().allMatch(SortedWalk::isOrdered)) {
                return Optional.empty();
            }
            var seen = steps(plan, walks, several, after, limit);
            if (seen.isEmpty()) {
                return Optional.empty();
            }
            steps = seen.get();
        }
        this.plan = PlanText.walked(sort, steps);
        cut = several;
        return Optional.of(
                several
                        ? keys(plan, sort).page(walks.getFirst().hits(after, limit), after, limit)
                        : WalkChoice.merged(dialect, walks, sort.getFirst(), after, limit));
    }

    /** Within how many rows of the index a page is; empty if to gather is quicker. */
    private Optional<Long> steps(
            Plan plan,
            List<SortedWalk> walks,
            boolean several,
            Optional<PagePosition> after,
            int limit) {
        var choice = new WalkChoice(this::numbers, few);
        if (!several && walks.size() == 1 && walks.getFirst().isStretch()) {
            var first = choice.first(walks.getFirst(), after, limit);
            if (first.isPresent()) {
                return first;
            }
        }
        Candidate candidate = begin(plan, false).candidate();
        return choice.steps(walks, several, after, limit, most -> estimate(candidate, most));
    }

    /** One for each type; none if one of them has no index in the order. */
    private List<SortedWalk> walks(Plan plan, Sort sort) {
        if (plan.kinds().size() > MERGED_LIMIT) {
            return List.of();
        }
        var walks = new ArrayList<SortedWalk>();
        for (Kind kind : plan.kinds()) {
            SortedWalk.of(dialect, compiler, kind, plan.criteria(), sort).ifPresent(walks::add);
        }
        return walks.size() == plan.kinds().size() ? walks : List.of();
    }

    private List<Long> numbers(List<Sql> counts) {
        return estimator.counts(counts.stream().map(this::checked).toList(), Long.MAX_VALUE);
    }

    /** How many resources match. A statement that gives one number. */
    public SqlStatement count(Query query) {
        var plan = plan(query.types(), query.criterion());
        return checked(
                Sql.of("SELECT count(*) FROM (")
                        .add(rows(plan, begin(plan, false), Optional.empty()))
                        .add(") h"));
    }

    private SqlStatement checked(Sql sql) {
        if (sql.bindCount() > dialect.bindLimit()) {
            throw new StorageException.TooLarge(
                    "the search has more than %d values".formatted(dialect.bindLimit()));
        }
        return sql.statement();
    }

    /** The conjunction at the root, flat, and the types that it leaves. */
    private record Plan(List<Criterion> criteria, List<Kind> kinds) {}

    private Plan plan(Set<String> types, Criterion criterion) {
        return plan(criterion, catalog.kinds(types));
    }

    private static Plan plan(Criterion criterion, List<Kind> kinds) {
        var flat = new ArrayList<Criterion>();
        flatten(MergedAlternatives.of(criterion), flat);
        List<Kind> left = kinds;
        for (Criterion part : List.copyOf(flat)) {
            if (part instanceof Criterion.Type type) {
                left = CriterionCompiler.narrowed(left, type.types());
                flat.remove(part);
            }
        }
        return new Plan(flat, left);
    }

    private static void flatten(Criterion criterion, List<Criterion> flat) {
        if (criterion instanceof Criterion.All all) {
            all.criteria().forEach(part -> flatten(part, flat));
        } else {
            flat.add(criterion);
        }
    }

    /**
     * What to begin with.
     *
     * @param criterion the one that needs no test any more, if there is one
     * @param said what it begins with, for who asks; empty for a walk through the types
     * @param rows how many rows it has, at most {@link #FEW}
     */
    private record Beginning(
            Optional<Criterion> criterion,
            Optional<Criterion> said,
            Candidate candidate,
            long rows) {

        static Beginning with(Criterion criterion, Candidate candidate) {
            return new Beginning(Optional.of(criterion), Optional.of(criterion), candidate, 0);
        }

        Beginning counted(long rows) {
            return new Beginning(criterion, said, candidate, rows);
        }
    }

    /**
     * What a page in the order of resources begins with. Of many matches in another order all are
     * gathered where that is less work than to walk through all resources of the types until a
     * page's worth of them has come along.
     */
    private Beginning inOrder(Plan plan, int limit) {
        Beginning best = begin(plan, true);
        if (best.said().isPresent() || plan.criteria().isEmpty()) {
            return best;
        }
        long worth = (long) Math.sqrt((double) dialect.testCost() * limit * estimator.resources());
        if (worth <= few) {
            return best;
        }
        Beginning all = begin(plan, false);
        boolean isFew = all.said().isPresent() && estimate(all.candidate(), worth) < worth;
        return isFew ? all : best;
    }

    private Beginning begin(Plan plan, boolean pageInOrder) {
        var choices = new ArrayList<Beginning>();
        for (Criterion criterion : plan.criteria()) {
            candidates
                    .candidate(criterion, plan.kinds())
                    .ifPresent(candidate -> choices.add(Beginning.with(criterion, candidate)));
        }
        choices.addAll(stretches(plan));
        var walk =
                new Beginning(
                        Optional.empty(), Optional.empty(), candidates.walk(plan.kinds()), few);
        if (choices.isEmpty()) {
            return walk;
        }
        if (choices.size() == 1 && (!pageInOrder || choices.getFirst().candidate().ordered())) {
            return choices.getFirst();
        }
        var estimated = estimated(choices);
        var best =
                estimated.stream()
                        .min(
                                Comparator.comparingLong(Beginning::rows)
                                        .thenComparing(b -> !b.candidate().ordered()))
                        .orElseThrow();
        boolean tooManyToSort = pageInOrder && !best.candidate().ordered() && best.rows() >= few;
        return tooManyToSort ? walk : best;
    }

    /** Ranges of dates that only several criteria together make narrow; all are tested. */
    private List<Beginning> stretches(Plan plan) {
        var stretches = new ArrayList<Beginning>();
        if (plan.kinds().size() > MERGED_LIMIT) {
            return stretches;
        }
        DateBounds.ofSeveral(plan.criteria())
                .forEach(
                        (parameter, bounds) ->
                                stretches.add(
                                        new Beginning(
                                                Optional.empty(),
                                                Optional.of(new Criterion.Present(parameter)),
                                                candidates.stretch(parameter, bounds, plan.kinds()),
                                                0)));
        return stretches;
    }

    /** Counts further only where all have so many that the first look does not tell. */
    private List<Beginning> estimated(List<Beginning> choices) {
        int look = choices.size() == 1 ? few : Math.min(few, FIRST_LOOK);
        var looked = estimated(choices, look);
        return look == few || looked.stream().anyMatch(choice -> choice.rows() < look)
                ? looked
                : estimated(choices, few);
    }

    private List<Beginning> estimated(List<Beginning> choices, long most) {
        var counts =
                estimator.counts(
                        choices.stream()
                                .map(choice -> checked(counted(choice.candidate(), most)))
                                .toList(),
                        most);
        var estimated = new ArrayList<Beginning>();
        for (int i = 0; i < counts.size(); i++) {
            estimated.add(choices.get(i).counted(counts.get(i)));
        }
        return estimated;
    }

    private long estimate(Candidate candidate, long most) {
        return candidate.arms().isEmpty()
                ? 0
                : estimator.counts(List.of(checked(counted(candidate, most))), most).getFirst();
    }

    /** Gives how many rows there are, or {@code most} if there are more. */
    private Sql counted(Candidate candidate, long most) {
        if (candidate.arms().isEmpty()) {
            return Sql.of("SELECT 0");
        }
        Sql all = new Sql();
        String separator = "";
        for (Candidate.Arm arm : candidate.arms()) {
            all.add(separator).add(arm.rows());
            separator = " UNION ALL ";
        }
        return Sql.of("SELECT count(*) FROM (").add(all).add(dialect.limit(most)).add(") e");
    }

    /** Selects the column {@code id} of what matches, each once. */
    private Sql rows(Plan plan, Beginning beginning, Optional<Long> after) {
        var arms = beginning.candidate().arms();
        var rest = new ArrayList<>(plan.criteria());
        beginning.criterion().ifPresent(rest::remove);
        var selections = new ArrayList<Sql>();
        for (Candidate.Arm arm : arms) {
            var tests = new ArrayList<Sql>();
            tests.add(arm.test());
            rest.forEach(each -> tests.add(compiler.test(each, tested(plan, arm), arm.id())));
            Sql passed = Sql.all(tests);
            if (passed.isNever()) {
                continue;
            }
            Sql selection =
                    Sql.of(arms.size() == 1 ? "SELECT DISTINCT " : "SELECT ")
                            .add(arm.id() + " AS id FROM ")
                            .add(arm.from())
                            .add(" WHERE ")
                            .add(arm.where());
            after.ifPresent(id -> selection.add(" AND " + arm.id() + " > ").bind(id));
            selections.add(passed.isAlways() ? selection : selection.add(" AND ").add(passed));
        }
        return union(selections);
    }

    /** What is asked of many types is mostly about few of them, and drops out of most arms. */
    private static List<Kind> tested(Plan plan, Candidate.Arm arm) {
        return plan.kinds().size() > FEW_KINDS ? arm.kinds() : plan.kinds();
    }

    private static Sql union(List<Sql> selections) {
        if (selections.isEmpty()) {
            return Sql.of("SELECT id FROM resources WHERE 1 = 0");
        }
        Sql union = selections.getFirst();
        for (Sql more : selections.subList(1, selections.size())) {
            union.add(" UNION ").add(more);
        }
        return union;
    }

    private Optional<Sql> smallSet(CandidateCompiler.Selection selection) {
        var plan = plan(selection.criterion(), selection.kinds());
        var beginning = begin(plan, false);
        if (beginning.said().isEmpty() || estimate(beginning.candidate(), few) >= few) {
            return Optional.empty();
        }
        return Optional.of(rows(plan, beginning, Optional.empty()));
    }
}
