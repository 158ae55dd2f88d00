package dev.reroam.tests.simulation;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceState;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Path;
import dev.reroam.recovery.PeerFacts;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import dev.reroam.recovery.TunnelId;
import dev.reroam.recovery.TunnelState;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a brain was told while an incident was open, each fact once, in the order in which they first came. The same for a
 * recorded incident and for one of the model. Confined to one thread.
 *
 * <p>Left out is what comes by itself all the time (counters, time), who answers where nothing was asked in the lab, and when a
 * link's carrier is told to be gone: the kernel rations that for all namespaces together (facts, kernel), so it says nothing of ours.
 */
public final class Facts {

    private final Map<Long, String> repairs = new HashMap<>();
    private final Told told = new Told();

    /**
     * A fact.
     *
     * @param at monotonic nanoseconds
     */
    public record Fact(String what, long at) {

        @Override
        public String toString() {
            return what + " at " + at / 1_000;
        }

        /** Reads what {@link #toString} wrote, to the microsecond. */
        public static Fact parse(String text) {
            int at = text.lastIndexOf(" at ");
            return new Fact(text.substring(0, at), 1_000 * Long.parseLong(text.substring(at + 4)));
        }
    }

    /** Each once. */
    private static final class Told {
        private final Map<String, Fact> first = new LinkedHashMap<>();
        private long now;

        void add(String what) {
            first.putIfAbsent(what, new Fact(what, now));
        }
    }

    /** In order. */
    public List<Fact> inOrder() {
        return List.copyOf(told.first.values());
    }

    /** The brain took a step. */
    public void onStep(RecoveryState before, Observation observation, long now, Step step) {
        told.now = now;
        step.actions().forEach(action -> {
            if (action instanceof Action.Repair repair) {
                repairs.put(repair.repair(), words(repair));
            }
        });
        if (before.incident().isPresent() || step.state().incident().isPresent()) {
            tell(before, observation);
        }
    }

    private void tell(RecoveryState before, Observation observation) {
        switch (observation) {
            case Observation.PathsSeen seen -> paths(before, seen);
            case Observation.DeviceSeen seen -> device(before, seen);
            case Observation.DeviceGone gone -> told.add("device gone");
            case Observation.RepairEnded ended -> told.add(repairs.get(ended.repair()) + " " + words(ended.outcome()));
            case Observation.EchoAnswered answered -> told.add("echo answered");
            case Observation.EchoRefused refused -> told.add("echo refused");
            case Observation.Interrupted interrupted -> told.add("interrupted");
            case Observation.ThroughAnswered answered -> told.add("answered from beyond");
            case Observation.PublicSeen seen -> told.add(seen.stuck() ? "mapping stuck" : "seen from outside");
            case Observation.GatewayForgot forgot -> told.add("gateway forgot");
            case Observation.GatewayMoved moved -> told.add("gateway moved");
            case Observation.UplinkHeard heard -> {}
            case Observation.UplinkUnheard unheard -> {}
            case Observation.GatewaySeen seen -> {}
            case Observation.WaysSeen ways -> {}
            case Observation.HostRouteSeen seen -> told.add("host route");
            case Observation.NameSeen seen -> {}
            case Observation.TrafficSeen traffic -> {}
            case Observation.NodeSeen seen -> {}
            case Observation.NodeGone gone -> {}
            case Observation.NodeKicked kicked -> {}
            case Observation.NodePinged pinged -> {}
            case Observation.ControlSeen seen -> {}
            case Observation.NodeSteered steered -> {}
            case Observation.Woke woke -> told.add("woke");
            case Observation.RecoverAsked asked -> told.add("asked");
            case Observation.MtuSeen seen -> {}
            case Observation.TimePassed passed -> {}
        }
    }

    private void paths(RecoveryState before, Observation.PathsSeen seen) {
        for (var answer : seen.answers()) {
            Optional<Path> was =
                    Optional.ofNullable(before.tunnels().get(answer.tunnel())).flatMap(TunnelState::path);
            told.add(was.map(path -> change(path, answer.path())).orElse("first way"));
        }
    }

    private static String change(Path was, Path is) {
        return switch (is) {
            case Path.None none -> "no way";
            case Path.Via via when !(was instanceof Path.Via) -> "a way again";
            case Path.Via via -> change((Path.Via) was, via);
        };
    }

    private static String change(Path.Via was, Path.Via is) {
        if (was.interfaceIndex() != is.interfaceIndex()) {
            return "other interface";
        }
        return was.source().equals(is.source()) ? "other gateway" : "other source";
    }

    private void device(RecoveryState before, Observation.DeviceSeen seen) {
        DeviceState known = before.devices().get(seen.device().name());
        if (known == null || known.facts().interfaceIndex() != seen.device().interfaceIndex()) {
            told.add("device new");
            return;
        }
        for (PeerFacts peer : seen.changedPeers()) {
            TunnelState was = before.tunnels().get(new TunnelId(seen.device().name(), peer.key()));
            if (was != null && peer.receivedBytes() > was.facts().receivedBytes()) {
                told.add("received");
            }
            if (was != null && peer.handshakeAt() > was.facts().handshakeAt()) {
                told.add("handshake");
            }
        }
    }

    private static String words(Action.Repair repair) {
        return repair.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String words(Observation.RepairOutcome outcome) {
        return outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
