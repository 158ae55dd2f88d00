package dev.reroam.tests.simulation;

import dev.reroam.ledger.Entry;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import dev.reroam.recovery.TunnelId;
import dev.reroam.tests.simulation.world.StunServer;
import dev.reroam.tests.simulation.world.Traffic;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.WgPeer;
import dev.reroam.tests.simulation.world.World;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * After each fault's end and its bound, every awake tunnel carries, both ways, wherever a packet of the box can get to the far end
 * at all: if any uplink works, what the kernel routes there arrives. One thread's.
 *
 * <p>Not asked where nobody at this end could do it: the far end is off or just came back, or its own filter lets only in whom
 * it has sent to. Nor where the brain may not or cannot act: observed, refused, slow, or another fault runs.
 */
final class Healed implements Watcher {

    // A handshake that was lost is repeated after 5.3 s, and nothing can hurry it.
    private static final long LOST_HANDSHAKE = 6 * VirtualTime.SECOND;

    private static final long PUBLIC_WINDOW = 150 * VirtualTime.SECOND;

    private final Scenario scenario;
    private final World world;
    private final Health health;
    private final Court court;
    private final ModelLedger ledger;
    private final long start;
    private final Set<TunnelId> led = new HashSet<>();
    private long lifeSince;
    private int asked;

    Healed(Scenario scenario, World world, Health health, ModelLedger ledger, Court court) {
        this.scenario = scenario;
        this.ledger = ledger;
        this.world = world;
        this.health = health;
        this.court = court;
        start = world.time().now();
        lifeSince = start;
        for (Fault fault : scenario.faults()) {
            if (!isUnwatched(fault)) {
                watch(fault);
            }
        }
    }

    private void watch(Fault fault) {
        var awake = new HashSet<World.Link>();
        var led = new HashSet<World.Link>();
        world.time().at(start + fault.at(), () -> {
            awake.addAll(awake());
            if (leads(fault)) {
                world.links().stream().filter(link -> !isSteered(link)).forEach(led::add);
            }
            if (isLine(fault)) {
                // What is steered goes another way than the one that it happens to, or is looked after there.
                awake.removeIf(this::isSteered);
            }
        });
        // A tunnel may be on an uplink that the kernel does not route to any more.
        if (isLine(fault) && !Ability.TODAY.contains(Ability.OLD_WAY_SEEN)) {
            world.time().at(start + fault.at() + 1, () -> {
                if (led.isEmpty()) {
                    awake.clear();
                }
            });
        }
        lookAt(fault, fault.healedAt() + fault.kind().bound(), awake, led);
        boolean leaves = fault.kind() == Fault.Kind.CABLE_PULLED || fault.kind() == Fault.Kind.ROUTE_MOVED;
        long moved = fault.at() + (fault.kind() == Fault.Kind.CABLE_PULLED ? fault.much() * VirtualTime.MILLI : 0);
        if (leaves && moved + fault.kind().bound() < fault.healedAt()) {
            lookAt(fault, moved + fault.kind().bound(), awake, led);
        }
    }

    private void lookAt(Fault fault, long instant, Set<World.Link> awake, Set<World.Link> led) {
        if (isAsked(fault, instant)) {
            world.time()
                    .at(
                            start + instant,
                            () -> look(
                                    fault.kind().toString(),
                                    awake,
                                    link -> mustBeFound(
                                            fault, link, led.contains(link) && !staysAway(fault, instant, link))));
        }
    }

    /** What was steered off a line stays away for the probation when that is whole again: its heal is no sign for it. */
    private boolean staysAway(Fault fault, long instant, World.Link link) {
        return isLine(fault) && instant >= fault.healedAt() && isSteered(link);
    }

    @Override
    public void onStep(RecoveryState before, Observation observation, long now, Step step) {
        if (observation instanceof Observation.PathsSeen || observation instanceof Observation.DeviceSeen) {
            step.state().tunnels().forEach((id, tunnel) -> {
                if (tunnel.path().isPresent() && tunnel.facts().endpoint().isPresent()) {
                    led.add(id);
                } else {
                    led.remove(id);
                }
            });
        }
    }

    @Override
    public void onEnd() {
        led.clear();
    }

    /** What a killed agent had written down as under repair carries soon after the next start. */
    @Override
    public void onStart() {
        lifeSince = world.time().now();
        var interrupted = new HashSet<World.Link>();
        for (Entry entry : ledger.entries()) {
            if (entry instanceof Entry.IncidentOpen open) {
                world.links().stream()
                        .filter(link -> open.device()
                                        .equals(link.near().device().name())
                                && open.interfaceIndex() == link.near().device().index()
                                && open.peers().contains(link.near().key())
                                && health.awake(link))
                        .forEach(interrupted::add);
            }
        }
        long instant = world.time().now() - start + Fault.Kind.KILLED.bound();
        if (!interrupted.isEmpty()
                && mayAct()
                && scenario.faults().stream().allMatch(fault -> isOver(fault, instant))) {
            world.time()
                    .in(
                            Fault.Kind.KILLED.bound(),
                            () -> look(
                                    "an interrupted repair",
                                    interrupted,
                                    link -> !health.reach().endsFlows(link)));
        }
    }

    /** Whether the agent is dead while it happens: what nobody saw nobody repairs, but for what was written down before. */
    private boolean isUnwatched(Fault fault) {
        return fault.kind() != Fault.Kind.KILLED
                && fault.kind() != Fault.Kind.RESTARTED
                && scenario.faults().stream()
                        .anyMatch(other -> (other.kind() == Fault.Kind.KILLED || other.kind() == Fault.Kind.RESTARTED)
                                && other.at() <= fault.healedAt()
                                && other.healedAt() + VirtualTime.SECOND >= fault.at());
    }

    private static boolean isLine(Fault fault) {
        return fault.kind() == Fault.Kind.CABLE_PULLED
                || fault.kind() == Fault.Kind.CABLE_BLINKED
                || fault.kind() == Fault.Kind.INTERFACE_RECREATED
                || fault.kind() == Fault.Kind.ADDRESS_CHANGED
                || fault.kind() == Fault.Kind.GATEWAY_CHANGED
                || fault.kind() == Fault.Kind.FLAPPING;
    }

    private boolean isSteered(World.Link link) {
        return link.near().endpoint().filter(world.box().steered()::contains).isPresent();
    }

    /** Whether it moves the way that tunnels take which nobody steers. */
    private boolean leads(Fault fault) {
        var wans = world.box().wans();
        boolean own = world.box()
                .way()
                .filter(wans.get(fault.where() % wans.size())::equals)
                .isPresent();
        return (fault.kind() == Fault.Kind.ROUTE_MOVED) != own;
    }

    /** How many tunnels were looked at after a fault. */
    int asked() {
        return asked;
    }

    private boolean mayAct() {
        var luck = scenario.luck();
        return !scenario.observeOnly() && luck.refused() == 0 && luck.slow() == 0 && luck.diskFull() == 0;
    }

    private static boolean isOver(Fault fault, long instant) {
        return fault.at() > instant || fault.healedAt() + fault.kind().bound() <= instant;
    }

    private boolean isAsked(Fault fault, long instant) {
        boolean alone = scenario.faults().stream().allMatch(other -> other.equals(fault) || isOver(other, instant));
        return mayAct()
                && alone
                && !losesAnother(fault)
                && !isPartOfAFlap(fault, instant)
                && !isDamped(fault)
                && !isMisread(fault)
                && !isDelayed(fault, instant);
    }

    /** What flaps may be on the uplink that the kernel does not route to just then: late answers bring it back there. */
    private boolean losesAnother(Fault fault) {
        int wans = world.box().wans().size();
        return fault.kind() == Fault.Kind.FLAPPING
                && !Ability.TODAY.contains(Ability.OLD_WAY_SEEN)
                && scenario.faults().stream()
                        .anyMatch(other -> isLine(other)
                                && other.where() % wans != fault.where() % wans
                                && other.at() <= fault.healedAt()
                                && other.healedAt() >= fault.at());
    }

    /** A change so soon after others is followed when it has held, which is after the bound. */
    private boolean isPartOfAFlap(Fault fault, long instant) {
        long changedAt = instant - fault.kind().bound();
        return scenario.faults().stream()
                .anyMatch(other -> !other.equals(fault)
                        && other.kind() == Fault.Kind.FLAPPING
                        && other.at() <= changedAt
                        && changedAt - other.healedAt() < RecoveryConfig.FLAP_WINDOW);
    }

    /** What is seen by asking servers takes longer while their answers are kept back. */
    private boolean isDelayed(Fault fault, long instant) {
        return fault.kind() == Fault.Kind.WAN_CHANGED
                && scenario.faults().stream()
                        .anyMatch(other ->
                                !other.equals(fault) && other.at() < instant && other.healedAt() >= fault.at());
    }

    /** An agent that starts after the wall clock was set may take the stamp of a tunnel at rest for one of long ago. */
    private boolean isMisread(Fault fault) {
        return scenario.faults().stream()
                .anyMatch(other -> other.kind() == Fault.Kind.CLOCK_STEPPED
                        && other.at() <= fault.healedAt()
                        && scenario.faults().stream()
                                .anyMatch(start ->
                                        (start.kind() == Fault.Kind.KILLED || start.kind() == Fault.Kind.RESTARTED)
                                                && start.healedAt() >= other.at()
                                                && start.healedAt() <= fault.healedAt()));
    }

    /** A third change of a public address within two minutes is followed when it has held. */
    private boolean isDamped(Fault fault) {
        return isPublic(fault)
                && scenario.faults().stream()
                                .filter(other -> isPublic(other)
                                        && other.at() <= fault.at()
                                        && fault.at() - other.at() < PUBLIC_WINDOW)
                                .count()
                        > 2;
    }

    private static boolean isPublic(Fault fault) {
        return fault.kind() == Fault.Kind.WAN_CHANGED || fault.kind() == Fault.Kind.GATEWAY_CHANGED;
    }

    private List<World.Link> awake() {
        var awake = new ArrayList<World.Link>();
        for (World.Link link : world.links()) {
            boolean mayBeSet = !scenario.plan()
                    .devices()
                    .get(world.box().devices().indexOf(link.near().device()))
                    .watchedOnly();
            if (mayBeSet
                    && health.awake(link)
                    && isKnownToBe(link)
                    && health.reach().carries(link)) {
                awake.add(link);
            }
        }
        return awake;
    }

    /**
     * What was heard before this life of the agent nobody wrote down, but for the handshake; and where a peer is that called by
     * itself is read once a minute.
     */
    private boolean isKnownToBe(World.Link link) {
        if (!led.contains(Health.id(link))) {
            return false;
        }
        long handshake = link.near().handshakeAt();
        return link.near().receivedAt() >= lifeSince
                || (handshake != WgPeer.NEVER && world.time().now() - handshake < Health.SESSION);
    }

    private void look(String after, Set<World.Link> whom, Predicate<World.Link> mustBeFound) {
        for (World.Link link : world.links()) {
            if (!whom.contains(link)
                    || !link.far().online()
                    || !health.reach().isHeeded(link)
                    || !health.reach().reachable(link)) {
                continue;
            }
            asked++;
            if (carries(link, mustBeFound)) {
                continue;
            }
            if (link.near().hasSession()) {
                court.violation("healed", why(after, link));
            } else {
                world.time().in(LOST_HANDSHAKE, () -> {
                    if (health.reach().reachable(link) && !carries(link, mustBeFound)) {
                        court.violation("healed", why(after, link));
                    }
                });
            }
        }
    }

    private boolean carries(World.Link link, Predicate<World.Link> mustBeFound) {
        return health.reach().out(link)
                && (!mustBeFound.test(link) || health.reach().in(link));
    }

    /**
     * Whether the far end has to find the box. Where the brain leads the tunnel it sees to that; else only what the box sends by
     * itself keeps a NAT's flow, and the far end waits for that. Not where a gateway ends flows that are used, nor where a server
     * lies, which says whenever it is asked that nothing changed, or is silent, which takes a round.
     */
    private boolean mustBeFound(Fault fault, World.Link link, boolean leads) {
        boolean endsFlows = health.reach().endsFlows(link);
        var servers = scenario.plan().servers();
        boolean unseen = servers.isEmpty()
                || servers.contains(StunServer.Manner.LIES)
                || servers.contains(StunServer.Manner.NEVER);
        boolean sends = link.plan().traffic() == Traffic.Pattern.BOTH_WAYS
                || link.plan().traffic() == Traffic.Pattern.ONLY_OUT;
        return switch (fault.kind()) {
            case CABLE_PULLED,
                    CABLE_BLINKED,
                    ROUTE_MOVED,
                    ADDRESS_CHANGED,
                    GATEWAY_CHANGED,
                    INTERFACE_RECREATED,
                    SILENT_LEFT,
                    STUCK_NAT -> leads && !endsFlows;
            case FLAPPING -> leads && !health.reach().endsFlowsAnywhere(link);
            case WAN_CHANGED -> leads && !endsFlows && (fault.much() == 1 || !unseen);
            case NAT_REBOOTED, PEER_MOVED, PEER_OFFLINE -> false;
            // Found by what is sent and not answered.
            case STUCK_FLOW,
                    LOSSY,
                    LOSSY_OUT,
                    SLOW,
                    SILENT,
                    DEVICE_RECREATED,
                    KILLED,
                    RESTARTED,
                    CLOCK_STEPPED,
                    PERSON_ASKED,
                    BUSY_LAN -> sends && !endsFlows;
        };
    }

    private String why(String after, World.Link link) {
        String how = health.reach().out(link) ? "its far end does not find the box" : "its packets go astray";
        return Health.id(link) + " does not carry in time after " + after + " (" + how + ")";
    }
}
