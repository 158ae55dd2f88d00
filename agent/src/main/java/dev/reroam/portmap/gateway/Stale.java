package dev.reroam.portmap.gateway;

import java.util.concurrent.TimeUnit;

/**
 * Answers that may still come to copies of a question that is answered already: a refusal among them does not say which
 * question it refuses, and must not be taken for the answer to the next. Immutable.
 *
 * @param answers how many may come
 * @param until monotonic nanoseconds; what has not come by then is lost
 */
public record Stale(int answers, long until) {

    /** None. */
    public static final Stale NONE = new Stale(0, 0);

    /** A gateway one hop away that takes longer is not waited for by anything of ours. */
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(4);

    /** After one answer to an exchange, or none. */
    public static Stale after(Exchange exchange, boolean answered, long now) {
        int left = exchange.tries() - (answered ? 1 : 0);
        return left == 0 ? NONE : new Stale(left, now + LONGEST);
    }

    /** Whether a refusal may be one of them. */
    public boolean mayBe(long now) {
        return answers > 0 && now < until;
    }

    /** One has come. If it was the answer to the next question after all, that is asked again anyway. */
    public Stale without() {
        return new Stale(answers - 1, until);
    }
}
