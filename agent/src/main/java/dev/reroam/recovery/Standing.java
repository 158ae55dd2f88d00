package dev.reroam.recovery;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Where a tunnel stands. Immutable; what each may become is {@link Transitions}. Instants are monotonic nanoseconds. */
public sealed interface Standing {

    /** Since when. */
    long since();

    /** Nothing is wrong as far as is known. */
    record Resting(long since) implements Standing {}

    /** Refreshed after a change, and nothing was sent since that would be answered: unproved, and left alone. */
    record Quiet(long since, Damage damage) implements Standing {}

    /**
     * The path flaps and the one before still works: the change is followed later.
     *
     * @param using interfaces by which the tunnel may leave still: several where nothing has fixed its source, so that what it
     *     sent went wherever the path led just then
     * @param damage present when the tunnel was not proved before either
     */
    record Held(long since, Set<Integer> using, long until, Optional<Damage> damage) implements Standing {
        public Held {
            // In order: it is recorded, and another process must find the same text.
            using = Collections.unmodifiableSet(new TreeSet<>(using));
        }
    }

    /** A rung runs, or is about to. */
    record Repairing(Damage damage, Attempt attempt) implements Standing {
        @Override
        public long since() {
            return damage.since();
        }

        Repairing with(Attempt next) {
            return new Repairing(damage, next);
        }
    }

    /**
     * No rung can help: there is no way out, or only through an interface that is down. It waits.
     *
     * @param lastWay the last path that was one
     * @param parked it waits so long already that the incident goes on without it
     * @param steerFrom when another way out is looked for; {@link Attempt#NONE} where none is, until one shows itself
     */
    record Stranded(long since, Damage damage, Optional<Path> lastWay, String why, boolean parked, long steerFrom)
            implements Standing {
        Stranded park() {
            return new Stranded(since, damage, lastWay, why, true, steerFrom);
        }

        Stranded steerFrom(long at) {
            return new Stranded(since, damage, lastWay, why, parked, at);
        }

        Stranded because(String more) {
            return new Stranded(since, damage, lastWay, why + "; " + more, parked, steerFrom);
        }
    }

    /** No more rungs; the incident goes on without it. A later proof ends this by itself. */
    record GivenUp(long since, Damage damage, Verdict verdict, String why) implements Standing {}

    /** Why a tunnel was given up. */
    enum Verdict {
        /** The far side must move first. */
        WAITING_FOR_PEER,
        /** A person must look; the text says at what. */
        NEEDS_PERSON,
        /** We may or can only watch. */
        ONLY_OBSERVED
    }

    /** The kinds of standing, as the rows of {@link Transitions}. */
    enum Kind {
        RESTING,
        QUIET,
        HELD,
        REPAIRING,
        STRANDED,
        GIVEN_UP
    }

    /** Which of them this is. */
    default Kind kind() {
        return switch (this) {
            case Resting resting -> Kind.RESTING;
            case Quiet quiet -> Kind.QUIET;
            case Held held -> Kind.HELD;
            case Repairing repairing -> Kind.REPAIRING;
            case Stranded stranded -> Kind.STRANDED;
            case GivenUp givenUp -> Kind.GIVEN_UP;
        };
    }

    /** What is wrong with it; empty where nothing is. */
    default Optional<Damage> damaged() {
        return switch (this) {
            case Resting resting -> Optional.empty();
            case Quiet quiet -> Optional.of(quiet.damage());
            case Held held -> held.damage();
            case Repairing repairing -> Optional.of(repairing.damage());
            case Stranded stranded -> Optional.of(stranded.damage());
            case GivenUp givenUp -> Optional.of(givenUp.damage());
        };
    }

    /** Whether the incident has to stay open for it. */
    default boolean open() {
        return switch (this) {
            case Resting resting -> false;
            case Quiet quiet -> false;
            case Held held -> true;
            case Repairing repairing -> true;
            case Stranded stranded -> !stranded.parked();
            case GivenUp givenUp -> false;
        };
    }
}
