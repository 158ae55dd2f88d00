package dev.reroam.tests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Makes experiments of bed 1 in bed 2: on Debian's kernel with its own WireGuard, in emulated machines. Immutable.
 *
 * @param machines how many share the work: to its guest a machine is equally fast beside another one
 * @param width how many each makes at once: 1 for a measurement, in which an agent is also given time to rehearse; more where they mostly wait, and are not slower by this
 *     machine's clock than one after the other
 * @param yielding whether they take what other programs leave of this machine's processors
 * @param agent what tells the guest's JVM which agent to start
 */
public record GuestLab(int machines, int width, boolean yielding, List<String> agent) {

    // By this machine's clock, and wide: it may have much else to do. 5 s and some 10 s where it has not.
    private static final Duration BOOT = Duration.ofMinutes(1);
    private static final Duration AROUND_EACH = Duration.ofMinutes(2);

    public GuestLab {
        agent = List.copyOf(agent);
    }

    /** One experiment after the other, with the agent that this JVM was told of. */
    public static GuestLab oneByOne() {
        return new GuestLab(1, 1, false, AgentRemedy.tellingTheSame());
    }

    /** The same with the agent of this class path and {@code flags} for its JVM, separated by blanks. */
    public GuestLab withAgentFlags(String flags) {
        return new GuestLab(machines, width, yielding, AgentRemedy.telling(flags));
    }

    public GuestLab withWidth(int atOnce) {
        return new GuestLab(machines, atOnce, yielding, agent);
    }

    public GuestLab withMachines(int number) {
        return new GuestLab(number, width, yielding, agent);
    }

    public GuestLab withYielding() {
        return new GuestLab(machines, width, true, agent);
    }

    /**
     * Boots the guests, makes the trials and returns a report for each, in their order.
     *
     * @throws IOException where the machine cannot be started, or ended before the last report; what was reported until
     *     then is in the message
     */
    public List<GuestTrialReport> run(List<GuestTrial> trials) throws IOException, InterruptedException {
        var prepared = VirtualMachine.prepare();
        var machine = yielding ? prepared.yielding() : prepared;
        // Dealt out one by one, so that no machine gets all the long ones.
        var hands = IntStream.range(0, machines)
                .mapToObj(first -> IntStream.range(0, trials.size())
                        .filter(i -> i % machines == first)
                        .mapToObj(trials::get)
                        .toList())
                .toList();
        var reports = new ArrayList<List<GuestTrialReport>>();
        try (var pool = Executors.newFixedThreadPool(machines)) {
            var tasks = hands.stream()
                    .map(hand -> (Callable<List<GuestTrialReport>>) () -> run(machine, hand))
                    .toList();
            for (var future : pool.invokeAll(tasks)) {
                reports.add(future.get());
            }
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        }
        return IntStream.range(0, trials.size())
                .mapToObj(i -> reports.get(i % machines).get(i / machines))
                .toList();
    }

    private List<GuestTrialReport> run(VirtualMachine machine, List<GuestTrial> trials)
            throws IOException, InterruptedException {
        var share = Files.createTempDirectory("reroam-guest-");
        try {
            return run(machine, trials, share);
        } finally {
            LabCache.delete(share);
        }
    }

    private List<GuestTrialReport> run(VirtualMachine machine, List<GuestTrial> trials, Path share)
            throws IOException, InterruptedException {
        var told = share.resolve("reports");
        var flags = new ArrayList<>(Guest.JVM_FLAGS);
        flags.addAll(agent);
        var arguments = new ArrayList<>(List.of(told.toString(), Integer.toString(width)));
        trials.forEach(trial -> arguments.add(trial.word()));
        var command = Guest.java(GuestExperiments.class, flags, arguments);
        var watched = trials.stream().map(GuestTrial::watched).reduce(Duration.ZERO, Duration::plus);
        var around = yielding ? AROUND_EACH.multipliedBy(2) : AROUND_EACH;
        var limit = BOOT.plus(around.multipliedBy(trials.size())).plus(watched);
        try {
            var result = machine.run(command, share, limit);
            if (result.exit() != 0) {
                throw new IOException("the guest's program ended with " + result.exit() + ": " + result.output());
            }
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "\nreported until then:\n" + text(told), e);
        }
        return text(told).lines().map(GuestTrialReport::parse).toList();
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
