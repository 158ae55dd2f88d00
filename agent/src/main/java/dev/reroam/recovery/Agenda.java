package dev.reroam.recovery;

import dev.reroam.recovery.Standing.GivenUp;
import dev.reroam.recovery.Standing.Held;
import dev.reroam.recovery.Standing.Quiet;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Resting;
import dev.reroam.recovery.Standing.Stranded;
import org.jspecify.annotations.Nullable;

/**
 * What is due when. Immutable. Kept along with each change, since most steps change one of a thousand tunnels and nothing
 * is due; it may then name an instant too early, never too late, and is made anew when that has come.
 *
 * @param next the earliest instant at which something is due, monotonic nanoseconds
 * @param decisions something waits that no instant decides: failed tunnels, a port on trial
 * @param open tunnels that keep the incident open
 */
public record Agenda(long next, boolean decisions, int open) {

    /** Nothing to do. */
    static final Agenda EMPTY = new Agenda(Attempt.NONE, false, 0);

    boolean due(long now) {
        return decisions || next <= now;
    }

    /** What all devices and tunnels want, exactly. */
    static Agenda of(Draft draft) {
        Agenda agenda = EMPTY;
        for (int d = 0; d < draft.devices().size(); d++) {
            agenda = agenda.with(draft.devices().valueAt(d));
        }
        for (int i = 0; i < draft.tunnels().size(); i++) {
            TunnelState tunnel = draft.tunnels().valueAt(i);
            if (tunnel.standing().open() || tunnel.suspicion().isPresent()) {
                agenda = agenda.with(
                        tunnel, draft.device(draft.tunnels().keyAt(i).device()), draft);
            }
        }
        for (int u = 0; u < draft.uplinks().size(); u++) {
            UplinkState uplink = draft.uplinks().valueAt(u);
            agenda = agenda.notLaterThan(Math.min(uplink.pendingUntil(), uplink.probationDue(draft.config)));
        }
        for (Steered steered : draft.steered().values()) {
            long returns = steered.since() + draft.config.probation();
            agenda = returns > draft.now ? agenda.notLaterThan(returns) : agenda;
        }
        for (Named named : draft.named().values()) {
            // One whose time is over waits for the end of a repair.
            agenda = named.nextAt() > draft.now ? agenda.notLaterThan(named.nextAt()) : agenda;
        }
        return agenda;
    }

    Agenda with(DeviceState device) {
        long wanted = Math.min(device.readNext(), device.clear() ? device.refreshFrom() : Attempt.NONE);
        return earlier(wanted, device.trial().isPresent(), open);
    }

    Agenda with(TunnelState tunnel, @Nullable DeviceState device, Draft draft) {
        return switch (tunnel.standing()) {
            case Resting resting ->
                earlier(tunnel.suspicion().map(Suspicion::nextAt).orElse(Attempt.NONE), false, open);
            case Quiet quiet -> this;
            case GivenUp givenUp -> this;
            case Stranded stranded ->
                stranded.parked()
                        ? earlier(stranded.steerFrom(), false, open)
                        : earlier(
                                Math.min(stranded.since() + draft.config.strandedFor(), stranded.steerFrom()),
                                false,
                                open + 1);
            case Held held -> earlier(held.until(), false, open + 1);
            case Repairing repairing -> {
                Attempt attempt = repairing.attempt();
                long wanted = Math.min(
                        Math.min(attempt.echoAt(), Proving.bound(tunnel, attempt, draft)),
                        Forgetting.dueAt(tunnel, repairing, draft.config));
                if (attempt.refreshAt() != Attempt.NONE && device != null) {
                    wanted = Math.min(wanted, Math.max(attempt.refreshAt(), device.refreshFrom()));
                }
                yield earlier(wanted, attempt.failed(), open + 1);
            }
        };
    }

    Agenda notLaterThan(long instant) {
        return earlier(instant, false, open);
    }

    /** One tunnel less, or as it was before a change. */
    Agenda without(@Nullable TunnelState tunnel) {
        return tunnel == null || !tunnel.standing().open() ? this : new Agenda(next, decisions, open - 1);
    }

    private Agenda earlier(long wanted, boolean decision, int nowOpen) {
        return wanted >= next && (decisions || !decision) && nowOpen == open
                ? this
                : new Agenda(Math.min(next, wanted), decisions || decision, nowOpen);
    }

    /** Whether a tunnel of this device keeps the incident open. */
    static boolean anyOpen(Draft draft, String device) {
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            if (all.valueAt(i).standing().open() && all.keyAt(i).device().equals(device)) {
                return true;
            }
        }
        return false;
    }
}
