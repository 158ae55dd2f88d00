package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Errno;
import dev.reroam.stun.Outcome.Answered;
import dev.reroam.stun.Outcome.Looped;
import dev.reroam.stun.Outcome.Refused;
import dev.reroam.stun.Outcome.Silent;
import dev.reroam.stun.Outcome.Unmoved;
import dev.reroam.stun.Outcome.Unsent;
import dev.reroam.stun.Outcome.Unusable;
import dev.reroam.stun.StunAttribute.UnknownAttributes;
import dev.reroam.stun.StunEffect.Finished;
import dev.reroam.stun.StunEffect.Send;
import dev.reroam.stun.StunEvent.Asked;
import dev.reroam.stun.StunEvent.Forgotten;
import dev.reroam.stun.StunEvent.Garbled;
import dev.reroam.stun.StunEvent.NotSent;
import dev.reroam.stun.StunEvent.Received;
import dev.reroam.stun.StunEvent.TimePassed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The questions that are open, and what was dropped (RFC 8489 section 6). Immutable; {@link #step} is pure.
 *
 * <pre>
 * event                                       question         then
 * asked                                       new              send, wait
 * due                                         requests left    send, wait twice as long
 * due                                         none left        finished: silent
 * success or error, id, socket, source right  open             finished: answered, refused or unusable
 * the same, from the asked instead of the     open             finished: unmoved; an error is refused all the same
 *   other address that was asked for
 * our own request, at the right socket        open, loops      finished: looped
 * not sent, for good                          open             finished: unsent
 * not sent, this time                         open             as if lost
 * forgotten                                   open             closed, nobody is told
 * anything else                               any              dropped, and counted by reason
 * </pre>
 *
 * @param open in the order of asking
 * @param closed the ids that were open last, the newest first, at most {@link #REMEMBERED}
 */
record Transactions(List<Open> open, List<TransactionId> closed, Map<Dropped, Long> dropped) {

    /** How many closed questions are known, to tell a late answer from a stray one. */
    static final int REMEMBERED = 64;

    /**
     * Refusals that say nothing of the next request, which is sent when it is due. EPERM: a masquerading kernel eats the first
     * packet of a flow whose way out has changed, and says so.
     */
    private static final Set<Errno> PASSING = Set.of(Errno.EPERM, Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM);

    /** Nothing asked yet. */
    static final Transactions NONE = new Transactions(List.of(), List.of(), Map.of());

    /**
     * A question without an answer so far.
     *
     * @param askedAt monotonic nanoseconds, as all times here
     * @param sent requests so far
     * @param dueAt when to send again or give up
     */
    record Open(Ask ask, long askedAt, int sent, long dueAt) {}

    /** What is now, and what is to be done. */
    record Step(Transactions state, List<StunEffect> effects) {
        Step {
            effects = List.copyOf(effects);
        }
    }

    Transactions {
        open = List.copyOf(open);
        closed = List.copyOf(closed);
    }

    /** When {@link TimePassed} is wanted at the latest; empty while nothing is open. */
    OptionalLong dueAt() {
        long first = open.isEmpty() ? 0 : open.getFirst().dueAt();
        for (Open one : open) {
            first = one.dueAt() - first < 0 ? one.dueAt() : first;
        }
        return open.isEmpty() ? OptionalLong.empty() : OptionalLong.of(first);
    }

    /**
     * What follows from an event.
     *
     * @throws IllegalArgumentException when something is asked under an id that is open
     */
    static Step step(Transactions state, StunEvent event, long now) {
        return switch (event) {
            case Asked(Ask ask) -> state.ask(ask, now);
            case Received received -> state.receive(received, now);
            case Garbled() -> state.drop(Dropped.MALFORMED);
            case TimePassed() -> state.timePassed(now);
            case NotSent(TransactionId id, Errno why) ->
                state.find(id)
                        .filter(one -> !PASSING.contains(why))
                        .map(one -> state.finish(one, new Unsent(why)))
                        .orElseGet(() -> new Step(state, List.of()));
            case Forgotten(TransactionId id) ->
                new Step(state.find(id).map(state::without).orElse(state), List.of());
        };
    }

    private Step ask(Ask ask, long now) {
        if (find(ask.id()).isPresent()) {
            throw new IllegalArgumentException("transaction id " + ask.id() + " is in use");
        }
        var more = new ArrayList<>(open);
        more.add(new Open(ask, now, 1, now + ask.schedule().waitAfter(1)));
        return new Step(new Transactions(more, closed, dropped), List.of(new Send(ask)));
    }

    private Step timePassed(long now) {
        var state = this;
        var effects = new ArrayList<StunEffect>();
        for (Open one : open) {
            if (one.dueAt() - now > 0) {
                continue;
            }
            if (one.sent() == one.ask().schedule().requests()) {
                state = state.without(one);
                effects.add(new Finished(one.ask(), new Silent(one.sent())));
                continue;
            }
            int sent = one.sent() + 1;
            // From now, not from when it was due: after a stall the requests must not come in a burst.
            long dueAt = now + one.ask().schedule().waitAfter(sent);
            var later = new ArrayList<>(state.open);
            later.set(later.indexOf(one), new Open(one.ask(), one.askedAt(), sent, dueAt));
            state = new Transactions(later, state.closed, dropped);
            effects.add(new Send(one.ask()));
        }
        return new Step(state, effects);
    }

    private Step receive(Received received, long now) {
        StunMessage message = received.message();
        if (message.method() != StunMessage.BINDING) {
            return drop(Dropped.NO_ANSWER);
        }
        return switch (message.messageClass()) {
            case INDICATION -> drop(Dropped.NO_ANSWER);
            case REQUEST ->
                find(message.id())
                        .filter(one -> one.ask().loops() && one.ask().answerAt() == received.socket())
                        .map(one -> finish(one, new Looped(received.from())))
                        .orElseGet(() -> drop(Dropped.NO_ANSWER));
            case SUCCESS, ERROR ->
                find(message.id())
                        .map(one -> answer(one, received, now))
                        .orElseGet(() -> drop(closed.contains(message.id()) ? Dropped.LATE : Dropped.UNKNOWN_ID));
        };
    }

    private Step answer(Open one, Received received, long now) {
        Ask ask = one.ask();
        if (received.socket() != ask.answerAt()) {
            return drop(Dropped.WRONG_PORT);
        }
        boolean asWanted = received.from().equals(ask.answerFrom());
        if (!asWanted && !received.from().equals(ask.server())) {
            return drop(Dropped.WRONG_SOURCE);
        }
        return finish(one, outcome(one, received, asWanted, now));
    }

    private static Outcome outcome(Open one, Received received, boolean asWanted, long now) {
        StunMessage message = received.message();
        if (!message.notUnderstood().isEmpty()) {
            return new Unusable(message.notUnderstood());
        }
        if (message.messageClass() == MessageClass.ERROR) {
            return message.error()
                    .<Outcome>map(error -> new Refused(
                            error.code(),
                            error.reason(),
                            message.first(UnknownAttributes.class)
                                    .map(UnknownAttributes::types)
                                    .orElse(List.of())))
                    .orElseGet(() -> new Unusable(List.of()));
        }
        if (!asWanted) {
            return new Unmoved(received.from());
        }
        Optional<Endpoint> mapped = message.mapped();
        return mapped.isPresent()
                ? new Answered(mapped.get(), received.from(), message, now - one.askedAt(), one.sent())
                : new Unusable(List.of());
    }

    private Step finish(Open one, Outcome outcome) {
        return new Step(without(one), List.of(new Finished(one.ask(), outcome)));
    }

    private Transactions without(Open one) {
        var left = new ArrayList<>(open);
        left.remove(one);
        var known = new ArrayList<TransactionId>();
        known.add(one.ask().id());
        known.addAll(closed.subList(0, Math.min(closed.size(), REMEMBERED - 1)));
        return new Transactions(left, known, dropped);
    }

    private Step drop(Dropped why) {
        var counts = new EnumMap<Dropped, Long>(Dropped.class);
        counts.putAll(dropped);
        counts.merge(why, 1L, Long::sum);
        return new Step(new Transactions(open, closed, Collections.unmodifiableMap(counts)), List.of());
    }

    private Optional<Open> find(TransactionId id) {
        return open.stream().filter(one -> one.ask().id().equals(id)).findFirst();
    }
}
