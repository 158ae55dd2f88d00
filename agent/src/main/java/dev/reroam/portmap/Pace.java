package dev.reroam.portmap;

import dev.reroam.portmap.Port.Haste;
import java.util.concurrent.TimeUnit;

/** How long is waited before a gateway is asked again? In nanoseconds, without the jitter. */
final class Pace {

    /** RFC 6886 section 3.3 recommends 7200 s; PCP servers and UPnP devices take it too. */
    static final long LIFETIME_SECONDS = 7200;

    /**
     * Renewals of leases too short to keep up with begin at this distance and double; RFC 6887 section 11.2.1 allows 4 s.
     */
    static final long RENEWAL_FLOOR = TimeUnit.SECONDS.toNanos(10);

    static final long RENEWAL_CEILING = TimeUnit.MINUTES.toNanos(5);

    /** Of renewals, retries and probes. */
    static final int JITTER_PERCENT = 10;

    /** After silence, doubled each time. */
    static final long RETRY_FLOOR = TimeUnit.SECONDS.toNanos(10);

    static final long RETRY_CEILING = TimeUnit.MINUTES.toNanos(10);

    /**
     * After so many questions in a row that came to nothing, within a minute, the next ones go out once each, and nothing but
     * probes looks for what answers no more.
     */
    static final int FUTILE = 3;

    /**
     * Where nothing answered. One question in each protocol then: 5 packets, which with those of the sentinel stay below the
     * 12 a minute that an uplink may cost.
     */
    static final long PROBE_FLOOR = TimeUnit.SECONDS.toNanos(70);

    static final long REFUSAL_FLOOR = TimeUnit.SECONDS.toNanos(30);
    static final long REFUSAL_CEILING = TimeUnit.MINUTES.toNanos(30);

    private Pace() {}

    /** Half of a lease; 0 seconds are for ever. */
    static long renewal(long leaseSeconds) {
        // What is granted for longer than asked, or for ever, is renewed as if it were not: that is how we notice that
        // a
        // gateway forgot which does not announce it.
        long kept = leaseSeconds == 0 ? LIFETIME_SECONDS : Math.min(leaseSeconds, LIFETIME_SECONDS);
        return TimeUnit.SECONDS.toNanos(kept) / 2;
    }

    /** When a port may be renewed whose lease asks for it after {@code renewal}. */
    static Haste haste(Haste before, long renewal, long now) {
        if (renewal >= RENEWAL_FLOOR) {
            return Haste.NONE;
        }
        int renewals = Math.min(before.renewals() + 1, 10);
        return new Haste(renewals, now + Math.min(RENEWAL_CEILING, RENEWAL_FLOOR << (renewals - 1)));
    }

    /**
     * Longer each time, but a mapping that still holds is not let run out meanwhile: in the end it is asked for as often as
     * one that is not there.
     *
     * @param failures with the one that it is waited after
     */
    static long retry(Port port, int failures, long now) {
        long wait = Math.min(RETRY_CEILING, RETRY_FLOOR << Math.min(failures - 1, 10));
        if (port.mapping().isPresent()) {
            long left = port.mapping().get().expiresAt() - now;
            return Math.clamp(left / 2, Math.min(wait, PROBE_FLOOR), wait);
        }
        return wait;
    }

    /**
     * Each of the protocols has its say in a round, so two refusals double once.
     *
     * @param failures before
     * @param againAfter for how long the gateway will say the same
     */
    static long refusal(int failures, long againAfter) {
        long wait = Math.min(REFUSAL_CEILING, REFUSAL_FLOOR << Math.min(failures / 2, 10));
        return Math.max(wait, againAfter);
    }

    /** @param probes before */
    static long probe(int probes) {
        return Math.min(RETRY_CEILING, PROBE_FLOOR << Math.min(probes, 10));
    }
}
