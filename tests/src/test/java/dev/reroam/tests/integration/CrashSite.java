package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Ladder;
import dev.reroam.recovery.Rung;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.CommandFailedException;
import dev.reroam.tests.lab.KillAtCall;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.SystemCall;
import dev.reroam.tests.lab.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A router whose agent is killed in the middle of repairs, again and again: what each run leaves is what the next one finds.
 * Used by one thread.
 */
final class CrashSite implements AutoCloseable {

    /** The thread that owns all state, and the one that writes to the disk. */
    static final String LOOP = "agent";

    static final String SLOW_LANE = "slow-lane";

    // wireguard-go itself shakes hands anew after 15 s of silence; where the agent died early, that is what heals.
    private static final Duration CARRIES = Duration.ofSeconds(30);
    private static final Duration AS_BEFORE = Duration.ofSeconds(10);
    // The readings that follow a step come 20 to 500 ms after it.
    private static final Duration AFTERWARDS = Duration.ofMillis(500);
    // Where each call of a kind is held back, what follows comes later by as much.
    private static final Duration HELD_AFTERWARDS = Duration.ofSeconds(5);
    private static final String LISTEN_PORT = "ListenPort = \\d+";
    private static final Duration REPAIRED = Duration.ofSeconds(40);

    private final Belongings belongings = Belongings.open();
    private final Topology net;
    private final AgentHome home;
    private final boolean oldUplinkDies;
    private Process agent;
    private int uplink = 1;
    private boolean nextIsDead;
    private int incidents;

    /** @param killable the agent that is started here, again and again */
    CrashSite(Plan plan, boolean oldUplinkDies, AgentRemedy killable) {
        this.net = Topology.make(plan, belongings);
        this.home = new AgentHome(net, net.router(), "crash", killable);
        this.oldUplinkDies = oldUplinkDies;
        // The first packet shakes hands.
        carries();
        // Nobody else is asked anything meanwhile: what is killed is a repair.
        home.configure("stun.servers = []\nportmap.enabled = false\n[devices." + device() + "]\nport = \"free\"\n");
        this.agent = home.start();
    }

    /**
     * What came of one repair.
     *
     * @param killed whether the call came
     * @param calls those that came, in order
     */
    record Blow(boolean killed, List<SystemCall> calls) {}

    /** The part of a climb up the ladder in which the agent is killed, by what it logs. */
    enum Climb {
        REBIND("opened", Duration.ofMillis(500), "rebind of"),
        // Nothing but echoes and readings until then: the rebind is waited for.
        NEW_PORT("rebind of", waitFor(Rung.REBIND), "listens on port"),
        /** The new port was not proved: the old one comes back. */
        RESTORE("listens on port", waitFor(Rung.NEW_PORT), "closed"),
        /** The far side answers on the new port, which is kept. */
        KEEP("listens on port", Duration.ZERO, "closed");

        private final String after;
        private final Duration pause;
        private final String does;

        Climb(String after, Duration pause, String does) {
            this.after = " " + after + " ";
            this.pause = pause;
            this.does = " " + does + " ";
        }

        private static Duration waitFor(Rung rung) {
            long wait = Ladder.standard().rungs().get(rung).waitNanos();
            return Duration.ofNanos(wait).minusMillis(400);
        }
    }

    /**
     * Has a default route replaced, and the agent killed at a call of the refresh that follows.
     *
     * @param call empty kills nobody
     * @param cold whether it is the agent's first incident, in which the JVM still loads and compiles
     */
    Blow duringRefresh(Optional<SystemCall> call, boolean cold) {
        if (cold) {
            agent.destroyForcibly();
            AgentHome.until(REPAIRED, () -> !agent.isAlive());
        }
        restart();
        carries();
        var before = settings();
        if (!cold && incidents == 0) {
            incident();
        }
        var kill = attach(LOOP, call);
        incident();
        return judge(kill, before);
    }

    /**
     * Has the far side go silent, so that the repair climbs; the agent is killed at a call of that part of it. Where a new
     * port is proved, it may stay.
     */
    Blow whileClimbing(String thread, Climb climb, Optional<SystemCall> call) {
        restart();
        if (climb == Climb.KEEP) {
            // A chain of ports leads back to its first one, so each repair begins with that.
            net.router()
                    .run(
                            "wg",
                            "set",
                            device(),
                            "listen-port",
                            Integer.toString(net.tunnel().routerPort()));
        }
        carries();
        var before = settings();
        // It must have answered an echo, or silence says nothing.
        incident();
        farSide("-I");
        int mark = home.log().length();
        swapUplinks();
        await(() -> says(mark, climb.after));
        pause(climb.pause);
        var kill = attach(thread, call);
        if (climb == Climb.KEEP) {
            farSide("-D");
        }
        await(() -> says(mark, climb.does));
        pause(call.isPresent() ? HELD_AFTERWARDS : AFTERWARDS);
        kill.detach();
        // An agent that lives gives up in its own time, and a far side that answered now would prove the new port.
        await(() -> says(mark, " closed "));
        if (climb != Climb.KEEP) {
            farSide("-D");
            return judge(kill, before);
        }
        var kept = before.replaceFirst(LISTEN_PORT, "ListenPort = " + newPort(mark));
        assertTrue(
                call.isPresent() || settings().equals(kept),
                () -> "nobody was killed, and the proved port was not kept: " + home.log());
        return judge(kill, before, kept);
    }

    /** The last port that an agent said it listens on. */
    private String newPort(int mark) {
        var said = home.log().substring(mark).split(Climb.KEEP.after, -1);
        return said[said.length - 1].split("\\D", 2)[0];
    }

    private Blow judge(KillAtCall kill, String... allowed) {
        kill.detach();
        boolean killed = !restart();
        var wanted = List.of(allowed);
        AgentHome.until(AS_BEFORE, () -> wanted.contains(settings()));
        assertOneOf(wanted, kill);
        carries();
        assertOneOf(wanted, kill);
        return new Blow(killed, kill.calls());
    }

    private void assertOneOf(List<String> wanted, KillAtCall kill) {
        var now = settings();
        assertTrue(
                wanted.contains(now), () -> now + " is none of " + wanted + "\nkilled at " + kill.tail() + home.log());
    }

    private void pause(Duration time) {
        AgentHome.until(time, () -> !agent.isAlive());
    }

    private void incident() {
        int mark = home.log().length();
        swapUplinks();
        await(() -> says(mark, " closed "));
        incidents++;
    }

    /** A running agent that knows the tunnel; whether it is the one from before. */
    private boolean restart() {
        // It may be dying just now.
        AgentHome.until(AS_BEFORE, () -> !agent.isAlive() || knowsTheTunnel());
        if (agent.isAlive()) {
            return true;
        }
        boolean interrupted = underRepair();
        int mark = home.log().length();
        agent = home.start();
        incidents = 0;
        assertTrue(AgentHome.until(AS_BEFORE, this::knowsTheTunnel), () -> home.status() + home.log());
        if (interrupted) {
            // What is done to the network during that incident would belong to it.
            await(() ->
                    says(mark, "was under repair when the agent ended") && says(mark, " closed ") && !underRepair());
        }
        return false;
    }

    /** Whether the ledger says so. */
    private boolean underRepair() {
        try {
            return Files.readAllLines(home.state().resolve("ledger")).stream()
                    .filter(line -> line.contains("IncidentOpen"))
                    .reduce((earlier, last) -> last)
                    .filter(last -> last.contains("\"Remember\""))
                    .isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean knowsTheTunnel() {
        return home.status().contains("\"path\":{\"interface\"");
    }

    private KillAtCall attach(String name, Optional<SystemCall> call) {
        var threads = AgentHome.threads(agent.pid(), name);
        assertEquals(1, threads.size(), () -> "threads called " + name + ": " + threads);
        long thread = threads.getFirst();
        return call.map(which -> KillAtCall.at(net, agent.pid(), thread, which))
                .orElseGet(() -> KillAtCall.never(net, agent.pid(), thread));
    }

    private void await(BooleanSupplier done) {
        boolean came = AgentHome.until(REPAIRED, () -> !agent.isAlive() || done.getAsBoolean());
        assertTrue(came, () -> "neither killed nor done: " + home.log());
    }

    private boolean says(int mark, String words) {
        return home.log().indexOf(words, mark) >= 0;
    }

    /** Everything that wg would write down of it: port, mark, keys, peers, endpoints, keepalives. */
    private String settings() {
        return net.router().run("wg", "showconf", device());
    }

    private String device() {
        return net.tunnel().device();
    }

    private void swapUplinks() {
        int next = 3 - uplink;
        if (oldUplinkDies) {
            if (nextIsDead) {
                net.deliver(next, Topology.Direction.BOTH);
            }
            net.swallow(uplink, Topology.Direction.BOTH);
            nextIsDead = true;
        }
        net.ip().request("route replace " + net.defaultRoute(next));
        uplink = next;
    }

    private void farSide(String verb) {
        for (var chain : List.of("INPUT -p udp --dport", "OUTPUT -p udp --sport")) {
            net.far()
                    .script("iptables -w " + verb + " " + chain + " "
                            + net.tunnel().farEndpoint().port() + " -j DROP");
        }
    }

    private void carries() {
        boolean carries = AgentHome.until(CARRIES, () -> {
            try {
                net.router()
                        .run("ping", "-n", "-c", "1", "-W", "1", net.tunnel().farInner());
                return true;
            } catch (CommandFailedException notYet) {
                return false;
            }
        });
        assertTrue(carries, () -> "the tunnel does not carry\n" + home.log() + bothEnds());
    }

    private String bothEnds() {
        return net.far().script("iptables -S; wg show")
                + net.router().script("wg show; ip rule; ip route; conntrack -L -p udp")
                + net.uplink(uplink).isp().script("ip rule; conntrack -L -p udp");
    }

    @Override
    public void close() {
        belongings.close();
    }
}
