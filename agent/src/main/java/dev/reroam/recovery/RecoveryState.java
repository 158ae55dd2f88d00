package dev.reroam.recovery;

import dev.reroam.uplink.Uplink;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * All that the brain remembers. Immutable; maps are in the order of their keys.
 *
 * @param early paths of tunnels whose device has not been read yet
 * @param dead interfaces without carrier, or down
 * @param disturbed when an interface last lost something, for those that did lately
 * @param uplinks what is known of those that were seen from outside
 * @param ways the ways out that can carry packets, best first
 * @param steersNot why tunnels are not steered here; empty where they are
 * @param steered those that leave by a way of ours
 * @param named what is known of the endpoints' names, for tunnels in trouble
 * @param rewritten those whose packets leave from another port than their device's
 * @param node of Tailscale; empty where there is none
 * @param incident empty while nothing is wrong
 * @param nextRepair number of the next repair; so for echoes and incidents. None is used twice
 * @param agenda what is due when
 * @param closesAt when the incident is closed if nothing more happens, monotonic nanoseconds; {@link Attempt#NONE} for never
 */
public record RecoveryState(
        Map<String, DeviceState> devices,
        Map<TunnelId, TunnelState> tunnels,
        Map<TunnelId, Path> early,
        Set<Integer> dead,
        Map<Integer, Long> disturbed,
        Map<Uplink, UplinkState> uplinks,
        List<Uplink> ways,
        Optional<String> steersNot,
        Map<TunnelId, Steered> steered,
        Map<TunnelId, Named> named,
        Map<TunnelId, Rewritten> rewritten,
        Optional<NodeState> node,
        Optional<Incident> incident,
        long nextRepair,
        long nextEcho,
        long nextIncident,
        Agenda agenda,
        long closesAt) {

    /** Until the ways out are told. */
    private static final String NOT_TOLD = "the ways out are not known yet";

    public RecoveryState {
        devices = SortedTable.copyOf(devices);
        tunnels = SortedTable.copyOf(tunnels);
        early = SortedTable.copyOf(early);
        disturbed = SortedTable.copyOf(disturbed);
        uplinks = SortedTable.copyOf(uplinks);
        ways = List.copyOf(ways);
        steered = SortedTable.copyOf(steered);
        named = SortedTable.copyOf(named);
        rewritten = SortedTable.copyOf(rewritten);
        dead = Collections.unmodifiableSet(new TreeSet<>(dead));
    }

    /** When {@link Observation.TimePassed} is due; {@link Attempt#NONE} for never. */
    long deadline() {
        long nodeDue = node.map(NodeState::dueAt).orElse(Attempt.NONE);
        return Math.min(Math.min(agenda.next(), nodeDue), closesAt);
    }

    /** Nothing seen yet. */
    public static RecoveryState initial() {
        return initial(1);
    }

    /**
     * Nothing seen yet, in a run whose first incident gets this number: the journal keeps those of former runs.
     *
     * @param firstIncident at least 1
     */
    public static RecoveryState initial(long firstIncident) {
        return new RecoveryState(
                Map.of(),
                Map.of(),
                Map.of(),
                Set.of(),
                Map.of(),
                Map.of(),
                List.of(),
                Optional.of(NOT_TOLD),
                Map.of(),
                Map.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                1,
                1,
                firstIncident,
                Agenda.EMPTY,
                Attempt.NONE);
    }
}
