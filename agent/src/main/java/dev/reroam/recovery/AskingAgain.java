package dev.reroam.recovery;

import dev.reroam.recovery.Standing.GivenUp;

/**
 * Does a tunnel that was given up carry again? It may, and be heard of by nobody: a far side that receives our keepalives
 * sends none itself (drivers/net/wireguard/timers.c, {@code wg_timers_any_authenticated_packet_traversal}). So it is asked
 * now and then. Works on a {@link Draft}.
 */
final class AskingAgain {

    /** Ours: what people are told must not be wrong for long, and a tunnel that is down costs little more than keepalives. */
    private static final long EVERY = 15_000_000_000L;

    /** Ours: as many as of those that fell silent. */
    private static final int MOST_AT_ONCE = 8;

    private final Draft draft;

    AskingAgain(Draft draft) {
        this.draft = draft;
    }

    /**
     * The counters of a device were read.
     *
     * @param before when they were the last time, {@link PeerFacts#NEVER} for never
     */
    void onCounters(DeviceState device, long before) {
        if (before == PeerFacts.NEVER || draft.observed(device)) {
            return;
        }
        int asked = 0;
        for (int i = 0; i < draft.tunnels().size() && asked < MOST_AT_ONCE; i++) {
            TunnelId id = draft.tunnels().keyAt(i);
            TunnelState tunnel = draft.tunnels().valueAt(i);
            if (id.device().equals(device.facts().name())
                    && tunnel.standing() instanceof GivenUp givenUp
                    && isTurn(givenUp.since(), before)
                    && speaks(tunnel)
                    && tunnel.facts().canBeAsked()) {
                asked++;
                int turn = (int) turns(givenUp.since(), draft.now);
                draft.act(new Sending(draft)
                        .question(id, tunnel.facts(), device.facts().interfaceIndex(), turn));
            }
        }
    }

    private boolean isTurn(long since, long before) {
        return turns(since, draft.now) > turns(since, before);
    }

    private static long turns(long since, long now) {
        return Math.max(0, now - since) / EVERY;
    }

    /** Whether it sends something by itself: who is asleep is not woken. */
    private boolean speaks(TunnelState tunnel) {
        return tunnel.facts().keepaliveSeconds() > 0 || Affected.active(tunnel, draft.now, draft.config);
    }
}
