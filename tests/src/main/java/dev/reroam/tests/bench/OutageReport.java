package dev.reroam.tests.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What the samples of {@link Outages} come to: pure. Immutable.
 *
 * @param cutSeconds how long those without the agent were watched
 */
record OutageReport(List<OutageSample> samples, long cutSeconds) {

    private static final double MEDIAN_MS = 60;
    private static final double WORST_MS = 150;

    // The kernel holds back the last event of a flapping cable for up to a second (net/core/link_watch.c).
    private static final String HELD_BACK = "cable-flaps";
    private static final double HELD_BACK_MS = 1000;

    private static final String HEADING = "%-21s %7s %7s %8s %3s %-7s";
    private static final double MILLIS_PER_SECOND = 1000;

    OutageReport {
        samples = List.copyOf(samples);
    }

    Result result(List<String> remarks) {
        var faults = samples.stream().map(OutageSample::fault).distinct().toList();
        var helpers = EnumSet.noneOf(Helper.class);
        samples.forEach(sample -> helpers.add(sample.helper()));
        var figures = new ArrayList<Figure>();
        var lines = new ArrayList<String>();
        lines.add(heading(helpers));
        for (var fault : faults) {
            for (var helper : helpers) {
                figures.addAll(figures(fault, helper));
            }
            lines.add(line(fault, helpers));
        }
        var rows = samples.stream().map(OutageSample::json).toList();
        return new Result(summary(), new Table(lines, figures, rows), remarks);
    }

    private List<Figure> summary() {
        var measured = spread(
                sample -> sample.helper() == Helper.AGENT && !sample.fault().equals(HELD_BACK),
                OutageSample::healedAfterMillis);
        var figures = new ArrayList<Figure>();
        if (measured.n() > 0) {
            figures.add(new Figure(
                    "healed after, with the agent, but for " + HELD_BACK, "ms", measured, targets(measured, 0)));
        }
        double count = falseActions();
        figures.add(new Figure(
                "false actions of the agent, all runs",
                "changes",
                Spread.of(List.of(count)),
                List.of(Target.total(count, 0))));
        return figures;
    }

    /** How many changes the agent made that it should not have, over all of its runs. */
    long falseActions() {
        return samples.stream()
                .filter(sample -> sample.helper() == Helper.AGENT)
                .mapToLong(sample -> sample.falseActions().size())
                .sum();
    }

    private List<Figure> figures(String fault, Helper helper) {
        var healed = healed(fault, helper);
        if (healed.n() == 0) {
            return List.of();
        }
        var name = fault + ", helped by " + helper.word() + ": ";
        return List.of(
                new Figure(
                        name + "healed after",
                        "ms",
                        healed,
                        helper == Helper.AGENT ? targets(healed, allowance(fault)) : List.of()),
                Figure.shown(name + "hole", "ms", holes(fault, helper)));
    }

    private static List<Target> targets(Spread spread, double allowance) {
        return List.of(Target.median(spread, MEDIAN_MS + allowance), Target.worst(spread, WORST_MS + allowance));
    }

    private static double allowance(String fault) {
        return fault.equals(HELD_BACK) ? HELD_BACK_MS : 0;
    }

    private static String heading(Collection<Helper> helpers) {
        var line = new StringBuilder(
                Table.text(HEADING, "healed after (hole)", "agent", "worst", "(hole)", "n", "target"));
        helpers.stream()
                .filter(helper -> helper != Helper.AGENT)
                .forEach(helper -> line.append(Table.text(" %17s", helper.word())));
        return line.toString();
    }

    private String line(String fault, Collection<Helper> helpers) {
        var healed = healed(fault, Helper.AGENT);
        var line = new StringBuilder(
                healed.n() == 0
                        ? Table.text(HEADING, fault, "", "", "", "", "")
                        : Table.text(
                                HEADING,
                                fault,
                                millis(healed.median()),
                                millis(healed.worst()),
                                "(" + millis(holes(fault, Helper.AGENT).median()) + ")",
                                healed.n(),
                                targets(healed, allowance(fault)).stream().allMatch(Target::met) ? "met" : "MISSED"));
        helpers.stream()
                .filter(helper -> helper != Helper.AGENT)
                .forEach(helper -> line.append(Table.text(" %17s", seconds(fault, helper))));
        return line.toString().stripTrailing();
    }

    /** {@code 15.2 (15.3) s n=3}: medians; what was cut is given as more than that. */
    private String seconds(String fault, Helper helper) {
        var healed = healed(fault, helper);
        if (healed.n() == 0) {
            return "-";
        }
        var longest = Optional.of(healed.median())
                .filter(Double::isFinite)
                .map(median -> Table.text(
                        "%.1f (%.1f) s",
                        median / MILLIS_PER_SECOND, holes(fault, helper).median() / MILLIS_PER_SECOND))
                .orElseGet(() -> "> " + cut(fault, helper) + " s");
        return longest + " n=" + healed.n();
    }

    // What was really watched, for whoever was watched for another time.
    private long cut(String fault, Helper helper) {
        return samples.stream()
                .filter(sample -> sample.fault().equals(fault) && sample.helper() == helper)
                .flatMap(sample -> sample.outage().stream())
                .filter(outage -> outage.healedAfter().isEmpty())
                .mapToLong(outage -> outage.watched().toSeconds())
                .min()
                .orElse(cutSeconds);
    }

    private Spread healed(String fault, Helper helper) {
        return spread(sample -> is(sample, fault, helper), OutageSample::healedAfterMillis);
    }

    private Spread holes(String fault, Helper helper) {
        return spread(sample -> is(sample, fault, helper), OutageSample::holeMillis);
    }

    private static boolean is(OutageSample sample, String fault, Helper helper) {
        return sample.fault().equals(fault) && sample.helper() == helper;
    }

    private Spread spread(Predicate<OutageSample> wanted, ToDoubleFunction<OutageSample> value) {
        return Spread.of(
                samples.stream().filter(wanted).map(value::applyAsDouble).toList());
    }

    private static String millis(double value) {
        return Double.isFinite(value) ? Table.text("%.0f ms", value) : "never";
    }
}
