package dev.reroam.tests.bench;

import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** {@link Netchecks} where the servers are 40 ms away, which takes netem. Bed 2: the guest's own clock. */
final class GuestNetchecks implements Bench {

    private static final int RUNS = 5;
    private static final int ROUND_TRIP_MS = 40;
    private static final double TARGET_MS = 6 * ROUND_TRIP_MS + 300;
    private static final Duration LIMIT = Duration.ofMinutes(30);

    @Override
    public String name() {
        return "netcheck-guest";
    }

    @Override
    public String about() {
        return "as netcheck, where everything answers and the servers are " + ROUND_TRIP_MS
                + " ms away; an emulated machine";
    }

    @Override
    public Result run(Options options, Consumer<String> progress) {
        int runs = options.samples().orElse(RUNS);
        progress.accept(runs + " reports in an emulated machine");
        try {
            var took = Spread.of(reports(runs));
            return new Result(
                    List.of(new Figure("everything answers", "ms", took, List.of(Target.median(took, TARGET_MS)))),
                    List.of("as the report says it took, in a JVM that has just started; an instruction is a nanosecond"
                            + " of the guest's time; IPv4"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw Pause.interrupted(e);
        }
    }

    private static List<Double> reports(int runs) throws IOException, InterruptedException {
        var flags = new ArrayList<>(Guest.JVM_FLAGS);
        flags.addAll(AgentRemedy.tellingTheSame());
        var command = Guest.java(
                NetcheckSubject.class, flags, List.of(Integer.toString(runs), Integer.toString(ROUND_TRIP_MS)));
        var result = VirtualMachine.prepare().run(command, LIMIT);
        if (result.exit() != 0) {
            throw new IOException("the guest's program ended with " + result.exit() + ": " + result.output());
        }
        return result.output()
                .lines()
                .filter(line -> line.startsWith(NetcheckSubject.TOOK))
                .map(line -> Double.parseDouble(line.substring(NetcheckSubject.TOOK.length())))
                .toList();
    }
}
