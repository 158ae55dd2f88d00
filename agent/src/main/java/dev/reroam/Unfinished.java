package dev.reroam;

import dev.reroam.ledger.Entry;
import dev.reroam.ledger.Entry.IncidentOpen;
import dev.reroam.ledger.Ledger;
import dev.reroam.linux.libc.Clock;
import dev.reroam.loop.Alarm;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Rung;
import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.tinylog.Logger;

/**
 * Keeps the ledger saying which tunnels are under repair, and tells the brain what the agent before this one left so.
 * Confined to the agent's loop.
 *
 * <p>Written a moment after the brain's word, unless a rung that happens once is about to begin: until then the slow lane would
 * only compete with the packet that repairs. An agent that dies in that moment leaves what one leaves that died before the
 * change; but for steering, of which the guardian's heart tells that there was some.
 */
final class Unfinished implements AutoCloseable {

    /** Ours: a refresh is out and its first echo too; and a thousand tunnels are one line. */
    private static final long WRITE_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Ledger ledger;
    private final Clock clock;
    private final Consumer<Observation> brain;
    private final Alarm write;
    // By device: what a former run left and nobody looked after yet, and what should be written.
    private final Map<String, IncidentOpen> left = new TreeMap<>();
    private final Map<String, IncidentOpen> wanted = new TreeMap<>();
    private final boolean diedSteering;
    private final Set<String> seen = new HashSet<>();
    private boolean writing;

    /**
     * @param found what the ledger held at the start; entries of other kinds are passed over
     * @param diedSteering the agent before this one did
     */
    Unfinished(
            EventLoop loop,
            Clock clock,
            Ledger ledger,
            List<Entry> found,
            boolean diedSteering,
            Consumer<Observation> brain) {
        this.diedSteering = diedSteering;
        this.ledger = ledger;
        this.clock = clock;
        this.brain = brain;
        this.write = new Alarm(loop, clock, this::writeNow);
        for (var entry : found) {
            if (entry instanceof IncidentOpen open) {
                left.put(open.device(), open);
                wanted.put(open.device(), open);
            }
        }
    }

    /**
     * A device and its paths were read, and what a former run changed of it is as it was.
     *
     * @param peers the keys of those of it that spoke lately
     */
    void onDevice(DeviceFacts device, List<String> peers) {
        var open = left.remove(device.name());
        // Any of them may have been sent over another uplink, and stays there until it is refreshed.
        boolean all = diedSteering && seen.add(device.name());
        if (open == null) {
            if (all && !peers.isEmpty()) {
                brain.accept(new Observation.Interrupted(device.name(), peers, Set.of()));
            }
            return;
        }
        // A restart makes another device of it, with the same key.
        boolean restarted = open.tried().contains(Rung.RESTART_OWNER.name());
        if ((open.interfaceIndex() == device.interfaceIndex() || restarted)
                && open.publicKey().equals(device.publicKey())) {
            brain.accept(new Observation.Interrupted(
                    device.name(), all ? both(open.peers(), peers) : open.peers(), rungs(open.tried())));
        } else {
            over(device.name());
        }
    }

    private static List<String> both(List<String> one, List<String> other) {
        return Stream.concat(one.stream(), other.stream()).distinct().toList();
    }

    /** These tunnels are under repair. */
    void begin(Action.UnderRepair now) {
        var device = now.device();
        var tried = now.tried().stream().map(Rung::name).toList();
        var open = new IncidentOpen(
                device.name(),
                device.interfaceIndex(),
                device.publicKey(),
                now.peers(),
                tried,
                clock.realtimeNanos() / 1_000_000);
        wanted.put(device.name(), open);
        if (tried.isEmpty()) {
            write.setWithin(WRITE_AFTER_NANOS);
        } else {
            // Whatever else is being written: before what the rung itself writes down, which would not wait for it.
            told(ledger.remember(List.of(open)));
        }
    }

    /** None of the device is any more. */
    void over(String device) {
        wanted.remove(device);
        write.setWithin(WRITE_AFTER_NANOS);
    }

    private void writeNow() {
        write.cancel();
        if (writing) {
            return;
        }
        var standing = ledger.entries().stream()
                .filter(IncidentOpen.class::isInstance)
                .map(IncidentOpen.class::cast)
                .toList();
        var forget = standing.stream()
                .filter(entry -> wanted.values().stream().noneMatch(entry::sameChange))
                .toList();
        var remember = wanted.values().stream()
                .filter(entry -> !standing.contains(entry))
                .toList();
        if (!forget.isEmpty()) {
            write(ledger.forget(forget));
        } else if (!remember.isEmpty()) {
            write(ledger.remember(remember));
        }
    }

    private void write(CompletionStage<Void> stage) {
        writing = true;
        told(stage.whenComplete((done, problem) -> {
            writing = false;
            if (problem == null) {
                // What was wished meanwhile.
                writeNow();
            }
        }));
    }

    private static void told(CompletionStage<Void> stage) {
        var unused = stage.whenComplete((done, problem) -> {
            if (problem != null) {
                // Why it is safe: no repair depends on it, and the brain's next word tries again.
                Logger.warn("which tunnels are under repair is not written down: {}", problem.getMessage());
            }
        });
    }

    /** Writes nothing more. */
    @Override
    public void close() {
        write.close();
        wanted.clear();
    }

    /** Words of another version that mean nothing here are passed over. */
    private static Set<Rung> rungs(List<String> names) {
        var rungs = EnumSet.noneOf(Rung.class);
        Arrays.stream(Rung.values()).filter(rung -> names.contains(rung.name())).forEach(rungs::add);
        return rungs;
    }
}
