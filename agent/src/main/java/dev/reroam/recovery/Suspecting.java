package dev.reroam.recovery;

import dev.reroam.recovery.Observation.TrafficSeen;
import dev.reroam.recovery.Standing.GivenUp;
import dev.reroam.recovery.Standing.Resting;
import dev.reroam.recovery.Transitions.Sign;
import dev.reroam.recovery.UplinkHealth.State;
import java.util.Optional;

/**
 * Tunnels that fell silent: asked before anything is done, since most silence is nothing but the end of a conversation.
 * Works on a {@link Draft}.
 */
final class Suspecting {

    /** Ours: what is wrong with more of a device is wrong with its uplink, and that has questions of its own. */
    private static final int MOST_ASKED = 8;

    /** Ours: a line that carries in more than a second is as good as none; a busy one may well take half of that. */
    private static final long ANSWERS_WITHIN = 1_500_000_000L;

    /** drivers/net/wireguard/messages.h REKEY_TIMEOUT and its jitter, three times. */
    private static final long HANDSHAKES = 16_000_000_000L;

    /** Ours: one question a second is what a suspect tunnel may cost. */
    private static final long ASK_AGAIN = 1_000_000_000L;

    /** Ours: people are to be told soon that nobody is needed any more. */
    private static final long READ_AGAIN = 1_000_000_000L;

    /** Ours: a reading takes a millisecond or two. */
    private static final long LOOK = 10_000_000L;

    private final Draft draft;
    private final Repairs repairs;

    Suspecting(Draft draft, Repairs repairs) {
        this.draft = draft;
        this.repairs = repairs;
    }

    /** The counters of a device. */
    void take(TrafficSeen seen) {
        DeviceState device = draft.device(seen.device());
        if (device == null) {
            if (seen.device().equals(NodeState.TRAFFIC)) {
                Nodes.take(draft, seen);
            }
            return;
        }
        long before = device.traffic().at();
        Traffic traffic =
                device.traffic().read(seen.receivedPackets(), seen.sentPackets(), seen.sentBytes(), draft.now);
        draft.put(device.with(traffic));
        new AskingAgain(draft).onCounters(device, before);
        if (traffic.heardAt() == draft.now) {
            heard(seen.device());
        } else if (traffic.stalled(draft.now, draft.config)) {
            stalled(device.facts().name(), traffic);
        }
    }

    private void heard(String device) {
        TunnelId only = null;
        TunnelId strange = null;
        int active = 0;
        boolean givenUp = false;
        boolean others = false;
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            TunnelState tunnel = all.valueAt(i);
            if (!all.keyAt(i).device().equals(device)) {
                continue;
            }
            boolean given = tunnel.standing() instanceof GivenUp;
            givenUp |= given;
            if (Affected.active(tunnel, draft.now, draft.config)) {
                active++;
                others |= !given;
                only = all.keyAt(i);
                boolean unknown = tunnel.roundTrip().isEmpty() && tunnel.facts().canBeAsked() && !tunnel.greeted();
                strange = unknown && tunnel.standing() instanceof Resting ? only : strange;
            }
        }
        if (active == 1 && only != null) {
            heard(only);
        }
        if (strange != null) {
            greet(strange);
        }
        DeviceState known = draft.device(device);
        if (givenUp && !others && known != null && draft.now - known.readAt() >= READ_AGAIN) {
            // Nobody else can have heard it: what was given up may carry by itself.
            draft.read(device);
        }
    }

    /**
     * One echo for each tunnel that carries, once: only of one that is known to answer does silence say anything, and that
     * must be known before the fault.
     */
    private void greet(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        DeviceState device = draft.device(id.device());
        if (tunnel != null && device != null && !draft.observed(device)) {
            draft.put(id, tunnel.greeted(true));
            draft.act(new Sending(draft)
                    .question(id, tunnel.facts(), device.facts().interfaceIndex(), 0));
        }
    }

    private void stalled(String device, Traffic traffic) {
        boolean asked = false;
        int suspects = 0;
        for (int i = 0; i < draft.tunnels().size() && suspects < MOST_ASKED; i++) {
            TunnelId id = draft.tunnels().keyAt(i);
            TunnelState tunnel = draft.tunnels().valueAt(i);
            if (!id.device().equals(device)) {
                continue;
            }
            if (tunnel.suspicion().isPresent()) {
                return;
            }
            if (Affected.active(tunnel, draft.now, draft.config)) {
                suspects++;
                asked |= raise(id, tunnel, traffic.heardAt(), false);
            }
        }
        DeviceState current = draft.device(device);
        if (!asked && current != null) {
            // Nobody there can be asked: what its uplink says is all there is to know.
            draft.put(current.with(current.traffic().calm(draft.now)));
        }
        draft.read(device);
    }

    /**
     * A tunnel is to be asked, and so is its uplink.
     *
     * @param since when it was last heard
     * @param hears it hears something; what it sends may go nowhere all the same
     * @return whether it can be asked
     */
    boolean raise(TunnelId id, TunnelState tunnel, long since, boolean hears) {
        DeviceState device = draft.device(id.device());
        if (device == null
                || draft.observed(device)
                || tunnel.suspicion().isPresent()
                || !(tunnel.standing() instanceof Resting)
                || !(tunnel.path().orElse(null) instanceof Path.Via)
                || !Affected.active(tunnel, draft.now, draft.config)) {
            return false;
        }
        new UplinkSigns(draft, repairs).doubt(tunnel);
        TunnelState now = draft.tunnel(id);
        if (now == null || now.roundTrip().isEmpty() || !now.facts().canBeAsked()) {
            return false;
        }
        var suspicion = Suspicion.raised(since, draft.now, draft.echoesFrom(), hears);
        draft.put(id, now.with(Optional.of(suspicion)));
        return true;
    }

    /** Something was received, which it may have missed before. */
    void heard(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel != null
                && tunnel.suspicion().filter(suspicion -> !suspicion.hears()).isPresent()) {
            answered(id);
        }
    }

    /** The servers of an uplink are silent, and tunnels over it are not: is what those send heard? */
    void ask(TunnelId id, TunnelState tunnel) {
        DeviceState device = draft.device(id.device());
        if (device != null && device.traffic().calmUntil() <= draft.now) {
            raise(id, tunnel, draft.now, true);
        }
    }

    /** It answered: nothing is wrong, and it is not asked again for a while. */
    void answered(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        DeviceState device = draft.device(id.device());
        if (tunnel != null && tunnel.suspicion().isPresent()) {
            draft.unnamed(id);
            draft.put(id, tunnel.with(Optional.empty()));
            if (device != null) {
                draft.put(device.with(device.traffic().calm(draft.now)));
            }
        }
    }

    /** Asks those whose turn it is, and judges those that have been asked enough. */
    void due() {
        for (int i = 0; i < draft.tunnels().size(); i++) {
            TunnelId id = draft.tunnels().keyAt(i);
            TunnelState tunnel = draft.tunnels().valueAt(i);
            Suspicion suspicion = tunnel.suspicion().orElse(null);
            DeviceState device = draft.device(id.device());
            if (suspicion == null || suspicion.nextAt() > draft.now || device == null) {
                continue;
            }
            if (!(tunnel.standing() instanceof Resting) || draft.observed(device)) {
                // It is being repaired already, or may only be watched by now.
                draft.put(id, tunnel.with(Optional.empty()));
            } else if (suspicion.asked() < draft.config.probes()) {
                draft.act(new Sending(draft)
                        .question(id, tunnel.facts(), device.facts().interfaceIndex(), suspicion.asked()));
                long answers = 2 * tunnel.roundTrip().orElse(0);
                boolean last = suspicion.asked() + 1 == draft.config.probes();
                long pause = last ? Math.max(draft.config.probeEvery(), answers) : draft.config.probeEvery();
                draft.put(id, tunnel.with(Optional.of(suspicion.asked(draft.now + pause))));
                if (last) {
                    // So that it is known by the verdict.
                    new NameSigns(draft, repairs).ask(id);
                }
            } else {
                judge(id, tunnel, suspicion, device);
            }
        }
    }

    private boolean isSessionOver(TunnelState tunnel) {
        long handshakeAt = tunnel.facts().handshakeAt();
        return handshakeAt == PeerFacts.NEVER || draft.now - handshakeAt >= RecoveryConfig.ACTIVE_FOR;
    }

    /** It answers no more. Whether that is for its uplink decides where the ladder begins. */
    private void judge(TunnelId id, TunnelState tunnel, Suspicion suspicion, DeviceState device) {
        UplinkHealth uplink = Upstream.health(draft, tunnel);
        boolean alive = uplink.state() == State.ALIVE && uplink.heardAt() > suspicion.raisedAt();
        boolean unknown =
                uplink.state() == State.UNKNOWN || uplink.state() == State.DEAD || uplink.condemned(draft.now);
        long waited = draft.now - suspicion.raisedAt();
        boolean late = waited >= draft.config.verdictWithin();
        boolean trial = new Steering(draft, repairs).candidate(tunnel).isPresent();
        // Where servers answer, or there is no other way to try, the line may only have become slower: what follows may
        // cost a port, and is not begun before any usual line would have answered.
        boolean early = (alive || !trial) && waited < ANSWERS_WITHIN;
        // Without a session nothing is answered before a handshake, and where both ends begin one at the same time
        // neither ends.
        early |= uplink.state() != State.DEAD && isSessionOver(tunnel) && waited < HANDSHAKES;
        if (early || (!alive && !unknown && !late)) {
            long next = draft.now + draft.config.probeEvery();
            boolean again = suspicion.asked() < draft.config.probes() + waited / ASK_AGAIN;
            if (again) {
                // What was broken as it was asked may be whole by the time that it is judged.
                draft.act(new Sending(draft)
                        .question(id, tunnel.facts(), device.facts().interfaceIndex(), suspicion.asked()));
            }
            draft.put(id, tunnel.with(Optional.of(again ? suspicion.asked(next) : suspicion.until(next))));
            return;
        }
        if (!suspicion.looked()) {
            draft.read(id.device());
            draft.put(id, tunnel.with(Optional.of(suspicion.looking(draft.now + LOOK))));
            return;
        }
        draft.put(device.with(device.traffic().confirmed()));
        var resolving = new Resolving(draft, repairs);
        String what = suspicion.asked() + " echoes went unanswered";
        draft.opening = id + ": " + what;
        boolean dead = uplink.state() == State.DEAD;
        if (!dead && resolving.isElsewhere(id)) {
            repairs.evidence(id, Sign.NAME_CHANGED, Evidence.NAME_CHANGED, suspicion.hears(), resolving.said(id));
        } else if (!alive && (trial || dead)) {
            repairs.evidence(id, Sign.UPLINK_SUSPECT, Evidence.UPLINK_SUSPECT, false, what);
        } else {
            // What is silent is proved by what it hears; what hears all the time is not.
            repairs.evidence(id, Sign.SILENT, Evidence.TUNNEL_SILENT, suspicion.hears(), what);
        }
        TunnelState after = draft.tunnel(id);
        if (after != null && after.suspicion().isPresent()) {
            draft.put(id, after.with(Optional.empty()));
        }
    }
}
