package dev.reroam;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.Link;
import dev.reroam.lookout.Lookout;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.tinylog.Logger;

/** Whether a tunnel's largest packets fit the uplink that it has come to. Confined to the agent's loop. */
final class OuterSizes {

    /** Ours: a thousand tunnels come to an uplink together, and a flapping one comes back. */
    private static final long EVERY = TimeUnit.MINUTES.toNanos(1);

    // UDP (8), WireGuard's header and tag (32), drivers/net/wireguard/messages.h MESSAGE_MINIMUM_LENGTH, and IP.
    private static final int OVER_V4 = 8 + 32 + 20;
    private static final int OVER_V6 = 8 + 32 + 40;

    private final Lookout lookout;
    private final Clock clock;
    private final IntFunction<Optional<Link>> links;
    private final boolean tellsAll;
    private final Consumer<Observation> brain;
    private final Map<Question, Asked> asked = new HashMap<>();

    /** How large may a packet be? */
    private record Question(Uplink uplink, int largest) {}

    /** Who has asked it lately, and what came of it: the same for all. */
    private static final class Asked {
        private final long at;
        private final List<Wish> waiting = new ArrayList<>();
        private OptionalInt passes = OptionalInt.empty();

        Asked(long at) {
            this.at = at;
        }
    }

    private record Wish(Action.MeasureMtu action, int mtu) {}

    /**
     * @param links by the kernel's number, now
     * @param tellsAll each tunnel is told for itself; else the first that comes to an uplink is, for all
     */
    OuterSizes(
            Lookout lookout,
            Clock clock,
            IntFunction<Optional<Link>> links,
            boolean tellsAll,
            Consumer<Observation> brain) {
        this.lookout = lookout;
        this.clock = clock;
        this.links = links;
        this.tellsAll = tellsAll;
        this.brain = brain;
    }

    void perform(Action.MeasureMtu action) {
        var way = action.way();
        var uplink = new Uplink(way.interfaceIndex(), way.interfaceName(), way.gateway(), way.source());
        var device = links.apply(action.interfaceIndex());
        var link = links.apply(way.interfaceIndex());
        long now = clock.monotonicNanos();
        asked.values().removeIf(one -> now - one.at >= EVERY);
        if (device.isEmpty() || link.isEmpty()) {
            return;
        }
        var wish = new Wish(action, action.former().orElse(device.get().mtu()));
        var question = new Question(uplink, wish.mtu() + (uplink.family() == IpFamily.V4 ? OVER_V4 : OVER_V6));
        var before = asked.get(question);
        if (before == null) {
            var one = new Asked(now);
            one.waiting.add(wish);
            asked.put(question, one);
            ask(question, link.get().mtu(), one);
        } else if (tellsAll && before.passes.isPresent()) {
            tell(question, before.passes.getAsInt(), wish);
        } else if (tellsAll) {
            before.waiting.add(wish);
        }
    }

    private void ask(Question question, int linkMtu, Asked one) {
        try {
            lookout.measureMtu(
                    question.uplink(),
                    Math.min(question.largest(), linkMtu),
                    found -> found.passed()
                            .ifPresentOrElse(
                                    passes -> {
                                        // Sizes are tried in steps; what is smaller by less than one was not tried.
                                        boolean fits = found.lost().isEmpty() && linkMtu >= question.largest();
                                        answered(question, one, fits ? question.largest() : passes);
                                    },
                                    () -> asked.remove(question, one)));
        } catch (LinuxException e) {
            asked.remove(question, one);
            Logger.debug("how large packets over {} may be is not known: {}", question.uplink(), e.getMessage());
        }
    }

    private void answered(Question question, Asked one, int passes) {
        one.passes = OptionalInt.of(passes);
        var waiting = List.copyOf(one.waiting);
        one.waiting.clear();
        waiting.forEach(wish -> tell(question, passes, wish));
    }

    private void tell(Question question, int passes, Wish wish) {
        if (passes < question.largest() || wish.action().former().isPresent()) {
            brain.accept(new Observation.MtuSeen(
                    wish.action().tunnel(),
                    wish.action().incident(),
                    wish.action().way(),
                    wish.mtu(),
                    question.largest(),
                    passes));
        }
    }
}
