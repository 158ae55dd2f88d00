package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Observation.GatewayForgot;
import dev.reroam.recovery.Observation.GatewayMoved;
import dev.reroam.recovery.Observation.PublicSeen;
import dev.reroam.recovery.Transitions.Sign;
import dev.reroam.recovery.TunnelState.Flap;
import dev.reroam.uplink.Uplink;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What is seen of an uplink from outside, where the kernel sees nothing. Works on a {@link Draft}. */
final class Upstream {

    /** Ours: uplinks are a handful; more can only come from addresses that change for ever. */
    private static final int MOST_UPLINKS = 64;

    private final Draft draft;
    private final Repairs repairs;

    Upstream(Draft draft, Repairs repairs) {
        this.draft = draft;
        this.repairs = repairs;
    }

    /**
     * A server's word. Only another address is evidence. A port beside the same address belongs to the asking socket; a
     * mapping of that socket that is stuck says nothing of tunnels that carry. Both are remembered.
     */
    void take(PublicSeen seen) {
        UplinkState before = known(seen.uplink());
        UplinkState now = before.told(Optional.of(seen.mapped()), seen.stuck(), draft.now);
        IpAddress address = seen.mapped().address();
        boolean other = seen.before().filter(was -> !was.equals(address)).isPresent();
        // The sentinel may have begun anew meanwhile: its first word is compared with what we remember.
        boolean since = seen.before().isEmpty()
                && before.seen()
                        .map(Endpoint::address)
                        .filter(was -> !was.equals(address))
                        .isPresent();
        draft.put(seen.uplink(), now);
        if (other || since) {
            IpAddress was =
                    seen.before().or(() -> before.seen().map(Endpoint::address)).orElse(address);
            // The gateway's own word and the first server that sees it are one change, though minutes may lie between.
            Flap flap = before.announced() ? now.flap() : counted(now.flap());
            changed(seen.uplink(), now.withFlap(flap, false), false, "public address " + was + " became " + address);
        }
    }

    /** The gateway's own word that it is another one towards the world. */
    void take(GatewayMoved moved) {
        UplinkState now = known(moved.uplink());
        UplinkState told = now.told(now.seen(), false, draft.now).withFlap(counted(now.flap()), true);
        changed(moved.uplink(), told, true, "gateway: " + moved.how());
    }

    /**
     * The gateway's own word that it knows no mapping any more. A tunnel that carries is not touched for it: most often only
     * the service that maps was started anew. One that is in trouble has a reason to try again.
     */
    void take(GatewayForgot forgot) {
        String what = "gateway forgot its mappings: " + forgot.how();
        if (!draft.dead.contains(forgot.uplink().interfaceIndex())) {
            begin(forgot.uplink(), tunnel -> tunnel.standing().damaged().isPresent(), Evidence.WAN_CHANGED, what);
        }
    }

    /** What is known of it; nothing where it is new. */
    UplinkState known(Uplink uplink) {
        UplinkState known = draft.uplinks().get(uplink);
        if (known != null) {
            return known;
        }
        SortedTable<Uplink, UplinkState> all = draft.uplinks();
        if (all.size() >= MOST_UPLINKS) {
            int oldest = 0;
            for (int i = 1; i < all.size(); i++) {
                oldest = all.valueAt(i).toldAt() < all.valueAt(oldest).toldAt() ? i : oldest;
            }
            draft.drop(all.keyAt(oldest));
        }
        return UplinkState.NONE;
    }

    private Flap counted(Flap flap) {
        return flap.changed(draft.config.publicFlapWindow(), draft.now);
    }

    private void changed(Uplink uplink, UplinkState state, boolean forgotten, String what) {
        int beyond = state.flap().count() - draft.config.flapsFollowed();
        if (beyond <= 0) {
            follow(uplink, state, what);
            return;
        }
        long wait = Math.min(draft.config.publicHoldMost(), draft.config.publicHoldFirst() << Math.min(beyond - 1, 10));
        draft.put(uplink, state.held(what, forgotten, draft.now + wait));
        if (draft.incident.isPresent()) {
            draft.note(
                    NoteKind.SKIPPED,
                    Optional.empty(),
                    uplink + ": " + what + ", change " + state.flap().count() + " in a row: follows it in "
                            + wait / 1_000_000_000L + " s");
        }
    }

    /** Changes that have held for long enough. */
    void due() {
        SortedTable<Uplink, UplinkState> all = draft.uplinks();
        for (int i = 0; i < all.size(); i++) {
            UplinkState state = all.valueAt(i);
            if (state.pendingUntil() > draft.now) {
                continue;
            }
            if (state.isBack()) {
                draft.put(all.keyAt(i), state.settled());
            } else {
                follow(
                        all.keyAt(i),
                        state,
                        state.pending().map(UplinkState.Pending::what).orElse("changed"));
            }
        }
    }

    /** Repair begins as for a change that the kernel saw, for the tunnels that leave this way and no others. */
    private void follow(Uplink uplink, UplinkState state, String what) {
        draft.put(uplink, state.settled());
        if (draft.dead.contains(uplink.interfaceIndex())) {
            // The kernel's own word is newer; when the interface is back, that is a sign of its own.
            return;
        }
        boolean stuck = state.stuckAt() == draft.now && draft.ladder.canBegin(Evidence.MAPPING_STUCK);
        begin(uplink, tunnel -> true, stuck ? Evidence.MAPPING_STUCK : Evidence.WAN_CHANGED, what);
        Nodes.wanChanged(draft, uplink, what);
    }

    private void begin(Uplink uplink, Predicate<TunnelState> which, Evidence evidence, String what) {
        boolean joins = draft.incident.isPresent();
        draft.opening = uplink + ": " + what;
        var devices = new TreeSet<String>();
        for (int i = 0; i < draft.tunnels().size(); i++) {
            TunnelId id = draft.tunnels().keyAt(i);
            TunnelState tunnel = draft.tunnels().valueAt(i);
            if (leavesBy(tunnel, uplink) && which.test(tunnel)) {
                devices.add(id.device());
                repairs.evidence(id, Sign.WAN_CHANGED, evidence, true, what);
            }
        }
        if (joins && !devices.isEmpty()) {
            draft.note(NoteKind.SEEN, Optional.empty(), draft.opening);
        }
        // The dump is a minute old at worst: those that became active since join by a fresh one.
        devices.forEach(draft::read);
    }

    /** Whether the tunnel's packets leave by the uplink. */
    static boolean leavesBy(TunnelState tunnel, Uplink uplink) {
        return tunnel.path().orElse(null) instanceof Path.Via via
                && uplink.carries(via.interfaceIndex(), via.gateway(), via.source());
    }

    /** Somebody should look at the way that a tunnel takes: at an uplink that servers answer over, and not all the time. */
    static void ask(Draft draft, TunnelState tunnel) {
        SortedTable<Uplink, UplinkState> all = draft.uplinks();
        for (int i = 0; i < all.size(); i++) {
            if (leavesBy(tunnel, all.keyAt(i))) {
                ask(draft, all.keyAt(i));
            }
        }
    }

    /** The same of an uplink itself. */
    static void ask(Draft draft, Uplink uplink) {
        UplinkState state = draft.uplinks().get(uplink);
        if (state == null || state.seen().isEmpty()) {
            return;
        }
        boolean lately =
                state.askedAt() != PeerFacts.NEVER && draft.now - state.askedAt() < draft.config.askUplinkEvery();
        if (!lately) {
            draft.put(uplink, state.asked(draft.now));
            draft.act(new Action.AskUplink(uplink));
        }
    }

    /** What servers say of the way that a tunnel takes. */
    static UplinkHealth health(Draft draft, TunnelState tunnel) {
        SortedTable<Uplink, UplinkState> all = draft.uplinks();
        for (int i = 0; i < all.size(); i++) {
            if (leavesBy(tunnel, all.keyAt(i))) {
                return all.valueAt(i).health();
            }
        }
        return UplinkHealth.NONE;
    }
}
