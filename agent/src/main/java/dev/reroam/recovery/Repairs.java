package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.Standing.GivenUp;
import dev.reroam.recovery.Standing.Held;
import dev.reroam.recovery.Standing.Quiet;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Resting;
import dev.reroam.recovery.Standing.Stranded;
import dev.reroam.recovery.Standing.Verdict;
import dev.reroam.recovery.Transitions.Decision;
import dev.reroam.recovery.Transitions.Sign;
import java.util.HashSet;
import java.util.Optional;

/** Carries out what {@link Transitions} decides for one tunnel. Works on a {@link Draft}. */
final class Repairs {

    private final Draft draft;

    Repairs(Draft draft) {
        this.draft = draft;
    }

    /**
     * A sign that may begin a repair.
     *
     * @param oldWayDelivers whether packets sent to the old address may still arrive
     */
    void evidence(TunnelId id, Sign sign, Evidence evidence, boolean oldWayDelivers, String what) {
        TunnelState tunnel = draft.tunnel(id);
        DeviceState device = draft.device(id.device());
        if (tunnel == null || device == null) {
            return;
        }
        Decision decision = Transitions.of(tunnel.standing().kind(), sign);
        if (decision != Decision.START && decision != Decision.STRAND) {
            return;
        }
        Condition condition = sign == Sign.INTERRUPTED
                ? Affected.wakeful(tunnel, device, draft.now, draft.config)
                : Affected.condition(tunnel, device, draft.now, draft.config);
        Optional<Rung> entry = draft.ladder.first(evidence, condition);
        TunnelState ruled = tunnel.withRule(new TunnelState.Rule(evidence, condition, entry, draft.now))
                .with(Optional.<Suspicion>empty());
        if (entry.isEmpty()) {
            draft.put(id, ruled);
        } else if (condition == Condition.ASLEEP && sign != Sign.ASKED && sign != Sign.NAME_CHANGED) {
            clear(device);
            var missed = new TunnelState.Missed(evidence, draft.now, oldWayDelivers);
            draft.put(id, ruled.withMissed(Optional.of(missed)));
        } else {
            long from = tunnel.suspicion().map(Suspicion::since).orElse(draft.now);
            Damage damage = damage(id, tunnel.standing(), evidence, condition, oldWayDelivers, what, from);
            boolean steers = entry.get() == Rung.STEER;
            if (decision == Decision.STRAND
                    || steers
                    || !draft.ladder.row(entry.get()).built()
                    || (noWay(tunnel) && entry.get() != Rung.RESOLVE)) {
                boolean link = draft.dead.contains(tunnel.leavesBy());
                long steerFrom = !steers ? Attempt.NONE : link ? draft.now + draft.config.steerAfter() : draft.now;
                draft.put(id, ruled.with(new Stranded(draft.now, damage, tunnel.path(), what, false, steerFrom)));
            } else {
                begin(id, ruled, device, damage, entry.get());
            }
        }
    }

    /** The device of a tunnel that was in the incident went, and one of its name came back with the same peer. */
    void resume(TunnelId id, Damage before) {
        TunnelState tunnel = now(id);
        DeviceState device = draft.device(id.device());
        Optional<Rung> entry = draft.ladder.first(Evidence.DEVICE_RECREATED, before.condition());
        var rule = new TunnelState.Rule(Evidence.DEVICE_RECREATED, before.condition(), entry, draft.now);
        draft.put(id, tunnel.withRule(rule));
        if (device == null || entry.isEmpty() || !draft.ladder.row(entry.get()).built()) {
            return;
        }
        draft.note(NoteKind.SEEN, id, id.device() + " is back: begins afresh");
        draft.underRepair(id);
        var damage = new Damage(
                before.incident(), Evidence.DEVICE_RECREATED, before.condition(), before.since(), Attempt.NONE, false);
        if (noWay(tunnel)) {
            String why = "no way out for the new device";
            draft.put(id, now(id).with(new Stranded(draft.now, damage, Optional.empty(), why, false, Attempt.NONE)));
        } else {
            begin(id, now(id), device, damage, entry.get());
        }
    }

    /** The kernel knows no way for a tunnel that a change concerns. */
    void lost(TunnelId id, Optional<Path> lastWay, String what) {
        TunnelState tunnel = now(id);
        if (tunnel.standing() instanceof Repairing repairing
                && repairing.attempt().rung() == Rung.RESOLVE) {
            // It is the address on trial that nothing leads to: the next one.
            draft.put(id, tunnel.with(repairing.with(repairing.attempt().withFailed())));
            return;
        }
        boolean strands = Transitions.of(tunnel.standing().kind(), Sign.PATH_LOST) == Decision.STRAND;
        if (!strands || !Affected.concerned(tunnel, draft.now, draft.config)) {
            return;
        }
        DeviceState device = draft.device(id.device());
        if (device != null) {
            Condition condition = Affected.condition(tunnel, device, draft.now, draft.config);
            Damage damage = damage(id, tunnel.standing(), Evidence.PATH_CHANGED, condition, false, what, draft.now);
            draft.put(id, tunnel.with(new Stranded(draft.now, damage, lastWay, what, false, Attempt.NONE)));
            new NameSigns(draft, this).withoutWay(id);
        }
    }

    /** The path flaps: the change is followed when it has held for a while. */
    void hold(TunnelId id, int before, int after, int changes) {
        TunnelState tunnel = now(id);
        if (!Affected.concerned(tunnel, draft.now, draft.config)) {
            return;
        }
        int doublings = Math.min(changes - draft.config.flapsFollowed() - 1, 30);
        long wait = Math.min(draft.config.holdMost(), draft.config.holdFirst() << doublings);
        var using = new HashSet<Integer>();
        if (tunnel.standing() instanceof Held held) {
            using.addAll(held.using());
        } else {
            using.add(before);
        }
        if (isLoose(tunnel)) {
            using.add(after);
        }
        draft.note(NoteKind.SKIPPED, id, "path flaps: follows it in " + wait / 1_000_000 + " ms");
        Optional<Damage> damage = tunnel.standing().open() ? tunnel.standing().damaged() : Optional.empty();
        draft.underRepair(id);
        draft.put(id, tunnel.with(new Held(draft.now, using, draft.now + wait, damage)));
    }

    /** Whether it follows the path by itself: WireGuard keeps to a way from the first answer on that came by it. */
    private static boolean isLoose(TunnelState tunnel) {
        return switch (tunnel.standing()) {
            case Resting resting -> false;
            case Held held -> held.using().size() > 1;
            case Repairing repairing ->
                repairing.attempt().started()
                        && tunnel.activity().receivedSince()
                                <= repairing.attempt().refreshedAt();
            case Quiet quiet -> true;
            case Stranded stranded -> true;
            case GivenUp givenUp -> true;
        };
    }

    private Damage damage(
            TunnelId id,
            Standing standing,
            Evidence evidence,
            Condition condition,
            boolean oldWayDelivers,
            String what,
            long from) {
        long number = draft.joined().number();
        if (condition != Condition.ASLEEP) {
            draft.underRepair(id);
        }
        Optional<Damage> open = standing.open() ? standing.damaged() : Optional.empty();
        if (open.isEmpty()) {
            draft.affected(id, evidence, what);
        }
        // One that was parked without a way out did not carry in the meantime either.
        Optional<Damage> same = standing instanceof Stranded ? standing.damaged() : open;
        long since = same.map(Damage::since).orElse(from);
        // One that a person woke stays a sleeper: that it is being repaired is no sign of life.
        Condition first =
                open.map(Damage::condition).filter(Condition.ASLEEP::equals).orElse(condition);
        return new Damage(number, evidence, first, since, Attempt.NONE, oldWayDelivers);
    }

    private void begin(TunnelId id, TunnelState tunnel, DeviceState device, Damage damage, Rung entry) {
        if (draft.observed(device)) {
            if (!draft.joined().observed().contains(id.device())) {
                draft.incident = draft.incident.map(incident -> incident.observing(id.device()));
                draft.note(
                        NoteKind.SKIPPED,
                        Optional.empty(),
                        id.device() + " is only observed; would begin with " + Ladder.word(entry));
            }
            draft.put(id, tunnel);
            giveUp(id, damage, Verdict.ONLY_OBSERVED, "would begin with " + Ladder.word(entry));
            // It may heal by itself, or by another's hand: how long that took is what a person wants to see.
            readSoon(device);
            return;
        }
        if (tunnel.facts().endpoint().isEmpty()) {
            draft.put(id, tunnel);
            giveUp(id, damage, Verdict.WAITING_FOR_PEER, "has no known address: the far side must begin");
            return;
        }
        Attempt attempt = entry.compareTo(Rung.REFRESH) <= 0
                ? Attempt.due(Rung.REFRESH, 0, draft.now)
                : Attempt.entryAbove(Ladder.below(entry));
        draft.put(id, tunnel.with(new Repairing(damage, attempt)));
        if (entry == Rung.RESOLVE && new Resolving(draft, this).tryNext(id)) {
            // One peer's, so it waits for no other.
            return;
        }
        if (damage.evidence() != Evidence.WAN_CHANGED && damage.evidence() != Evidence.MAPPING_STUCK) {
            Upstream.ask(draft, tunnel);
        }
        readSoon(device);
    }

    /** A reading comes as soon as the repair may show in it. */
    void readSoon(DeviceState device) {
        long readAt = draft.now + draft.config.readEvery().getFirst();
        if (device.readNext() != readAt) {
            draft.put(device.withReading(readAt, 1));
        }
    }

    private void clear(DeviceState device) {
        // A userspace daemon has no such request: an equal mark is ignored, and a rebind would touch those that carry.
        if (!draft.observed(device) && device.facts().kind() == DeviceKind.KERNEL && !device.clear()) {
            draft.joined();
            draft.put(device.withClear());
        }
    }

    /** No more rungs for this tunnel. */
    void giveUp(TunnelId id, Damage damage, Verdict verdict, String why) {
        draft.put(id, now(id).with(new GivenUp(draft.now, damage, verdict, why)));
        draft.incident = draft.incident.map(incident -> incident.counting(0, 0, 1));
        draft.note(damage.incident(), NoteKind.GAVE_UP, Optional.of(id), Ladder.word(verdict) + ": " + why);
        if (verdict != Verdict.ONLY_OBSERVED) {
            Pinned.ask(draft, id);
        }
        new Resolving(draft, this).givenUp(id);
    }

    /** Nothing was sent that would be answered: it is left alone. */
    void settle(TunnelId id, Damage damage) {
        draft.put(id, now(id).with(new Quiet(draft.now, damage)));
        draft.note(
                damage.incident(),
                NoteKind.OUTCOME,
                Optional.of(id),
                "quiet: refreshed, and nothing was sent since that would be answered");
    }

    /** It carries. */
    void proved(TunnelId id, Proof proof, String how) {
        TunnelState tunnel = now(id).withProof(proof);
        draft.unnamed(id);
        Standing standing = tunnel.standing();
        draft.put(id, tunnel);
        if (standing instanceof Resting
                || Transitions.of(standing.kind(), Sign.PROVED) != Decision.REST
                || standing.damaged().isEmpty()) {
            return;
        }
        Damage damage = standing.damaged().get();
        draft.put(id, tunnel.with(new Resting(proof.at())));
        int taken = standing instanceof GivenUp ? -1 : 0;
        draft.incident =
                draft.incident.map(open -> open.number() == damage.incident() ? open.counting(0, 1, taken) : open);
        long hole = Math.max(0, proof.at() - damage.since()) / 1_000_000;
        draft.note(
                damage.incident(),
                NoteKind.PROVED,
                Optional.of(id),
                "carries again: " + how + "; " + hole + " ms after the change");
        Ports.keep(draft, id);
        Mtus.proved(draft, id, damage);
        if (damage.evidence() == Evidence.INTERRUPTED && !Agenda.anyOpen(draft, id.device())) {
            // The incident of the agent before this one ends here; what comes next is another one.
            draft.incident = draft.incident.map(open -> open.tryingAfresh(id.device()));
        }
        recheckInside(id);
    }

    /** The tunnels whose packets go through the one that was just proved could not be proved before. */
    private void recheckInside(TunnelId outer) {
        DeviceState device = draft.device(outer.device());
        if (device == null) {
            return;
        }
        for (int i = 0; i < draft.tunnels().size() && draft.devices().size() > 1; i++) {
            TunnelState inner = draft.tunnels().valueAt(i);
            if (inner.standing() instanceof Repairing repairing
                    && inner.leavesBy() == device.facts().interfaceIndex()
                    && !draft.tunnels().keyAt(i).device().equals(outer.device())) {
                Attempt again = Attempt.due(
                        repairing.attempt().rung(), repairing.attempt().begunBy(), draft.now);
                draft.putAt(i, inner.with(repairing.with(again)));
            }
        }
    }

    private static boolean noWay(TunnelState tunnel) {
        return tunnel.path().orElse(null) instanceof Path.None;
    }

    private TunnelState now(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel == null) {
            throw new IllegalStateException("no tunnel " + id);
        }
        return tunnel;
    }
}
