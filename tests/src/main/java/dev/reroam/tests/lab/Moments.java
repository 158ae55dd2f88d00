package dev.reroam.tests.lab;

/**
 * When a fault did what. Immutable; nanoseconds of CLOCK_REALTIME.
 *
 * @param cutAt nothing sent from here on passes the old way; taken when the cut is done
 * @param shownAt just before the request that shows the router's kernel a change, which an agent can see
 * @param passableAt just before the request after which a fresh packet can pass
 */
public record Moments(long cutAt, long shownAt, long passableAt) {

    public Moments {
        if (passableAt < cutAt || shownAt < cutAt) {
            throw new IllegalArgumentException("a fault that is over before it begins");
        }
    }

    /** A fault that cuts unseen, and then shows the new way in one request. */
    static Moments of(long cutAt, long shownAt) {
        return new Moments(cutAt, shownAt, shownAt);
    }
}
