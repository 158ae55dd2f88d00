package dev.reroam.recovery;

import dev.reroam.recovery.Action.Note;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One step in the making: the state with the changes so far, and the actions. Confined to the step. */
final class Draft {

    /** More tunnels than this in one step are told as a number. */
    private static final int NAMED_AFFECTED = 20;

    /** Ours: where so many are asked about in one step, the others have the same trouble. */
    private static final int MOST_HOST_ROUTES = 20;

    final Ladder ladder;
    final RecoveryConfig config;
    final long now;
    final SortedTable.Editor<TunnelId, Path> early;
    Set<Integer> dead;
    final SortedTable.Editor<Integer, Long> disturbed;
    Optional<Incident> incident;

    /** What an incident that this step opens is said to begin with. */
    String opening = "time passed";

    private final SortedTable.Editor<String, DeviceState> devices;
    private final SortedTable.Editor<TunnelId, TunnelState> tunnels;
    private final SortedTable.Editor<Uplink, UplinkState> uplinks;
    private final SortedTable.Editor<TunnelId, Steered> steered;
    private final SortedTable.Editor<TunnelId, Named> named;
    private final SortedTable.Editor<TunnelId, Rewritten> rewritten;
    List<Uplink> ways;
    Optional<String> steersNot;
    private Optional<NodeState> node;
    private Agenda agenda;
    private final List<Action> acts = new ArrayList<>();
    private final Set<String> reads = new TreeSet<>();
    private final List<Note> notes = new ArrayList<>();
    private long nextRepair;
    private long nextEcho;
    private long nextIncident;
    private int affectedNow;
    private int hostRoutesAsked;
    // Tunnels under repair from this step on, and devices for which a rung is begun that happens once.
    private final Set<TunnelId> underRepair = new TreeSet<>();
    private final Set<String> beginning = new TreeSet<>();

    Draft(Ladder ladder, RecoveryConfig config, RecoveryState state, long now) {
        this.ladder = ladder;
        this.config = config;
        this.now = now;
        devices = SortedTable.copyOf(state.devices()).edit();
        tunnels = SortedTable.copyOf(state.tunnels()).edit();
        uplinks = SortedTable.copyOf(state.uplinks()).edit();
        steered = SortedTable.copyOf(state.steered()).edit();
        named = SortedTable.copyOf(state.named()).edit();
        rewritten = SortedTable.copyOf(state.rewritten()).edit();
        ways = state.ways();
        steersNot = state.steersNot();
        node = state.node();
        agenda = state.agenda();
        early = SortedTable.copyOf(state.early()).edit();
        dead = state.dead();
        disturbed = SortedTable.copyOf(state.disturbed()).edit();
        incident = state.incident();
        nextRepair = state.nextRepair();
        nextEcho = state.nextEcho();
        nextIncident = state.nextIncident();
    }

    long repairNumber() {
        return nextRepair++;
    }

    long echoNumber() {
        return nextEcho++;
    }

    /** The number that the next echo will have. */
    long echoesFrom() {
        return nextEcho;
    }

    /** All tunnels, with the changes so far. */
    SortedTable<TunnelId, TunnelState> tunnels() {
        return tunnels.now();
    }

    /** All devices, with the changes so far. */
    SortedTable<String, DeviceState> devices() {
        return devices.now();
    }

    /** What is due when, as far as the changes so far tell: perhaps too early, never too late. */
    Agenda agenda() {
        return agenda;
    }

    /** Goes through all tunnels for what is due when, exactly. */
    void agendaAnew() {
        agenda = Agenda.of(this);
    }

    /** All uplinks that were seen from outside, with the changes so far. */
    SortedTable<Uplink, UplinkState> uplinks() {
        return uplinks.now();
    }

    /** All tunnels that leave by a way of ours, with the changes so far. */
    SortedTable<TunnelId, Steered> steered() {
        return steered.now();
    }

    void put(TunnelId id, Steered way) {
        steered.put(id, way);
        agenda = agenda.notLaterThan(way.since() + config.probation());
    }

    void unsteered(TunnelId id) {
        steered.remove(id);
    }

    /** What is known of the endpoints' names, with the changes so far. */
    SortedTable<TunnelId, Named> named() {
        return named.now();
    }

    void put(TunnelId id, Named known) {
        named.put(id, known);
        agenda = agenda.notLaterThan(known.nextAt());
    }

    /** All tunnels whose packets leave from another port, with the changes so far. */
    SortedTable<TunnelId, Rewritten> rewritten() {
        return rewritten.now();
    }

    void put(TunnelId id, Rewritten packets) {
        rewritten.put(id, packets);
    }

    void unrewritten(TunnelId id) {
        rewritten.remove(id);
    }

    /** The Tailscale node, with the changes so far. */
    Optional<NodeState> node() {
        return node;
    }

    void put(NodeState next) {
        node = Optional.of(next);
    }

    void dropNode() {
        node = Optional.empty();
    }

    void unnamed(TunnelId id) {
        named.remove(id);
    }

    void put(Uplink uplink, UplinkState state) {
        uplinks.put(uplink, state);
        agenda = agenda.notLaterThan(Math.min(state.pendingUntil(), state.probationDue(config)));
    }

    void drop(Uplink uplink) {
        uplinks.remove(uplink);
    }

    void put(TunnelId id, TunnelState tunnel) {
        TunnelState was = tunnels.put(id, tunnel);
        agenda = agenda.without(was).with(tunnel, device(id.device()), this);
    }

    void putAt(int index, TunnelState tunnel) {
        put(tunnels.now().keyAt(index), tunnel);
    }

    void drop(TunnelId id) {
        agenda = agenda.without(tunnels.remove(id));
    }

    void put(DeviceState device) {
        DeviceState was = devices.put(device.facts().name(), device);
        agenda = agenda.with(device);
        if (was != null && device.refreshFrom() < was.refreshFrom()) {
            // Tunnels that wait for it may go earlier than they said.
            agenda = agenda.notLaterThan(device.refreshFrom());
        }
    }

    void dropDevice(String name) {
        devices.remove(name);
    }

    @Nullable
    TunnelState tunnel(TunnelId id) {
        return tunnels.get(id);
    }

    @Nullable
    DeviceState device(String name) {
        return devices.get(name);
    }

    void act(Action action) {
        acts.add(action);
    }

    /** Wants to know whether a tunnel takes a host route. */
    void askHostRoute(TunnelId id) {
        if (hostRoutesAsked++ < MOST_HOST_ROUTES) {
            act(new Action.AskHostRoute(id));
        }
    }

    /** Wants a device read. What repairs goes out first. */
    void read(String device) {
        if (device(device) != null) {
            reads.add(device);
        }
    }

    /** The open incident; opened here where there is none. */
    Incident joined() {
        Incident open = incident.orElse(null);
        if (open == null) {
            open = new Incident(nextIncident++, now, now, Map.of(), Set.of(), Map.of(), Map.of(), 0, 0, 0);
            incident = Optional.of(open);
            notes.add(new Note(open.number(), NoteKind.OPENED, Optional.empty(), opening));
        }
        return open;
    }

    /** A note in the open incident. */
    void note(NoteKind kind, Optional<TunnelId> tunnel, String what) {
        note(joined().number(), kind, tunnel, what);
    }

    void note(NoteKind kind, TunnelId tunnel, String what) {
        note(kind, Optional.of(tunnel), what);
    }

    /** A note for a certain incident, which may be closed already. */
    void note(long number, NoteKind kind, Optional<TunnelId> tunnel, String what) {
        incident = incident.map(open -> open.number() == number ? open.at(now) : open);
        notes.add(new Note(number, kind, tunnel, what));
    }

    /** A tunnel is affected from here on. */
    void affected(TunnelId id, Evidence evidence, String what) {
        Incident open = joined();
        incident = Optional.of(open.counting(1, 0, 0).at(now));
        if (affectedNow++ < NAMED_AFFECTED) {
            notes.add(new Note(open.number(), NoteKind.AFFECTED, Optional.of(id), Ladder.word(evidence) + ": " + what));
        }
    }

    /** The agent after this one must know that the tunnel was under repair. */
    void underRepair(TunnelId id) {
        underRepair.add(id);
    }

    /** A rung is begun for the device that the agent after this one must not begin again. */
    void beginning(String device) {
        beginning.add(device);
    }

    /** What was written down of a device's tunnels says nothing any more. */
    void repairOver(String device) {
        Incident open = incident.orElse(null);
        if (open != null && !open.written(device).isEmpty()) {
            incident = Optional.of(open.writing(device, List.of()));
            act(new Action.RepairOver(device));
        }
    }

    /** The device is gone, or another one now. That it was restarted is why, and stays written until the incident is over. */
    void deviceLost(String device) {
        boolean restarted = incident.map(open -> open.tried(device).contains(Rung.RESTART_OWNER))
                .orElse(false);
        if (!restarted) {
            repairOver(device);
        }
    }

    /** Whether something stands written of the device when this step is over. */
    boolean writesDown(String device) {
        DeviceState known = device(device);
        boolean more = underRepair.stream().anyMatch(id -> id.device().equals(device));
        boolean written = incident.map(open -> !open.written(device).isEmpty()).orElse(false);
        return written || (known != null && !observed(known) && more);
    }

    private void writeDown() {
        var more = new TreeMap<String, Set<String>>();
        underRepair.forEach(
                id -> more.computeIfAbsent(id.device(), name -> new TreeSet<>()).add(id.peer()));
        beginning.forEach(name -> more.computeIfAbsent(name, none -> new TreeSet<>()));
        more.forEach((name, peers) -> {
            DeviceState device = device(name);
            Incident open = incident.orElse(null);
            if (device == null || open == null || observed(device)) {
                return;
            }
            List<String> written = open.written(name);
            peers.addAll(written);
            boolean begins = beginning.contains(name);
            if (begins || peers.size() > written.size()) {
                List<String> now = List.copyOf(peers);
                incident = Optional.of(open.writing(name, now));
                // Behind the refresh, which it would only delay; before any rung that happens once.
                Set<Rung> tried = new TreeSet<>(open.tried(name));
                tried.removeIf(rung -> !rung.onceAcrossACrash());
                acts.add(begins ? 0 : acts.size(), new Action.UnderRepair(device.facts(), now, tried));
            }
        });
    }

    boolean observed(DeviceState device) {
        return config.observeOnly() || device.facts().kind() == DeviceFacts.DeviceKind.OBSERVED;
    }

    Step finish(long closesAt) {
        writeDown();
        if (affectedNow > NAMED_AFFECTED) {
            notes.add(new Note(
                    joined().number(),
                    NoteKind.AFFECTED,
                    Optional.empty(),
                    (affectedNow - NAMED_AFFECTED) + " more tunnels"));
        }
        var actions = new ArrayList<Action>(acts.size() + reads.size() + notes.size());
        actions.addAll(acts);
        reads.forEach(device -> actions.add(new Action.ReadDevice(device)));
        actions.addAll(notes);
        return new Step(
                new RecoveryState(
                        devices.freeze(),
                        tunnels.freeze(),
                        early.freeze(),
                        dead,
                        disturbed.freeze(),
                        uplinks.freeze(),
                        ways,
                        steersNot,
                        steered.freeze(),
                        named.freeze(),
                        rewritten.freeze(),
                        node,
                        incident,
                        nextRepair,
                        nextEcho,
                        nextIncident,
                        agenda,
                        closesAt),
                actions);
    }
}
