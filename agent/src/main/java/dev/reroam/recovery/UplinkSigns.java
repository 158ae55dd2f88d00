package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Observation.GatewaySeen;
import dev.reroam.recovery.Observation.UplinkHeard;
import dev.reroam.recovery.Observation.UplinkUnheard;
import dev.reroam.recovery.Observation.WaysSeen;
import dev.reroam.recovery.Standing.GivenUp;
import dev.reroam.recovery.Standing.Stranded;
import dev.reroam.recovery.Transitions.Sign;
import dev.reroam.recovery.UplinkHealth.State;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether an uplink carries, and what that means for the tunnels that leave by it. Works on a {@link Draft}. */
final class UplinkSigns {

    private static final long MILLI = 1_000_000L;

    private final Draft draft;
    private final Repairs repairs;

    UplinkSigns(Draft draft, Repairs repairs) {
        this.draft = draft;
        this.repairs = repairs;
    }

    void take(UplinkHeard heard) {
        UplinkState state = new Upstream(draft, repairs).known(heard.uplink());
        become(heard.uplink(), state, state.health().heard(heard.server(), draft.now));
    }

    void take(UplinkUnheard unheard) {
        UplinkState state = new Upstream(draft, repairs).known(unheard.uplink());
        Endpoint server = unheard.server();
        UplinkHealth next = state.health().unheard(server, unheard.askedAt(), draft.now);
        // That somebody is silent who never spoke is no news.
        silent(unheard.uplink(), state, next, state.health().voices().contains(server));
    }

    /** A question, or the gateway, has just gone unanswered. */
    private void silent(Uplink uplink, UplinkState state, UplinkHealth unheard, boolean isNews) {
        boolean enough = isNews && unheard.condemned(draft.now);
        boolean heard = enough && heardSince(uplink, unheard.silentFrom());
        UplinkHealth next = enough && !heard ? unheard.on(UplinkHealth.Sign.CONDEMNED, draft.now) : unheard;
        become(uplink, state, next);
        if (next.state() == State.SUSPECT) {
            Upstream.ask(draft, uplink);
        }
        if (next.state() == State.SUSPECT && (heard || next.voices().size() < 2)) {
            // One server alone proves nothing, and neither does what is received: the tunnels themselves are asked.
            var suspecting = new Suspecting(draft, repairs);
            forEachBy(uplink, suspecting::ask);
        }
    }

    void take(GatewaySeen seen) {
        UplinkState before = new Upstream(draft, repairs).known(seen.uplink());
        UplinkHealth next = before.health().gatewaySaid(seen.answers(), draft.now);
        draft.put(seen.uplink(), before.with(next, draft.now));
        State health = next.state();
        boolean inTrouble = health == State.SUSPECT || health == State.DEAD || health == State.PROBATION;
        boolean told = draft.incident.isEmpty()
                || before.health()
                        .gateway()
                        .filter(word -> (word.silent() == 0) == seen.answers()
                                && word.at() >= draft.incident.get().openedAt())
                        .isPresent();
        if (inTrouble && !told) {
            draft.note(NoteKind.SEEN, Optional.empty(), seen.uplink() + ": " + gateway(seen.answers()));
        }
        if (!seen.answers() && health == State.SUSPECT) {
            silent(seen.uplink(), before, next, true);
        }
    }

    private static String gateway(boolean answers) {
        return answers ? "its gateway answers" : "its gateway does not answer";
    }

    void take(WaysSeen seen) {
        for (Uplink former : draft.ways) {
            // Another gateway with the same address of ours may well carry what the former one did.
            if (seen.uplinks().stream().noneMatch(former::sharesAddress)) {
                draft.act(new Action.EndConnections(former, draft.now));
            }
        }
        for (Uplink now : seen.uplinks()) {
            if (!draft.ways.isEmpty() && draft.ways.stream().noneMatch(now::carries)) {
                draft.act(new Action.SpareConnections(now));
            }
        }
        forgetAllBut(seen.uplinks());
        draft.ways = seen.uplinks();
        draft.steersNot = seen.steersNot();
        Nodes.waysChanged(draft);
        new Steering(draft, repairs).waysChanged();
    }

    /** Each night's new interface or address is another uplink: what was known of those before is of use for a while. */
    private void forgetAllBut(List<Uplink> ways) {
        for (Uplink known : List.copyOf(draft.uplinks().keySet())) {
            boolean recreated = ways.stream()
                    .anyMatch(way -> way.interfaceName().equals(known.interfaceName())
                            && way.interfaceIndex() != known.interfaceIndex());
            UplinkState state = draft.uplinks().get(known);
            boolean old = state != null && draft.now - state.toldAt() >= RecoveryConfig.UPLINK_KEPT;
            if (!ways.contains(known) && (recreated || old)) {
                draft.drop(known);
            }
        }
    }

    /** A tunnel that leaves by it fell silent. */
    void doubt(TunnelState tunnel) {
        SortedTable<Uplink, UplinkState> all = draft.uplinks();
        for (int i = 0; i < all.size(); i++) {
            Uplink uplink = all.keyAt(i);
            if (Upstream.leavesBy(tunnel, uplink)) {
                UplinkState state = all.valueAt(i);
                become(uplink, state, state.health().on(UplinkHealth.Sign.DOUBTED, draft.now));
                Upstream.ask(draft, uplink);
            }
        }
    }

    /** Interfaces that can carry nothing: what was known of the uplinks behind them is over. */
    void dead(Set<Integer> interfaces) {
        SortedTable<Uplink, UplinkState> all = draft.uplinks();
        for (int i = 0; i < all.size(); i++) {
            UplinkState state = all.valueAt(i);
            if (interfaces.contains(all.keyAt(i).interfaceIndex())) {
                // The tunnels are told of the interface itself, elsewhere.
                UplinkHealth condemned = state.health().on(UplinkHealth.Sign.CONDEMNED, draft.now);
                draft.put(all.keyAt(i), state.with(condemned, draft.now));
            }
        }
    }

    /** Those that came back are asked from time to time, and used again when they have answered for long enough. */
    void due() {
        SortedTable<Uplink, UplinkState> all = draft.uplinks();
        for (int i = 0; i < all.size(); i++) {
            Uplink uplink = all.keyAt(i);
            UplinkState state = all.valueAt(i);
            UplinkHealth health = state.health();
            if (health.state() != State.PROBATION || state.probationDue(draft.config) > draft.now) {
                continue;
            }
            boolean answers = draft.now - health.heardAt() < 2 * draft.config.probationEvery();
            // Some gateways do not answer the kernel's questions as they should; what carries answers carries.
            boolean held =
                    health.gatewaySilent(draft.now) && draft.now - health.since() < 2 * health.probation(draft.config);
            if (answers && !held && draft.now - health.since() >= health.probation(draft.config)) {
                become(uplink, state, health.on(UplinkHealth.Sign.HELD, draft.now));
            } else {
                draft.put(uplink, state.asked(draft.now));
                draft.act(new Action.AskUplink(uplink));
            }
        }
    }

    private void become(Uplink uplink, UplinkState state, UplinkHealth next) {
        State before = state.health().state();
        draft.put(uplink, state.with(next, draft.now));
        if (next.state() == before) {
            return;
        }
        switch (next.state()) {
            case DEAD -> {
                String what = next.silent() + " questions in " + Math.max(0, draft.now - next.silentFrom()) / MILLI
                        + " ms went unanswered"
                        + next.gateway()
                                .filter(word -> word.at() >= next.silentFrom())
                                .map(word -> ", " + gateway(word.silent() == 0))
                                .orElse("");
                draft.opening = uplink + ": " + what;
                draft.act(new Action.EndConnections(uplink, next.silentFrom()));
                forEachBy(
                        uplink,
                        (id, tunnel) ->
                                repairs.evidence(id, Sign.UPLINK_SUSPECT, Evidence.UPLINK_SUSPECT, false, what));
            }
            case ALIVE, PROBATION -> {
                draft.opening = uplink + " answers again";
                if (before == State.DEAD) {
                    draft.act(new Action.SpareConnections(uplink));
                }
                boolean wasSilent = state.health().wasSilent();
                forEachBy(uplink, (id, tunnel) -> answersAgain(id, tunnel, wasSilent));
                new Steering(draft, repairs).lookAgain();
            }
            case UNKNOWN, SUSPECT -> {}
        }
        if (draft.incident.isPresent() && next.state() != State.SUSPECT) {
            draft.note(
                    NoteKind.SEEN,
                    Optional.empty(),
                    uplink + ": " + Ladder.word(before) + " became " + Ladder.word(next.state()));
        }
    }

    /** @param wasSilent more than by chance: what was given up over it may be whole now */
    private void answersAgain(TunnelId id, TunnelState tunnel, boolean wasSilent) {
        // Whatever led it there: it has a way, and that carried nothing.
        boolean waited = tunnel.standing() instanceof Stranded;
        boolean lost = tunnel.standing() instanceof GivenUp && wasSilent;
        if ((waited || lost) && !draft.dead.contains(tunnel.leavesBy())) {
            repairs.evidence(id, Sign.UPLINK_RETURNED, Evidence.UPLINK_RETURNED, true, "the uplink answers again");
        }
    }

    /** Whether a tunnel over it has heard anything since: then it is the servers that are silent. */
    private boolean heardSince(Uplink uplink, long since) {
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        boolean heard = false;
        for (int i = 0; i < all.size(); i++) {
            TunnelState tunnel = all.valueAt(i);
            if (Upstream.leavesBy(tunnel, uplink)) {
                DeviceState device = draft.device(all.keyAt(i).device());
                boolean counted = device != null
                        && device.traffic().heardAt() > since
                        && onlyBy(device.facts().name(), uplink);
                heard |= counted || showed(tunnel) > since;
            }
        }
        return heard;
    }

    /** When it certainly showed life, whatever a late reading makes of it. */
    private static long showed(TunnelState tunnel) {
        long read = Math.max(tunnel.facts().handshakeAt(), tunnel.activity().receivedSince());
        return Math.max(read, tunnel.lastProof().map(Proof::at).orElse(PeerFacts.NEVER));
    }

    /** Whether all that a device may hear comes by this uplink. */
    private boolean onlyBy(String device, Uplink uplink) {
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            TunnelState tunnel = all.valueAt(i);
            if (all.keyAt(i).device().equals(device)
                    && Affected.active(tunnel, draft.now, draft.config)
                    && !Upstream.leavesBy(tunnel, uplink)) {
                return false;
            }
        }
        return true;
    }

    private interface EachTunnel {
        void take(TunnelId id, TunnelState tunnel);
    }

    private void forEachBy(Uplink uplink, EachTunnel each) {
        for (int i = 0; i < draft.tunnels().size(); i++) {
            TunnelState tunnel = draft.tunnels().valueAt(i);
            if (Upstream.leavesBy(tunnel, uplink)) {
                each.take(draft.tunnels().keyAt(i), tunnel);
            }
        }
    }
}
