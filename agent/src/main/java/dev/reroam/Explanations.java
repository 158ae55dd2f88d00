package dev.reroam;

import dev.reroam.recovery.Explanation;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.TunnelId;
import dev.reroam.recovery.TunnelState;
import dev.reroam.tunnel.wireguard.see.DeviceWatch;
import dev.reroam.tunnel.wireguard.see.PortVerdict;
import dev.reroam.web.Api;
import dev.reroam.web.TunnelSelector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Why tunnels go the way they go, and what holds for their devices, in words. Pure. */
final class Explanations {

    private Explanations() {}

    /**
     * What SEE knows of devices.
     *
     * @param notes why some cannot be read, or are only watched
     * @param disabled those that are left alone
     * @param port whether a listen port may be given up, and why
     * @param owner user id of the socket that a device sends with
     */
    record Seen(
            Map<String, DeviceWatch.Note> notes,
            List<String> disabled,
            Function<String, Optional<PortVerdict>> port,
            ToIntFunction<String> owner) {

        static Seen of(DeviceWatch devices) {
            return new Seen(devices.notes(), devices.disabled(), devices::port, device -> owner(devices, device));
        }

        /** The user whose socket a device sends with; 0 for the kernel's. */
        static int owner(DeviceWatch devices, String device) {
            return devices.owner(device).map(owner -> owner.userId()).orElse(0);
        }
    }

    static Api.Explanations of(RecoveryState state, Seen seen, TunnelSelector meant, long now, RecoveryConfig config) {
        var tunnels = new TreeMap<TunnelId, TunnelState>(state.tunnels());
        tunnels.keySet().removeIf(id -> !meant.matches(id));
        var devices = new TreeSet<String>();
        Stream.of(state.devices().keySet(), seen.notes.keySet(), seen.disabled)
                .flatMap(Collection::stream)
                .filter(name -> meant.text().isEmpty() || meant.isDevice(name))
                .forEach(devices::add);
        tunnels.keySet().forEach(id -> devices.add(id.device()));
        return new Api.Explanations(
                devices.stream()
                        .map(name -> new Api.DeviceExplanation(name, device(state, seen, name)))
                        .toList(),
                tunnels.keySet().stream()
                        .flatMap(id -> tunnel(state, seen, id, now, config).stream())
                        .toList());
    }

    private static String device(RecoveryState state, Seen seen, String name) {
        var facts = Optional.ofNullable(state.devices().get(name)).map(device -> device.facts());
        var note = Optional.ofNullable(seen.notes.get(name)).map(DeviceWatch.Note::why);
        if (facts.isEmpty()) {
            return note.map(why -> "cannot be read: " + why).orElse("left alone: configured so");
        }
        var parts = new ArrayList<String>();
        parts.add("port " + facts.get().listenPort() + " is "
                + facts.get().portUse().name().toLowerCase(Locale.ROOT)
                + seen.port.apply(name).map(verdict -> ": " + verdict.reason()).orElse(""));
        note.ifPresent(why -> parts.add("only watched: " + why));
        return parts.stream().collect(Collectors.joining("; "));
    }

    private static Optional<Api.Explanation> tunnel(
            RecoveryState state, Seen seen, TunnelId id, long now, RecoveryConfig config) {
        return Explanation.of(state, id, now, config).map(why -> {
            var proof = Optional.ofNullable(state.tunnels().get(id)).flatMap(TunnelState::lastProof);
            return new Api.Explanation(
                    id.toString(),
                    PathQuestions.of(state, id, seen.owner)
                            .map(PathQuestions::text)
                            .orElse("nothing: the peer has no known address"),
                    why.answer(),
                    why.rule() + "; " + why.standing(),
                    proof.map(p -> p.kind().toString()),
                    proof.isPresent()
                            ? OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(
                                    now - proof.get().at()))
                            : OptionalLong.empty());
        });
    }
}
