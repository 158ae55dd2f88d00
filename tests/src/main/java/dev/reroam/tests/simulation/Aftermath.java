package dev.reroam.tests.simulation;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Entry.IncidentOpen;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.Rung;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What a former life left, and what this one leaves to the next: as {@code LedgerSweep} and {@code Unfinished}. One life's.
 */
final class Aftermath {

    private static final long AGAIN = 5 * VirtualTime.SECOND;
    private static final long WRITE_AFTER = 5 * VirtualTime.MILLI;

    private final Life life;
    private final ModelLedger ledger;
    private final Hands hands;
    private final Consumer<Observation> brain;
    private final Predicate<DeviceFacts> carries;
    private final List<Entry> owed = new ArrayList<>();
    private final Set<Entry> ofThisLife = new java.util.HashSet<>();
    private final Map<String, Long> notBefore = new TreeMap<>();
    private final Map<String, IncidentOpen> left = new TreeMap<>();
    private final Map<String, IncidentOpen> wanted = new TreeMap<>();

    Aftermath(Life life, ModelLedger ledger, Hands hands, Predicate<DeviceFacts> carries, Consumer<Observation> brain) {
        this.life = life;
        this.ledger = ledger;
        this.hands = hands;
        this.carries = carries;
        this.brain = brain;
        for (Entry entry : ledger.entries().reversed()) {
            if (entry instanceof IncidentOpen open) {
                left.put(open.device(), open);
                wanted.put(open.device(), open);
            } else {
                owed.add(entry);
            }
        }
    }

    /** A device was read, and its paths are known. */
    void onDevice(DeviceFacts device) {
        for (Entry entry : List.copyOf(owed)) {
            if (entry.device().equals(device.name())
                    && life.now() >= notBefore.getOrDefault(device.name(), Long.MIN_VALUE)) {
                sweep(device, entry);
            }
        }
        IncidentOpen open = left.remove(device.name());
        if (open == null) {
            return;
        }
        if (open.interfaceIndex() == device.interfaceIndex() && open.publicKey().equals(device.publicKey())) {
            brain.accept(new Observation.Interrupted(device.name(), open.peers(), rungs(open.tried())));
        } else {
            over(device.name());
        }
    }

    private void sweep(DeviceFacts device, Entry entry) {
        boolean port = entry instanceof Entry.PortChanged;
        boolean proved = entry instanceof Entry.PortChanged changed && changed.proved();
        if (proved && carries.test(device)) {
            owed.remove(entry);
        } else if (!(ofThisLife.contains(entry) && port && carries.test(device))) {
            if (hands.undo(device, entry)) {
                owed.remove(entry);
            } else {
                notBefore.put(device.name(), life.now() + AGAIN);
            }
        }
    }

    void onRepair(Action.Setting repair) {
        if (repair instanceof Action.NewPort || repair instanceof Action.RestorePort) {
            owed.removeIf(entry -> entry instanceof Entry.PortChanged
                    && entry.device().equals(repair.device().name()));
        }
    }

    void onOutcome(Action.Setting repair, RepairOutcome outcome) {
        if (!(outcome instanceof RepairOutcome.Refused) && !(outcome instanceof RepairOutcome.NotWanted)) {
            return;
        }
        for (Entry entry : ledger.entries()) {
            boolean half = switch (repair) {
                case Action.Rebind rebind -> entry instanceof Entry.RebindInProgress;
                case Action.NewPort newPort -> entry instanceof Entry.PortChanged port && !port.proved();
                case Action.RestorePort restore -> entry instanceof Entry.PortChanged port && !port.proved();
                case Action.Refresh refresh -> false;
                case Action.KeepPort keep -> false;
                case Action.SetEndpoint set -> false;
            };
            if (half
                    && entry.device().equals(repair.device().name())
                    && owed.stream().noneMatch(entry::sameChange)) {
                owed.add(entry);
                ofThisLife.add(entry);
            }
        }
    }

    void begin(Action.UnderRepair now) {
        DeviceFacts device = now.device();
        List<String> tried = now.tried().stream().map(Rung::name).toList();
        wanted.put(
                device.name(),
                new IncidentOpen(device.name(), device.interfaceIndex(), device.publicKey(), now.peers(), tried, 0));
        if (tried.isEmpty()) {
            life.in(WRITE_AFTER, this::write);
        } else {
            // Written before the change is made, whose own entry stands behind it.
            write();
        }
    }

    void over(String device) {
        wanted.remove(device);
        life.in(WRITE_AFTER, this::write);
    }

    private void write() {
        for (Entry entry : ledger.entries()) {
            if (entry instanceof IncidentOpen && wanted.values().stream().noneMatch(entry::sameChange)) {
                ledger.forget(entry);
            }
        }
        wanted.values().forEach(ledger::remember);
    }

    /** The agent stops as it should: what is not proved goes back. */
    void onStop(Map<String, DeviceFacts> devices) {
        for (Entry entry : ledger.entries()) {
            DeviceFacts device = devices.get(entry.device());
            if (device != null
                    && !(entry instanceof IncidentOpen)
                    && !(entry instanceof Entry.PortChanged port && port.proved())) {
                hands.undo(device, entry);
            }
        }
    }

    private static Set<Rung> rungs(List<String> names) {
        var rungs = EnumSet.noneOf(Rung.class);
        for (Rung rung : Rung.values()) {
            if (names.contains(rung.name())) {
                rungs.add(rung);
            }
        }
        return rungs;
    }
}
