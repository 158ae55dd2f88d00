package dev.reroam.tests.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** What the samples of {@link GuestOutages} come to: pure. Immutable. */
record GuestOutageReport(List<OutageSample> samples) {

    private static final double TIMES_THE_SCRIPT = 2;
    private static final String LINE = "%-21s %8s %8s %8s %8s %8s  %s";

    GuestOutageReport {
        samples = List.copyOf(samples);
    }

    Result result(List<String> remarks) {
        var faults = samples.stream().map(OutageSample::fault).distinct().toList();
        var figures = new ArrayList<Figure>();
        var lines = new ArrayList<String>();
        lines.add(Table.text(LINE, "healed after (hole), ms", "agent", "(hole)", "script", "(hole)", "times", "n"));
        for (var fault : faults) {
            Predicate<OutageSample> here = sample -> sample.fault().equals(fault);
            var agent = spread(Helper.AGENT, here, OutageSample::healedAfterMillis);
            var script = spread(Helper.SCRIPT, here, OutageSample::healedAfterMillis);
            var agentHole = spread(Helper.AGENT, here, OutageSample::holeMillis);
            var scriptHole = spread(Helper.SCRIPT, here, OutageSample::holeMillis);
            figures.add(new Figure(fault + ", helped by agent: healed after", "ms", agent, targets(agent, script)));
            figures.add(Figure.shown(fault + ", helped by agent: hole", "ms", agentHole));
            figures.add(Figure.shown(fault + ", helped by script: healed after", "ms", script));
            figures.add(Figure.shown(fault + ", helped by script: hole", "ms", scriptHole));
            lines.add(Table.text(
                    LINE,
                    fault,
                    millis(agent.median()),
                    "(" + millis(agentHole.median()) + ")",
                    millis(script.median()),
                    "(" + millis(scriptHole.median()) + ")",
                    Double.isFinite(script.median()) ? Table.text("%.1f", agent.median() / script.median()) : "-",
                    agent.n() + verdict(targets(agent, script))));
        }
        var rows = samples.stream().map(OutageSample::json).toList();
        return new Result(summary(faults), new Table(lines, figures, rows), remarks);
    }

    /** Over the faults that the script heals: of the others it says nothing. */
    private List<Figure> summary(List<String> faults) {
        var healed = faults.stream()
                .filter(fault -> Double.isFinite(
                        spread(Helper.SCRIPT, sample -> sample.fault().equals(fault), OutageSample::healedAfterMillis)
                                .median()))
                .toList();
        Predicate<OutageSample> counted = sample -> healed.contains(sample.fault());
        var agent = spread(Helper.AGENT, counted, OutageSample::healedAfterMillis);
        var script = spread(Helper.SCRIPT, counted, OutageSample::healedAfterMillis);
        double actions = samples.stream()
                .filter(sample -> sample.helper() == Helper.AGENT)
                .mapToLong(sample -> sample.falseActions().size())
                .sum();
        return List.of(
                new Figure("healed after, with the agent", "ms", agent, targets(agent, script)),
                Figure.shown("healed after, with the script", "ms", script),
                new Figure(
                        "settings changed by the agent, all runs",
                        "changes",
                        Spread.of(List.of(actions)),
                        List.of(Target.total(actions, 0))));
    }

    private static List<Target> targets(Spread agent, Spread script) {
        return Double.isFinite(script.median())
                ? List.of(Target.median(agent, TIMES_THE_SCRIPT * script.median()))
                : List.of();
    }

    private static String verdict(List<Target> targets) {
        return targets.isEmpty() ? "" : targets.get(0).met() ? " met" : " MISSED";
    }

    private Spread spread(Helper helper, Predicate<OutageSample> wanted, ToDoubleFunction<OutageSample> value) {
        return Spread.of(samples.stream()
                .filter(wanted)
                .filter(sample -> sample.helper() == helper)
                .map(value::applyAsDouble)
                .toList());
    }

    private static String millis(double value) {
        return Double.isFinite(value) ? Table.text("%.0f", value) : "never";
    }
}
