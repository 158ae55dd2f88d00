package dev.reroam.tests.bench;

import dev.reroam.tests.lab.AgentRemedy;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.OthersRemedies;
import dev.reroam.tests.lab.Remedy;
import dev.reroam.tests.lab.SilentFaults;
import dev.reroam.tests.lab.StuckFaults;
import dev.reroam.tests.lab.UpstreamFaults;
import java.time.Duration;

/** Who is to heal the tunnel in a run of {@link Outages}. */
enum Helper {
    /** The agent, as its users run it. */
    AGENT("agent"),
    /** Nobody. */
    NOBODY("nobody"),
    /** A script that does one {@code wg set} at each event; in the guest only. */
    SCRIPT("script"),
    /** {@link OthersRemedies#restart}. */
    RESTART("wg-quick restart"),
    /** {@link OthersRemedies#watchdog}. */
    WATCHDOG("wireguard_watchdog"),
    /** {@link OthersRemedies#pingRule}. */
    PING_RULE("mwan3's ping rule");

    // As the agent has it where nothing is configured.
    private static final int STUN_INTERVAL_SECONDS = 15;
    // From the start of a helper to its fault, beyond the fault's quiet: the tunnel's first echo.
    private static final Duration FIRST_ECHO = Duration.ofMillis(300);

    private final String word;

    Helper(String word) {
        this.word = word;
    }

    /** As in JSON and in the heading of the table. */
    String word() {
        return word;
    }

    /**
     * What is started on the router.
     *
     * @param fault what it is to meet
     * @param phase from 0 to 1: where in its cadence the fault falls
     * @throws IllegalStateException where this build has no agent
     */
    Remedy remedy(Fault fault, double phase) {
        return switch (this) {
            case AGENT -> {
                var agent = AgentRemedy.find().orElseThrow(() -> new IllegalStateException("this build has no agent"));
                if (SilentFaults.ALL.contains(fault)) {
                    yield SilentFaults.told(agent, fault, STUN_INTERVAL_SECONDS);
                }
                if (StuckFaults.ALL.contains(fault)) {
                    yield StuckFaults.told(agent);
                }
                yield UpstreamFaults.ALL.contains(fault)
                        ? UpstreamFaults.told(agent, fault, STUN_INTERVAL_SECONDS)
                        : agent;
            }
            case NOBODY -> Remedy.NONE;
            case SCRIPT -> throw new IllegalStateException("the script is for the guest's WireGuard");
            case RESTART -> OthersRemedies.restart(firstLook(fault, OthersRemedies.RESTART_CADENCE, phase));
            case PING_RULE -> OthersRemedies.pingRule(firstLook(fault, OthersRemedies.PING_RULE_CADENCE, phase));
            case WATCHDOG -> OthersRemedies.watchdog(firstLook(fault, OthersRemedies.WATCHDOG_CADENCE, phase));
        };
    }

    private static Duration firstLook(Fault fault, Duration cadence, double phase) {
        return fault.quiet().plus(FIRST_ECHO).plusMillis(Math.round(cadence.toMillis() * phase));
    }
}
