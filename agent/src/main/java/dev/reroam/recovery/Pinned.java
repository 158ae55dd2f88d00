package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Observation.HostRouteSeen;
import dev.reroam.recovery.Standing.GivenUp;
import dev.reroam.recovery.Standing.Stranded;
import dev.reroam.recovery.UplinkHealth.State;
import java.util.Optional;

/**
 * Tunnels that stay where nothing is carried because a host route keeps them there. Where they may be steered that does not
 * matter, since a rule of ours goes before every table; elsewhere it is said. Works on a {@link Draft}.
 */
final class Pinned {

    private Pinned() {}

    /** No step is left that helps: is it for a host route? Asked only where there is another way, which we may not take. */
    static void ask(Draft draft, TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel == null
                || draft.steersNot.isEmpty()
                || !(tunnel.path().orElse(null) instanceof Path.Via via)
                || draft.ways.stream()
                        .noneMatch(way -> way.family() == via.source().family() && !Upstream.leavesBy(tunnel, way))) {
            return;
        }
        State uplink = Upstream.health(draft, tunnel).state();
        if (uplink != State.ALIVE && uplink != State.PROBATION) {
            draft.askHostRoute(id);
        }
    }

    /** It is. */
    static void take(Draft draft, HostRouteSeen seen) {
        TunnelState tunnel = draft.tunnel(seen.tunnel());
        if (tunnel == null || tunnel.leavesBy() != seen.route().interfaceIndex()) {
            return;
        }
        String what = seen.route().toString();
        switch (tunnel.standing()) {
            case GivenUp up -> {
                if (!up.why().contains(what)) {
                    String why = up.why() + "; " + what;
                    told(draft, seen.tunnel(), up.damage(), what);
                    draft.put(seen.tunnel(), tunnel.with(new GivenUp(up.since(), up.damage(), up.verdict(), why)));
                }
            }
            case Stranded stranded -> {
                if (!stranded.why().contains(what)) {
                    told(draft, seen.tunnel(), stranded.damage(), what);
                    draft.put(seen.tunnel(), tunnel.with(stranded.because(what)));
                }
            }
            // It moved on since.
            case Standing.Resting resting -> {}
            case Standing.Quiet quiet -> {}
            case Standing.Held held -> {}
            case Standing.Repairing repairing -> {}
        }
    }

    private static void told(Draft draft, TunnelId id, Damage damage, String what) {
        if (draft.incident.filter(open -> open.number() == damage.incident()).isPresent()) {
            draft.note(NoteKind.SEEN, Optional.of(id), what);
        }
    }
}
