package dev.reroam.recovery;

import dev.reroam.recovery.Standing.Resting;
import dev.reroam.recovery.Transitions.Sign;

/**
 * Tunnels that were first read, or first asked for their path, when the change that concerns them had come already: they
 * came up on the way before, and no answer will ever differ from the first. Works on a {@link Draft}.
 */
final class Newcomers {

    private Newcomers() {}

    /** Looks at all of them; cheap while no interface lost anything lately. */
    static void look(Draft draft, Repairs repairs) {
        for (int i = 0; i < draft.tunnels().size() && draft.disturbed.now().size() > 0; i++) {
            look(draft, repairs, draft.tunnels().keyAt(i), draft.tunnels().valueAt(i));
        }
    }

    /** One that shook hands before an interface lost something, and was first seen after the handshake, is affected. */
    static void look(Draft draft, Repairs repairs, TunnelId id, TunnelState tunnel) {
        boolean isNew = tunnel.standing() instanceof Resting resting
                && tunnel.rule().isEmpty()
                && draft.now - resting.since() < draft.config.joinWithin();
        long handshakeAt = tunnel.facts().handshakeAt();
        if (!isNew
                || !(tunnel.path().orElse(null) instanceof Path.Via via)
                || handshakeAt > tunnel.standing().since()
                || !Affected.active(tunnel, draft.now, draft.config)) {
            return;
        }
        for (long lostAt : draft.disturbed.now().values()) {
            if (lostAt > handshakeAt && draft.now - lostAt < draft.config.disturbedFor()) {
                repairs.evidence(
                        id, Sign.PATH_MOVED, Evidence.PATH_CHANGED, true, via + ", and it came up before that");
                return;
            }
        }
    }
}
