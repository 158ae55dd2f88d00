package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.TunnelState.Flap;
import java.util.Optional;

/**
 * What is remembered of one uplink that was seen from outside. Immutable; instants are monotonic nanoseconds.
 *
 * @param seen how a server last saw it; empty while only its gateway spoke
 * @param followed the address that tunnels were last repaired for, or the first one
 * @param toldAt when it was last told of
 * @param flap how often it changed lately
 * @param announced its gateway said that it is another one, and no server has seen that yet
 * @param pending a change that is followed later
 * @param stuckAt when the NAT was last found to hold on to a dead mapping; {@link PeerFacts#NEVER} when it was not
 * @param askedAt when questions over it were last asked for; {@link PeerFacts#NEVER} before
 * @param health whether it carries
 */
public record UplinkState(
        Optional<Endpoint> seen,
        Optional<IpAddress> followed,
        long toldAt,
        Flap flap,
        boolean announced,
        Optional<Pending> pending,
        long stuckAt,
        long askedAt,
        UplinkHealth health) {

    /**
     * A change that is followed when it has held.
     *
     * @param forgotten mappings are lost, so that an address that came back does not undo it
     */
    public record Pending(String what, boolean forgotten, long until) {}

    static final UplinkState NONE = new UplinkState(
            Optional.empty(),
            Optional.empty(),
            PeerFacts.NEVER,
            Flap.NONE,
            false,
            Optional.empty(),
            PeerFacts.NEVER,
            PeerFacts.NEVER,
            UplinkHealth.NONE);

    /** {@link Attempt#NONE} where nothing is pending. */
    long pendingUntil() {
        return pending.map(Pending::until).orElse(Attempt.NONE);
    }

    /** When one that came back is to be asked again; {@link Attempt#NONE} for one that did not. */
    long probationDue(RecoveryConfig config) {
        if (health.state() != UplinkHealth.State.PROBATION) {
            return Attempt.NONE;
        }
        return askedAt == PeerFacts.NEVER ? health.since() : askedAt + config.probationEvery();
    }

    /** Whether the world sees it again as it did when tunnels were last repaired for it. */
    boolean isBack() {
        return seen.map(Endpoint::address).equals(followed)
                && !pending.map(Pending::forgotten).orElse(false);
    }

    UplinkState told(Optional<Endpoint> next, boolean stuck, long now) {
        return new UplinkState(
                next,
                followed.or(() -> next.map(Endpoint::address)),
                now,
                flap,
                announced,
                pending,
                stuck ? now : stuckAt,
                askedAt,
                health);
    }

    UplinkState withFlap(Flap next, boolean byGateway) {
        return new UplinkState(seen, followed, toldAt, next, byGateway, pending, stuckAt, askedAt, health);
    }

    UplinkState held(String what, boolean forgotten, long until) {
        boolean lost = forgotten || pending.map(Pending::forgotten).orElse(false);
        return new UplinkState(
                seen,
                followed,
                toldAt,
                flap,
                announced,
                Optional.of(new Pending(what, lost, until)),
                stuckAt,
                askedAt,
                health);
    }

    /** Nothing waits any more: what is seen is what the tunnels were repaired for. */
    UplinkState settled() {
        Optional<IpAddress> now = seen.map(Endpoint::address).or(() -> followed);
        return new UplinkState(seen, now, toldAt, flap, announced, Optional.empty(), stuckAt, askedAt, health);
    }

    UplinkState asked(long now) {
        return new UplinkState(seen, followed, toldAt, flap, announced, pending, stuckAt, now, health);
    }

    UplinkState with(UplinkHealth next, long now) {
        return new UplinkState(seen, followed, now, flap, announced, pending, stuckAt, askedAt, next);
    }
}
