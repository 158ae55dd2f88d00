package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Observation.NameSeen;
import dev.reroam.recovery.Standing.GivenUp;
import dev.reroam.recovery.Standing.Held;
import dev.reroam.recovery.Standing.Quiet;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Resting;
import dev.reroam.recovery.Standing.Stranded;
import dev.reroam.recovery.Standing.Verdict;
import dev.reroam.recovery.Transitions.Sign;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the name of a peer's endpoint means now, which WireGuard asks once and never again. Asked for while a tunnel is in
 * trouble, and at growing intervals as long as it is, since a name that follows an address follows it late. Works on a
 * {@link Draft}.
 */
final class NameSigns {

    /** Ours: the clients of dynamic names take from seconds to minutes; doubled up to the other one. */
    private static final long AGAIN_FIRST = 15_000_000_000L;

    private static final long AGAIN_MOST = 300_000_000_000L;

    /** Ours: a family of addresses that went with an uplink is back with the next one, most often. */
    private static final long WITHOUT_WAY = 2_000_000_000L;

    private final Draft draft;
    private final Repairs repairs;

    NameSigns(Draft draft, Repairs repairs) {
        this.draft = draft;
        this.repairs = repairs;
    }

    /** Wants to know what the name means, unless that was asked lately. */
    void ask(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        DeviceState device = draft.device(id.device());
        Named before = draft.named().get(id);
        if (tunnel == null
                || device == null
                || draft.observed(device)
                || tunnel.facts().endpoint().isEmpty()
                || Resolving.onTrial(tunnel)
                || (before != null && draft.now < before.nextAt())) {
            return;
        }
        long pause = before == null ? AGAIN_FIRST : Math.min(2 * (before.nextAt() - before.askedAt()), AGAIN_MOST);
        Named known = before == null ? Named.from(draft.now, draft.now) : before;
        draft.put(id, known.asked(draft.now, draft.now + Math.max(AGAIN_FIRST, pause)));
        draft.act(new Action.AskName(
                id,
                draft.ways.stream()
                        .filter(way -> !draft.dead.contains(way.interfaceIndex()))
                        .toList()));
    }

    /** The same, where WireGuard itself tries to reach the far side in vain. */
    void askIfInTrouble(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        if (tunnel != null && inTrouble(tunnel)) {
            ask(id);
        }
    }

    /** No way leads to the endpoint: where that stays so, its name may have an address of the other family. */
    void withoutWay(TunnelId id) {
        if (draft.named().get(id) == null) {
            draft.put(id, Named.from(draft.now, draft.now + WITHOUT_WAY));
        }
    }

    /** Asks again for those that are still in trouble. */
    void due() {
        SortedTable<TunnelId, Named> all = draft.named();
        for (int i = 0; i < all.size(); i++) {
            TunnelId id = all.keyAt(i);
            TunnelState tunnel = draft.tunnel(id);
            if (all.valueAt(i).nextAt() > draft.now) {
                continue;
            }
            if (tunnel != null && inTrouble(tunnel) && !(tunnel.standing() instanceof Repairing)) {
                ask(id);
            } else if (tunnel == null || !tunnel.standing().open()) {
                draft.unnamed(id);
            }
        }
    }

    /** Whether the tunnel carries nothing and shows that somebody wants it to. */
    private boolean inTrouble(TunnelState tunnel) {
        return switch (tunnel.standing()) {
            case Repairing repairing -> !Resolving.onTrial(tunnel);
            case Stranded stranded -> tunnel.path().orElse(null) instanceof Path.None;
            case GivenUp givenUp -> givenUp.verdict() != Verdict.ONLY_OBSERVED && sends(tunnel);
            case Resting resting -> sends(tunnel) && !Affected.active(tunnel, draft.now, draft.config);
            case Quiet quiet -> sends(tunnel) && !Affected.active(tunnel, draft.now, draft.config);
            case Held held -> false;
        };
    }

    private boolean sends(TunnelState tunnel) {
        long at = tunnel.activity().filledSentAt();
        return at != PeerFacts.NEVER && draft.now - at < draft.config.activeFor();
    }

    /** What the name means, or why nobody can say. */
    void take(NameSeen seen) {
        TunnelId id = seen.tunnel();
        TunnelState tunnel = draft.tunnel(id);
        Named before = draft.named().get(id);
        Endpoint present = tunnel == null ? null : tunnel.facts().endpoint().orElse(null);
        if (tunnel == null || before == null || present == null) {
            // It carries by now, or is gone.
            return;
        }
        IpFamily family = present.address().family();
        List<Endpoint> means = seen.endpoints().stream()
                .distinct()
                // Sorting is stable: in each family the name server's own order.
                .sorted(Comparator.comparing(to -> to.address().family() != family))
                .toList();
        String said = said(seen, means, present);
        // What has no name has none in 15 s either.
        long next = seen.name().isEmpty() ? before.askedAt() + AGAIN_MOST : before.nextAt();
        draft.put(id, before.told(means, said, next));
        if (tunnel.standing().open() && draft.incident.isPresent() && !said.equals(before.said())) {
            draft.note(NoteKind.SEEN, id, said);
        }
        if (inTrouble(tunnel) && new Resolving(draft, repairs).isElsewhere(id)) {
            draft.opening = id + ": " + said;
            boolean oldWay =
                    tunnel.standing().damaged().map(Damage::oldWayDelivers).orElse(false);
            repairs.evidence(id, Sign.NAME_CHANGED, Evidence.NAME_CHANGED, oldWay, said);
        }
    }

    private static String said(NameSeen seen, List<Endpoint> means, Endpoint present) {
        if (means.isEmpty()) {
            return seen.name().map(name -> name + ": " + seen.why()).orElse(seen.why());
        }
        String name = seen.name().orElse("");
        return means.equals(List.of(present))
                ? name + " still means " + present
                : name + " means " + means.stream().map(Endpoint::toString).collect(Collectors.joining(", "));
    }
}
