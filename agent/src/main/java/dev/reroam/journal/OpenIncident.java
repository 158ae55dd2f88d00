package dev.reroam.journal;

import dev.reroam.journal.IncidentStory.Outage;
import dev.reroam.journal.IncidentStory.State;
import dev.reroam.journal.IncidentStory.Told;
import dev.reroam.recovery.Action.Note;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Standing;
import dev.reroam.recovery.Standing.Verdict;
import dev.reroam.recovery.TunnelId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** An incident while it goes on, and after its end for what is proved late. Confined to the agent loop. */
final class OpenIncident {

    // Ours: the beginning tells what happened, the end how it stands; a day of flapping in between is a number.
    static final int FIRST_NOTES = 192;
    static final int LAST_NOTES = 64;
    static final int OUTAGES = 256;
    static final int WORDS = 300;

    private final long id;
    private final long openedAt;
    private final long openedMillis;
    private final String cause;
    private final List<Told> first = new ArrayList<>();
    private final ArrayDeque<Told> last = new ArrayDeque<>();
    private final List<Outage> outages = new ArrayList<>();
    private final Map<TunnelId, Verdict> givenUp = new HashMap<>();
    private OptionalLong closedAt = OptionalLong.empty();
    private int notesLeftOut;
    private int outagesLeftOut;

    OpenIncident(long id, long openedAt, long openedMillis, String cause) {
        this.id = id;
        this.openedAt = openedAt;
        this.openedMillis = openedMillis;
        this.cause = shortened(cause);
    }

    long id() {
        return id;
    }

    boolean closed() {
        return closedAt.isPresent();
    }

    /** Takes a note of this incident, with the brain's states around the step that made it. */
    void take(Note note, long now, RecoveryState before, RecoveryState after) {
        tell(new Told(now - openedAt, note.kind(), note.tunnel(), shortened(note.what())));
        switch (note.kind()) {
            case AFFECTED ->
                note.tunnel().ifPresent(tunnel -> {
                    givenUp.remove(tunnel);
                    if (outageOf(tunnel) < 0) {
                        add(new Outage(tunnel, since(after, tunnel).orElse(now) - openedAt, OptionalLong.empty()));
                    }
                });
            case PROVED ->
                note.tunnel().ifPresent(tunnel -> {
                    givenUp.remove(tunnel);
                    ended(tunnel, now, before);
                });
            case GAVE_UP ->
                note.tunnel().ifPresent(tunnel -> {
                    if (standing(after, tunnel).orElse(null) instanceof Standing.GivenUp given) {
                        givenUp.put(tunnel, given.verdict());
                    }
                });
            case CLOSED -> closedAt = OptionalLong.of(now);
            case OPENED, SEEN, STEP, SKIPPED, OUTCOME -> {}
        }
    }

    IncidentStory story() {
        var timeline = new ArrayList<>(first);
        timeline.addAll(last);
        return new IncidentStory(
                id,
                openedMillis,
                cause,
                state(),
                closedAt.isPresent() ? OptionalLong.of(closedAt.getAsLong() - openedAt) : OptionalLong.empty(),
                timeline,
                notesLeftOut,
                outages,
                outagesLeftOut);
    }

    private State state() {
        if (closedAt.isEmpty()) {
            return State.OPEN;
        }
        var verdicts = givenUp.values();
        if (verdicts.contains(Verdict.NEEDS_PERSON)) {
            return State.NEEDS_PERSON;
        } else if (verdicts.contains(Verdict.WAITING_FOR_PEER)) {
            return State.WAITING_FOR_PEER;
        } else if (verdicts.contains(Verdict.ONLY_OBSERVED)) {
            return State.ONLY_OBSERVED;
        }
        return outages.stream().allMatch(outage -> outage.toNanos().isPresent()) ? State.HEALED : State.QUIET;
    }

    private void tell(Told told) {
        if (first.size() < FIRST_NOTES) {
            first.add(told);
            return;
        }
        last.add(told);
        if (last.size() > LAST_NOTES) {
            last.remove();
            notesLeftOut++;
        }
    }

    private void ended(TunnelId tunnel, long now, RecoveryState before) {
        int open = outageOf(tunnel);
        // In a storm the brain names the first 20 affected tunnels only; the others it knew to be damaged before.
        long from = open >= 0
                ? outages.get(open).fromNanos()
                : since(before, tunnel).orElse(now) - openedAt;
        var outage = new Outage(tunnel, from, OptionalLong.of(now - openedAt));
        if (open >= 0) {
            outages.set(open, outage);
        } else {
            add(outage);
        }
    }

    private void add(Outage outage) {
        if (outages.size() < OUTAGES) {
            outages.add(outage);
        } else {
            outagesLeftOut++;
        }
    }

    private int outageOf(TunnelId tunnel) {
        for (int i = outages.size() - 1; i >= 0; i--) {
            if (outages.get(i).tunnel().equals(tunnel)) {
                return outages.get(i).toNanos().isEmpty() ? i : -1;
            }
        }
        return -1;
    }

    private static Optional<Standing> standing(RecoveryState state, TunnelId tunnel) {
        return Optional.ofNullable(state.tunnels().get(tunnel)).map(known -> known.standing());
    }

    private static Optional<Long> since(RecoveryState state, TunnelId tunnel) {
        return standing(state, tunnel).flatMap(Standing::damaged).map(damage -> damage.since());
    }

    private static String shortened(String words) {
        return words.length() <= WORDS ? words : words.substring(0, WORDS - 3) + "...";
    }
}
