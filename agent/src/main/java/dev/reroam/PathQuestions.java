package dev.reroam;

import dev.reroam.linux.route.PathQuestion;
import dev.reroam.recovery.PeerFacts;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.TunnelId;
import dev.reroam.recovery.TunnelState;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
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
                .forEach(entry -> {
                    var device = state.devices().get(entry.getKey().device());
                    if (device != null) {
                        questions.put(
                                entry.getKey(),
                                PathQuestion.udp(
                                        entry.getValue().facts().endpoint().get(),
                                        device.facts().mark(),
                                        device.facts().listenPort(),
                                        owner.applyAsInt(device.facts().name())));
                    }
                });
        return questions;
    }

    private static long lastSign(TunnelState tunnel) {
        long handshake = tunnel.facts().handshakeAt();
        long received = tunnel.activity().receivedAt();
        return Math.max(handshake, Math.max(received, PeerFacts.NEVER));
    }
}
