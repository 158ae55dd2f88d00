package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether an uplink carries, by what servers answer over it. Immutable; instants are monotonic nanoseconds,
 * {@link PeerFacts#NEVER} before the first. What each state becomes is {@link #next}.
 *
 * @param since when it became what it is
 * @param heardAt when a server last answered
 * @param silent questions in a row that nobody answered
 * @param silentFrom when the first of them was asked
 * @param silentServers who was silent, of those that have answered before
 * @param voices servers that have answered over this uplink, the latest last
 * @param lossPerMille how many questions go unanswered while it carries, smoothed
 * @param relapses how often it died again soon after it came back
 * @param gateway what its gateway said when it was last asked
 */
public record UplinkHealth(
        State state,
        long since,
        long heardAt,
        int silent,
        long silentFrom,
        List<Endpoint> silentServers,
        List<Endpoint> voices,
        int lossPerMille,
        int relapses,
        Optional<GatewayWord> gateway) {

    /**
     * What the gateway itself said on its link.
     *
     * @param silent how often in a row it did not answer; 0 where it did
     * @param at when that was known
     * @param known it has answered before: one that never did is no witness
     */
    public record GatewayWord(int silent, long at, boolean known) {}

    /** One word for it. */
    public enum State {
        /** No server has answered yet: a lab, a company's network. Nothing follows from silence. */
        UNKNOWN,
        /** Servers answer. */
        ALIVE,
        /** A question went unanswered, or a tunnel over it went silent: it is asked hard. */
        SUSPECT,
        /** So many questions went unanswered that it is no chance. */
        DEAD,
        /** Answers come again; it is used once they have come for a while. */
        PROBATION
    }

    /** What may happen to it. */
    public enum Sign {
        /** A server answered. */
        ANSWERED,
        /** A question went unanswered. */
        SILENT,
        /** So many, to several servers or one and its gateway, that it is no chance. */
        CONDEMNED,
        /** A tunnel over it went silent. */
        DOUBTED,
        /** Answers have come for as long as was asked for. */
        HELD
    }

    /** Ours: the answers of more servers say no more. */
    private static final int MOST_VOICES = 8;
    /** Ours: chance explains so many unanswered questions less than once in a thousand million. */
    private static final long CHANCE = 1_000_000_000L;
    /** Ours: no line is better than one lost packet in 200, whatever the last hour said. */
    private static final int LEAST_LOSS = 5;
    /** Ours: as many as a run of hard questions has, so that it always comes to a verdict. */
    private static final int MOST_SILENT = 14;
    /** One dead server says nothing of an uplink. */
    private static final int LEAST_WITNESSES = 2;
    /** Of a gateway: each is two questions of the kernel's, and a link may fail for as long as that. */
    private static final int LEAST_SILENCES = 2;
    /** Ours: twice the time between two questions to an uplink on probation. */
    private static final long WORD_HOLDS = 10_000_000_000L;
    /** Ours: an answer weighs a sixteenth, so the last few minutes count. */
    private static final int SMOOTHING = 16;

    public UplinkHealth {
        silentServers = List.copyOf(silentServers);
        voices = List.copyOf(voices);
    }

    static final UplinkHealth NONE = new UplinkHealth(
            State.UNKNOWN,
            PeerFacts.NEVER,
            PeerFacts.NEVER,
            0,
            PeerFacts.NEVER,
            List.of(),
            List.of(),
            0,
            0,
            Optional.empty());

    /** The state table. */
    public static State next(State state, Sign sign) {
        return switch (sign) {
            case ANSWERED ->
                switch (state) {
                    case UNKNOWN, ALIVE, SUSPECT -> State.ALIVE;
                    case DEAD, PROBATION -> State.PROBATION;
                };
            case SILENT, DOUBTED ->
                switch (state) {
                    case UNKNOWN -> State.UNKNOWN;
                    case ALIVE, SUSPECT -> State.SUSPECT;
                    case DEAD -> State.DEAD;
                    case PROBATION -> State.PROBATION;
                };
            case CONDEMNED ->
                switch (state) {
                    case UNKNOWN -> State.UNKNOWN;
                    case ALIVE, SUSPECT, DEAD, PROBATION -> State.DEAD;
                };
            case HELD ->
                switch (state) {
                    case PROBATION -> State.ALIVE;
                    case UNKNOWN, ALIVE, SUSPECT, DEAD -> state;
                };
        };
    }

    /** The table as text, for the documentation. */
    public static String print() {
        var text = new StringBuilder(String.format(Locale.ROOT, "%-10s", "uplink"));
        for (Sign sign : Sign.values()) {
            text.append(String.format(Locale.ROOT, " %-10s", Ladder.word(sign)));
        }
        for (State state : State.values()) {
            text.append(String.format(Locale.ROOT, "%n%-10s", Ladder.word(state)));
            for (Sign sign : Sign.values()) {
                text.append(String.format(Locale.ROOT, " %-10s", Ladder.word(next(state, sign))));
            }
        }
        return text.toString().replaceAll(" +(\n|$)", "$1");
    }

    /** Packets may be sent this way without a second thought. */
    boolean usable() {
        return state != State.DEAD && state != State.SUSPECT;
    }

    UplinkHealth heard(Endpoint server, long now) {
        var known = new ArrayList<>(voices);
        known.remove(server);
        known.add(server);
        if (known.size() > MOST_VOICES) {
            known.removeFirst();
        }
        int loss = lossPerMille;
        // What was silent while it was dead says nothing of how much it loses.
        for (int i = 0; i < silent && state != State.DEAD; i++) {
            loss += (1_000 - loss) / SMOOTHING;
        }
        loss -= loss / SMOOTHING;
        return new UplinkHealth(state, since, now, 0, PeerFacts.NEVER, List.of(), known, loss, relapses, gateway)
                .on(Sign.ANSWERED, now);
    }

    /** A question went unanswered; whether that condemns it is asked by {@link #condemned}. */
    UplinkHealth unheard(Endpoint server, long askedAt, long now) {
        if (heardAt != PeerFacts.NEVER && askedAt <= heardAt) {
            // Another one was answered since: this one was lost.
            return this;
        }
        var servers = new ArrayList<>(silentServers);
        if (voices.contains(server) && !servers.contains(server)) {
            servers.add(server);
        }
        long from = silent == 0 ? askedAt : Math.min(silentFrom, askedAt);
        return new UplinkHealth(
                        state, since, heardAt, silent + 1, from, servers, voices, lossPerMille, relapses, gateway)
                .on(Sign.SILENT, now);
    }

    /**
     * Whether chance, or one server alone, no longer explains the silence. A gateway that has not answered either is a witness
     * as good as another server.
     */
    boolean condemned(long now) {
        int witnesses = silentServers.size() + (gatewaySilent(now) ? 1 : 0);
        return silent >= enough(lossPerMille) && !silentServers.isEmpty() && witnesses >= LEAST_WITNESSES;
    }

    /** Whether its gateway, which has answered before, has said nothing twice in a row, and lately. */
    boolean gatewaySilent(long now) {
        return gateway.filter(word -> word.known() && word.silent() >= LEAST_SILENCES && now - word.at() < WORD_HOLDS)
                .isPresent();
    }

    UplinkHealth gatewaySaid(boolean answers, long now) {
        return new UplinkHealth(
                state,
                since,
                heardAt,
                silent,
                silentFrom,
                silentServers,
                voices,
                lossPerMille,
                relapses,
                Optional.of(new GatewayWord(
                        answers ? 0 : gateway.map(GatewayWord::silent).orElse(0) + 1,
                        now,
                        answers || gateway.map(GatewayWord::known).orElse(false))));
    }

    /** Whether so many questions in a row went unanswered that it was no chance, whoever was asked. */
    boolean wasSilent() {
        return state == State.DEAD || silent >= enough(lossPerMille);
    }

    /** Unanswered questions in a row that are no chance at this loss. */
    static int enough(int lossPerMille) {
        long left = CHANCE;
        int questions = 0;
        while (left > 1 && questions < MOST_SILENT) {
            left = left * Math.max(LEAST_LOSS, lossPerMille) / 1_000;
            questions++;
        }
        return questions;
    }

    /** How long answers must come before it is used again; doubles with each relapse. */
    long probation(RecoveryConfig config) {
        return config.probation() << relapses;
    }

    UplinkHealth on(Sign sign, long now) {
        State next = next(state, sign);
        if (next == state) {
            return this;
        }
        int fell = relapses;
        if (state == State.PROBATION && next == State.DEAD) {
            fell = Math.min(relapses + 1, RecoveryConfig.MOST_RELAPSES);
        } else if (state == State.ALIVE && now - since >= RecoveryConfig.RELAPSE_WITHIN) {
            fell = 0;
        }
        return new UplinkHealth(
                next, now, heardAt, silent, silentFrom, silentServers, voices, lossPerMille, fell, gateway);
    }
}
