package dev.reroam;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.route.PathQuestion;
import dev.reroam.recovery.DeviceState;
import dev.reroam.recovery.PeerFacts;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.TunnelId;
import dev.reroam.recovery.TunnelState;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** What is to be asked of the path oracle: each tunnel's outer packets, the active tunnels first. Pure. */
final class PathQuestions {

    private PathQuestions() {}

    /**
     * @param owner user id of the socket that a device sends with: 0 for the kernel's
     */
    static Map<TunnelId, PathQuestion> of(RecoveryState state, ToIntFunction<String> owner) {
        var questions = new LinkedHashMap<TunnelId, PathQuestion>();
        state.tunnels().entrySet().stream()
                .filter(entry -> entry.getValue().facts().endpoint().isPresent())
                .sorted(Map.Entry.comparingByValue(
                        Comparator.comparingLong(PathQuestions::lastSign).reversed()))
                .forEach(entry -> of(state, entry.getKey(), owner)
                        .ifPresent(question -> questions.put(entry.getKey(), question)));
        return questions;
    }

    /** What is asked for one tunnel; empty where it has no endpoint. */
    static Optional<PathQuestion> of(RecoveryState state, TunnelId id, ToIntFunction<String> owner) {
        var device = Optional.ofNullable(state.devices().get(id.device())).map(DeviceState::facts);
        var endpoint = Optional.ofNullable(state.tunnels().get(id))
                .flatMap(tunnel -> tunnel.facts().endpoint());
        return device.flatMap(facts -> endpoint.map(
                to -> PathQuestion.udp(to, facts.mark(), facts.listenPort(), owner.applyAsInt(facts.name()))));
    }

    /** {@code the way to 198.51.100.7:51820, udp from port 51820, mark 0x0, user 0}: all that rules may look at. */
    static String text(PathQuestion question) {
        return "the way to " + new Endpoint(question.destination(), question.destinationPort())
                + ", udp from port " + question.sourcePort()
                + ", mark 0x" + Integer.toHexString(question.mark())
                + ", user " + Integer.toUnsignedString(question.uid());
    }

    private static long lastSign(TunnelState tunnel) {
        long handshake = tunnel.facts().handshakeAt();
        long received = tunnel.activity().receivedAt();
        return Math.max(handshake, Math.max(received, PeerFacts.NEVER));
    }
}
