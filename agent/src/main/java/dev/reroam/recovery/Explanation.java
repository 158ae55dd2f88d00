package dev.reroam.recovery;

import java.util.Optional;

/**
 * Why a tunnel is treated as it is, one line each. Immutable.
 *
 * @param answer which way its packets go, as the kernel said; what of ours sends them there; how the world sees them
 * @param rule the cell of the ladder's table that decided last
 * @param proof what proved the tunnel last, and its age
 * @param standing where it stands now
 */
public record Explanation(String answer, String rule, String proof, String standing) {

    /** The explanation of one tunnel; empty when there is no such tunnel. */
    public static Optional<Explanation> of(RecoveryState state, TunnelId id, long now, RecoveryConfig config) {
        return Optional.ofNullable(state.tunnels().get(id))
                .map(tunnel -> new Explanation(
                        answer(tunnel) + ours(state, id, now) + outside(state, tunnel),
                        rule(tunnel, now),
                        proof(tunnel, now),
                        standing(tunnel, now, config)));
    }

    private static String answer(TunnelState tunnel) {
        return tunnel.path().map(Path::toString).orElse("not asked yet");
    }

    /** A rule of ours, away from which uplink and how that is; a source port that is not the device's. */
    private static String ours(RecoveryState state, TunnelId id, long now) {
        var text = new StringBuilder();
        Steered steered = state.steered().get(id);
        if (steered != null) {
            text.append(", by a rule of ours since ").append(ago(steered.since(), now));
            text.append(steered.leaving() ? ", which is being taken back" : ", away from " + steered.from());
            health(state, steered.from())
                    .ifPresent(word -> text.append(", which is ").append(word));
        }
        if (state.rewritten().containsKey(id)) {
            text.append(", from another source port than its own");
        }
        return text.toString();
    }

    private static Optional<String> health(RecoveryState state, Path.Via way) {
        return state.uplinks().entrySet().stream()
                .filter(entry -> entry.getKey().carries(way.interfaceIndex(), way.gateway(), way.source()))
                .map(entry -> Ladder.word(entry.getValue().health().state()))
                .findFirst();
    }

    private static String outside(RecoveryState state, TunnelState tunnel) {
        return state.uplinks().entrySet().stream()
                .filter(entry -> tunnel.path().orElse(null) instanceof Path.Via via
                        && entry.getKey().carries(via.interfaceIndex(), via.gateway(), via.source()))
                .flatMap(entry -> entry.getValue().seen().stream())
                .findFirst()
                .map(seen -> ", seen from outside as " + seen)
                .orElse("");
    }

    private static String rule(TunnelState tunnel, long now) {
        return tunnel.rule()
                .map(rule -> Ladder.word(rule.evidence()) + ", " + Ladder.word(rule.condition()) + ": "
                        + rule.rung().map(Ladder::word).orElse("leave alone") + ", " + ago(rule.at(), now))
                .orElse("none: nothing happened to it yet");
    }

    private static String proof(TunnelState tunnel, long now) {
        return tunnel.lastProof()
                .map(proof -> proof.kind() + ", " + ago(proof.at(), now))
                .orElse("none yet");
    }

    private static String standing(TunnelState tunnel, long now, RecoveryConfig config) {
        TunnelStatus status = TunnelStatus.of(tunnel, now, config);
        return Ladder.word(status.word())
                + status.rung().map(rung -> " (" + Ladder.word(rung) + ")").orElse("")
                + ", since " + ago(status.since(), now)
                + (status.why().isEmpty() ? "" : ": " + status.why());
    }

    private static String ago(long at, long now) {
        long millis = Math.max(0, now - at) / 1_000_000;
        return millis < 10_000 ? millis + " ms ago" : millis / 1_000 + " s ago";
    }
}
