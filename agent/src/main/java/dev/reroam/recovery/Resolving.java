package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Standing.GivenUp;
import dev.reroam.recovery.Standing.Repairing;
import java.util.List;
import java.util.Optional;

/**
 * Sends tunnels to where the names of their endpoints say that the far side is, one address after the other. Works on a
 * {@link Draft}.
 *
 * <p>Without proof the former address comes back only where the name still gives it: else it is nobody's any more, and
 * WireGuard's own retries go where the far side will be once it is up. Nothing of it is in the ledger: where a peer is, is
 * what WireGuard itself writes anew with each packet that it believes, and what is set here is what the owner's configuration
 * says.
 */
final class Resolving {

    private final Draft draft;
    private final Repairs repairs;

    Resolving(Draft draft, Repairs repairs) {
        this.draft = draft;
        this.repairs = repairs;
    }

    /** Whether a tunnel has just been sent to another address of its name. */
    static boolean onTrial(TunnelState tunnel) {
        return tunnel.standing() instanceof Repairing repairing
                && repairing.attempt().rung() == Rung.RESOLVE;
    }

    /** Whether the far side is said to be where the tunnel does not look for it. */
    boolean isElsewhere(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        Named named = draft.named().get(id);
        return tunnel != null
                && named != null
                && mayHelp(id)
                && (tunnel.path().orElse(null) instanceof Path.None
                        || tunnel.facts()
                                .endpoint()
                                .filter(named.means()::contains)
                                .isEmpty());
    }

    /** What was last said of the name; empty where nobody asked or answered. */
    String said(TunnelId id) {
        Named named = draft.named().get(id);
        return named == null ? "" : named.said();
    }

    /** Whether the name has another address that was not tried. */
    boolean mayHelp(TunnelId id) {
        return next(id).isPresent();
    }

    private Optional<Endpoint> next(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        Named named = draft.named().get(id);
        return tunnel == null || named == null
                ? Optional.empty()
                : named.means().stream()
                        .filter(to -> !named.tried().contains(to))
                        .filter(to -> tunnel.facts()
                                .endpoint()
                                .filter(present -> !present.equals(to) && leads(tunnel, present, to))
                                .isPresent())
                        .findFirst();
    }

    /** Whether a way leads to an endpoint, as far as that is known. */
    private boolean leads(TunnelState tunnel, Endpoint present, Endpoint to) {
        IpFamily family = to.address().family();
        return family == present.address().family()
                ? tunnel.path().orElse(null) instanceof Path.Via
                : draft.ways.stream()
                        .anyMatch(way -> way.family() == family && !draft.dead.contains(way.interfaceIndex()));
    }

    /** Begins for those that the name has another address for. */
    void begin(List<TunnelId> failed) {
        failed.forEach(this::tryNext);
    }

    /**
     * A rung failed. Where it was this one, the next address is tried.
     *
     * @return whether that is dealt with; else the ladder goes on
     */
    boolean failed(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        return tunnel != null && onTrial(tunnel) && tryNext(id);
    }

    /** Sends a tunnel that is under repair to the next address; false where there is none. */
    boolean tryNext(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        DeviceState device = draft.device(id.device());
        Named named = draft.named().get(id);
        Optional<Endpoint> next = next(id);
        if (tunnel == null
                || device == null
                || named == null
                || next.isEmpty()
                || !(tunnel.standing() instanceof Repairing repairing)) {
            return false;
        }
        Endpoint present = tunnel.facts().endpoint().orElseThrow();
        long repair = draft.repairNumber();
        draft.put(id, named.trying(present, next.get()));
        draft.put(id, tunnel.with(repairing.with(Attempt.begun(Rung.RESOLVE, repair, draft.now))));
        draft.incident = draft.incident.map(open -> open.trying(id.device(), Rung.RESOLVE));
        draft.note(NoteKind.STEP, id, "resolve: from " + present + " to " + next.get());
        draft.act(new Action.SetEndpoint(repair, device.facts(), id.peer(), present, next.get()));
        repairs.readSoon(device);
        return true;
    }

    /** No more rungs for this tunnel: it stays where its name says that the far side is. */
    void givenUp(TunnelId id) {
        TunnelState tunnel = draft.tunnel(id);
        DeviceState device = draft.device(id.device());
        Named named = draft.named().get(id);
        if (tunnel == null || device == null) {
            return;
        }
        Endpoint present = tunnel.facts().endpoint().orElse(null);
        if (named != null && present != null && named.former().isPresent()) {
            Endpoint former = named.former().get();
            Endpoint home = named.means().contains(former)
                    ? former
                    : named.means().stream()
                            .filter(to -> to.equals(present) || leads(tunnel, present, to))
                            .findFirst()
                            .orElse(present);
            draft.put(id, named.settled());
            // One that is elsewhere by now was heard from there.
            if (!home.equals(present) && named.tried().contains(present) && !draft.observed(device)) {
                draft.note(NoteKind.STEP, id, "no address was proved: back to " + home);
                draft.act(new Action.SetEndpoint(draft.repairNumber(), device.facts(), id.peer(), present, home));
            }
        }
        new NameSigns(draft, repairs).ask(id);
    }

    /** Whether an address that ACT was asked to set is still to be set. */
    boolean wants(Action.SetEndpoint asked) {
        TunnelState tunnel = draft.tunnel(new TunnelId(asked.device().name(), asked.key()));
        return tunnel != null && (tunnel.standing() instanceof Repairing || tunnel.standing() instanceof GivenUp);
    }
}
