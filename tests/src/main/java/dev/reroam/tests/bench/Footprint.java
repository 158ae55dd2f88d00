package dev.reroam.tests.bench;

import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.bench.ProcessUse.Memory;
import dev.reroam.tests.bench.ProcessUse.ThreadUse;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What an agent takes that has nothing to do: one idle tunnel, keepalive 25 s, on a router with a busy LAN. */
final class Footprint implements Bench {

    private static final int AGENTS = 3;
    private static final int SECONDS = 300;
    // What an agent does right after its start, and what the JVM compiles and gives back then, is no idling.
    private static final Duration SETTLE = Duration.ofSeconds(60);
    private static final double RESIDENT_MIB = 80;
    private static final double ANONYMOUS_MIB = 32;
    private static final double CPU_PERCENT = 0.2;
    private static final double WAKE_UPS_ABOVE = 120;
    private static final double MIB = 1 << 20;
    private static final int SECONDS_A_MINUTE = 60;
    private static final int THREADS_NAMED = 4;

    @Override
    public String name() {
        return "footprint";
    }

    @Override
    public String about() {
        return "an idle agent: memory, processor, wake-ups, beside the same JVM only sleeping; one idle tunnel, keepalive"
                + " 25 s, 200 neighbour events a minute";
    }

    /**
     * What one network gave.
     *
     * @param seconds how long it was watched
     */
    record Sample(ProcessUse agent, ProcessUse sleeper, Memory agentMemory, Memory sleeperMemory, double seconds) {

        double cpuPercent() {
            return agent.cpuNanos() / 1e7 / seconds;
        }

        double wakeUps() {
            return aMinute(agent.wakeUps());
        }

        double sleepersWakeUps() {
            return aMinute(sleeper.wakeUps());
        }

        double aMinute(long times) {
            return times * SECONDS_A_MINUTE / seconds;
        }

        /** Who woke most, for people: {@code agent 61, slow-lane 2}. */
        String threads() {
            return agent.threads().values().stream()
                    .sorted(Comparator.comparingLong(ThreadUse::wakeUps).reversed())
                    .limit(THREADS_NAMED)
                    .map(thread -> String.format(Locale.ROOT, "%s %.0f", thread.name(), aMinute(thread.wakeUps())))
                    .collect(Collectors.joining(", "));
        }
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        var remedy = AgentRemedy.find().orElseThrow(() -> new IllegalStateException("this build has no agent"));
        var lan = new BusyLan();
        var subjects = new ArrayList<FootprintSubject>();
        try {
            for (int i = 0; i < options.samples().orElse(AGENTS); i++) {
                subjects.add(FootprintSubject.start(remedy));
            }
            progress.accept(subjects.size() + " agents run");
            idle(lan, subjects, SETTLE);
            var heard = new NeighbourMonitor(subjects.get(0).net());
            var watched = Duration.ofSeconds(options.seconds().orElse(SECONDS));
            progress.accept("watching for " + watched.toSeconds() + " s");
            var samples = watch(lan, subjects, watched);
            return result(
                    samples, heard.events() * SECONDS_A_MINUTE / samples.get(0).seconds());
        } finally {
            subjects.forEach(FootprintSubject::close);
        }
    }

    private static List<Sample> watch(BusyLan lan, List<FootprintSubject> subjects, Duration watched) {
        var clock = Clock.system();
        var agents =
                subjects.stream().map(subject -> ProcessUse.of(subject.agent())).toList();
        var sleepers = subjects.stream()
                .map(subject -> ProcessUse.of(subject.sleeper()))
                .toList();
        long began = clock.monotonicNanos();
        idle(lan, subjects, watched);
        double seconds = (clock.monotonicNanos() - began) / 1e9;
        var samples = new ArrayList<Sample>();
        for (int i = 0; i < subjects.size(); i++) {
            long agent = subjects.get(i).agent();
            long sleeper = subjects.get(i).sleeper();
            samples.add(new Sample(
                    ProcessUse.of(agent).since(agents.get(i)),
                    ProcessUse.of(sleeper).since(sleepers.get(i)),
                    Memory.of(agent),
                    Memory.of(sleeper),
                    seconds));
        }
        return samples;
    }

    private static void idle(BusyLan lan, List<FootprintSubject> subjects, Duration length) {
        var clock = Clock.system();
        var networks = subjects.stream().map(FootprintSubject::net).toList();
        long next = clock.monotonicNanos();
        long end = next + length.toNanos();
        while (next - end < 0) {
            lan.next(networks);
            next += BusyLan.STEP.toNanos();
            Pause.of(Duration.ofNanos(Math.max(0, next - clock.monotonicNanos())));
        }
    }

    static Result result(List<Sample> samples, double neighbourEventsAMinute) {
        var resident = spread(samples, sample -> sample.agentMemory().resident() / MIB);
        var anonymous = spread(samples, sample -> sample.agentMemory().anonymous() / MIB);
        var cpu = spread(samples, Sample::cpuPercent);
        var above = spread(samples, sample -> sample.wakeUps() - sample.sleepersWakeUps());
        var figures = List.of(
                new Figure("resident", "MiB", resident, List.of(Target.worst(resident, RESIDENT_MIB))),
                new Figure("anonymous", "MiB", anonymous, List.of(Target.worst(anonymous, ANONYMOUS_MIB))),
                Figure.shown(
                        "resident at its peak",
                        "MiB",
                        spread(samples, s -> s.agentMemory().peakResident() / MIB)),
                Figure.shown(
                        "resident, the JVM that sleeps",
                        "MiB",
                        spread(samples, s -> s.sleeperMemory().resident() / MIB)),
                Figure.shown(
                        "anonymous, the JVM that sleeps",
                        "MiB",
                        spread(samples, s -> s.sleeperMemory().anonymous() / MIB)),
                new Figure("processor", "% of a core", cpu, List.of(Target.worst(cpu, CPU_PERCENT))),
                Figure.shown(
                        "processor time in all",
                        "s",
                        spread(samples, s -> s.agent().cpuNanos() / 1e9)),
                new Figure(
                        "wake-ups above the JVM that sleeps",
                        "a minute",
                        above,
                        List.of(Target.worst(above, WAKE_UPS_ABOVE))),
                Figure.shown("wake-ups in all", "a minute", spread(samples, Sample::wakeUps)),
                Figure.shown("wake-ups of the JVM that sleeps", "a minute", spread(samples, Sample::sleepersWakeUps)));
        return new Result(
                figures,
                List.of(
                        String.format(
                                Locale.ROOT,
                                "watched for %.0f s; ip monitor heard %.0f neighbour events a minute",
                                samples.get(0).seconds(),
                                neighbourEventsAMinute),
                        "who woke most, a minute: " + samples.get(0).threads()));
    }

    private static Spread spread(List<Sample> samples, ToDoubleFunction<Sample> value) {
        return Spread.of(samples.stream().mapToDouble(value).boxed().toList());
    }
}
