package dev.reroam.recovery;

import dev.reroam.recovery.Action.Note;
import dev.reroam.recovery.Action.NoteKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One step in the making: the state with the changes so far, and the actions. Confined to the step. */
final class Draft {

    /** More tunnels than this in one step are told as a number. */
    private static final int NAMED_AFFECTED = 20;

    final Ladder ladder;
    final RecoveryConfig config;
    final long now;
    final SortedTable.Editor<String, DeviceState> devices;
    final SortedTable.Editor<TunnelId, TunnelState> tunnels;
    final SortedTable.Editor<TunnelId, Path> early;
    Set<Integer> dead;
    Optional<Incident> incident;

    /** What an incident that this step opens is said to begin with. */
    String opening = "";

    private final List<Action> acts = new ArrayList<>();
    private final Set<String> reads = new TreeSet<>();
    private final List<Note> notes = new ArrayList<>();
    private long nextRepair;
    private long nextEcho;
    private long nextIncident;
    private int affectedNow;

    Draft(Ladder ladder, RecoveryConfig config, RecoveryState state, long now) {
        this.ladder = ladder;
        this.config = config;
        this.now = now;
        devices = SortedTable.copyOf(state.devices()).edit();
        tunnels = SortedTable.copyOf(state.tunnels()).edit();
        early = SortedTable.copyOf(state.early()).edit();
        dead = state.dead();
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
            open = new Incident(nextIncident++, now, now, Map.of(), Set.of(), 0, 0, 0);
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
        if (kind == NoteKind.AFFECTED && affectedNow++ >= NAMED_AFFECTED) {
            return;
        }
        notes.add(new Note(number, kind, tunnel, what));
    }

    boolean observed(DeviceState device) {
        return config.observeOnly() || device.facts().kind() == DeviceFacts.DeviceKind.OBSERVED;
    }

    Step finish(long deadline) {
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
                        incident,
                        nextRepair,
                        nextEcho,
                        nextIncident,
                        deadline),
                actions);
    }
}
