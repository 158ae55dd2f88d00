package dev.reroam.tests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes experiments of bed 1 in bed 2: on Debian's kernel with its own WireGuard, in one emulated machine. Immutable.
 *
 * @param width how many are made at once: 1 for a measurement; more where they mostly wait, and are not slower by this
 *     machine's clock than one after the other
 * @param agent what tells the guest's JVM which agent to start
 */
public record GuestLab(int width, List<String> agent) {

    private static final List<String> LAB_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xss256k",
            "-Xmx64m",
            "-XX:-UsePerfData",
            "-Djnr.ffi.asm.enabled=false");

    // By this machine's clock, and wide: it may have much else to do. 5 s and some 10 s where it has not.
    private static final Duration BOOT = Duration.ofMinutes(1);
    private static final Duration AROUND_EACH = Duration.ofMinutes(2);

    public GuestLab {
        agent = List.copyOf(agent);
    }

    /** One experiment after the other, with the agent that this JVM was told of. */
    public static GuestLab oneByOne() {
        return new GuestLab(1, AgentRemedy.tellingTheSame());
    }

    /** The same with the agent of this class path and {@code flags} for its JVM, separated by blanks. */
    public GuestLab withAgentFlags(String flags) {
        return new GuestLab(width, AgentRemedy.telling(flags));
    }

    public GuestLab withWidth(int atOnce) {
        return new GuestLab(atOnce, agent);
    }

    /**
     * Boots the guest, makes the trials and returns a report for each, in their order.
     *
     * @throws IOException where the machine cannot be started, or ended before the last report; what was reported until
     *     then is in the message
     */
    public List<GuestTrialReport> run(List<GuestTrial> trials) throws IOException, InterruptedException {
        var share = Files.createTempDirectory("reroam-guest-");
        try {
            return run(trials, share);
        } finally {
            LabCache.delete(share);
        }
    }

    private List<GuestTrialReport> run(List<GuestTrial> trials, Path share) throws IOException, InterruptedException {
        var told = share.resolve("reports");
        var flags = new ArrayList<>(LAB_FLAGS);
        flags.addAll(agent);
        var arguments = new ArrayList<>(List.of(told.toString(), Integer.toString(width)));
        trials.forEach(trial -> arguments.add(trial.word()));
        var command = Guest.java(GuestExperiments.class, flags, arguments);
        var watched = trials.stream().map(GuestTrial::watched).reduce(Duration.ZERO, Duration::plus);
        var limit = BOOT.plus(AROUND_EACH.multipliedBy(trials.size())).plus(watched);
        try {
            var result = VirtualMachine.prepare().run(command, share, limit);
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
