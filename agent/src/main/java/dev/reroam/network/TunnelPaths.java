package dev.reroam.network;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.PathQuestion;
import dev.reroam.loop.Alarm;
import dev.reroam.recovery.HostRoute;
import dev.reroam.recovery.Observation.PathAnswer;
import dev.reroam.recovery.Path;
import dev.reroam.recovery.TunnelId;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** Which way each tunnel's packets go, and which of them go another way than was last told. Confined to the agent's loop. */
final class TunnelPaths implements AutoCloseable {

    /** Ours: at some 10 microseconds a question a turn stays below the 5 ms that a turn may take. */
    private static final int QUESTIONS_PER_TURN = 200;

    private final PathOracle oracle;
    private final Consumer<List<PathAnswer>> listener;
    private final Alarm nextQuestions;
    private Map<TunnelId, PathQuestion> questions = Map.of();
    private final Map<TunnelId, Path> told = new HashMap<>();
    // What a sweep of many tunnels still has to ask; null when none is under way.
    private @Nullable Iterator<Map.Entry<TunnelId, PathQuestion>> remaining;
    // A thousand questions may be refused at each sweep.
    private final Troubles unanswered = new Troubles(why -> Logger.warn("no answer to which way {}", why));
    private boolean closed;

    /**
     * @param listener gets the paths that differ from what was last told, none too, after each turn of asking
     */
    TunnelPaths(EventLoop loop, Clock clock, PathOracle oracle, Consumer<List<PathAnswer>> listener) {
        this.oracle = oracle;
        this.listener = listener;
        this.nextQuestions = new Alarm(loop, clock, this::askSome);
    }

    /**
     * Follows these tunnels from now on, asked in this order; asks nothing yet.
     *
     * @return whether any question is another one than before
     */
    boolean follow(Map<TunnelId, PathQuestion> tunnels) {
        boolean same = tunnels.equals(questions);
        if (!same) {
            told.keySet()
                    .removeIf(tunnel ->
                            !tunnels.containsKey(tunnel) || !tunnels.get(tunnel).equals(questions.get(tunnel)));
        }
        // The order counts too: it is who is asked first.
        questions = new LinkedHashMap<>(tunnels);
        return !same;
    }

    /** Whether some are still to be asked. */
    boolean isUnderWay() {
        return remaining != null;
    }

    /** Asks every path, from the first on. */
    void askAll() {
        ask(questions.entrySet().iterator());
    }

    /** Asks the paths of which nothing was told. */
    void askUntold() {
        ask(questions.entrySet().stream()
                .filter(question -> !told.containsKey(question.getKey()))
                .iterator());
    }

    private void ask(Iterator<Map.Entry<TunnelId, PathQuestion>> whom) {
        remaining = whom;
        askSome();
    }

    private void askSome() {
        if (closed || remaining == null) {
            return;
        }
        var answers = new ArrayList<PathAnswer>();
        var memo = new HashMap<PathQuestion, Path>();
        for (int asked = 0; asked < QUESTIONS_PER_TURN && remaining.hasNext(); asked++) {
            var entry = remaining.next();
            var path = memo.get(entry.getValue());
            if (path == null) {
                path = answer(entry.getValue());
            }
            if (path != null) {
                memo.put(entry.getValue(), path);
                if (!path.equals(told.put(entry.getKey(), path))) {
                    answers.add(new PathAnswer(entry.getKey(), path));
                }
            }
        }
        if (remaining.hasNext()) {
            // A turn of the loop's, not only a task: what is heard meanwhile is read in between.
            nextQuestions.setWithin(0);
        } else {
            remaining = null;
        }
        listener.accept(answers);
    }

    /** The kernel's answer; null where it refused the question itself. */
    @Nullable
    Path answer(PathQuestion question) {
        try {
            return oracle.ask(question);
        } catch (NetlinkException | MalformedMessageException e) {
            unanswered.add(question.destination() + " would go: " + e.getMessage());
            return null;
        }
    }

    /** The host route that a tunnel's packets take; empty where they take another one, and where the kernel does not say. */
    Optional<HostRoute> hostRoute(TunnelId tunnel) {
        var question = questions.get(tunnel);
        try {
            return question == null ? Optional.empty() : oracle.hostRoute(question);
        } catch (NetlinkException | MalformedMessageException e) {
            unanswered.add(question.destination() + " goes, by which route: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** How many questions the kernel did not answer, since the start. */
    long unanswered() {
        return unanswered.count();
    }

    /** Asks nothing more; idempotent. */
    @Override
    public void close() {
        closed = true;
        nextQuestions.close();
    }
}
