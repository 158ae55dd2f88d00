package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Errno;
import dev.reroam.stun.StunAttribute.Opaque;
import dev.reroam.stun.StunEffect.Finished;
import dev.reroam.stun.StunEffect.Send;
import dev.reroam.stun.StunEvent.Asked;
import dev.reroam.stun.StunEvent.Forgotten;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How large a packet gets to a server unfragmented: Binding requests of many sizes at once, from a socket that forbids to cut
 * them. Immutable; pure.
 *
 * <p>Needs nobody's cooperation but the server's answer, which is small, so only our direction is measured; and believes no
 * ICMP message, which may be forged, filtered, or about another packet. What makes a request long is an attribute that a
 * server must ignore (RFC 8489 section 14, comprehension-optional); RFC 5780's PADDING would have the answer padded too, and
 * ordinary servers refuse it. First come the sizes that lines have, some 15 KB; when one is answered, smaller ones are not
 * asked again. Then the sizes between the largest that passed and the smallest that did not, as close as eleven can be.
 *
 * @param sizes asked, each with whether it passed; empty as long as it is open
 * @param refined whether the second round began
 */
record MtuSearch(Plan plan, Transactions transactions, Map<TransactionId, Tried> sizes, boolean refined)
        implements Inquiry<MtuSearch> {

    /** An Ethernet frame's; jumbo frames do not leave a house. */
    static final int LARGEST = 1500;

    /** Three: a lost packet must not look like a small MTU. */
    static final int REQUESTS = 3;

    // Ethernet; PPPoE (RFC 2516); then 6in4, GRE and IPIP (20 and 24 less), WireGuard (1420 and, over PPPoE, 1412),
    // VPNs;
    // 1280 is IPv6's least (RFC 8200 section 5), 576 what every IPv4 host takes (RFC 791).
    private static final List<Integer> SIZES =
            List.of(1500, 1492, 1480, 1472, 1460, 1440, 1420, 1400, 1360, 1320, 1280, 1200, 1000, 576);

    /** Of the second round. */
    private static final int MOST_BETWEEN = 11;

    static final int IDS = SIZES.size() + 1 + MOST_BETWEEN;

    // RFC 8489 section 5: a message's length, and so every size here, is a multiple of 4.
    private static final int STEP = 4;
    private static final int UDP_HEADER = 8;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    // RFC 8489: the message's header, the attribute's, and FINGERPRINT.
    private static final int AROUND_THE_VALUE = 20 + 4 + 8;
    // RFC 8489 section 18.3: 0x8000-0xffff may be ignored; nobody has registered this one.
    private static final AttributeType FILLER = new AttributeType(0xbffe);

    /** A size, and whether it passed. */
    record Tried(int size, Result result) {}

    enum Result {
        OPEN,
        PASSED,
        LOST
    }

    /**
     * What is measured.
     *
     * @param largest in bytes with the IP header; at most {@link #LARGEST} counts
     * @param ids {@link #IDS} of them, all different and unguessable
     */
    record Plan(Endpoint server, int largest, Schedule schedule, List<TransactionId> ids) {
        Plan {
            ids = ids.stream().distinct().toList();
            largest = Math.min(largest, LARGEST) / STEP * STEP;
            if (ids.size() != IDS) {
                throw new IllegalArgumentException(ids.size() + " ids");
            }
        }

        private int overhead() {
            int header = server.address().family() == IpFamily.V4 ? IPV4_HEADER : IPV6_HEADER;
            return header + UDP_HEADER + AROUND_THE_VALUE;
        }
    }

    MtuSearch {
        sizes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(sizes));
    }

    /** Begins; finished at once where the largest size has no room for a request. */
    static Progress<MtuSearch> start(Plan plan, long now) {
        var sizes = Stream.concat(Stream.of(plan.largest()), SIZES.stream())
                .filter(size -> size <= plan.largest() && size >= plan.overhead())
                .distinct()
                .toList();
        return new MtuSearch(plan, Transactions.NONE, Map.of(), false).ask(sizes, now, List.of());
    }

    @Override
    public Progress<MtuSearch> after(StunEvent event, long now) {
        var step = take(event, now);
        var state = step.state();
        var found = state.found();
        boolean isNarrow = found.passed().isEmpty()
                || found.lost().isEmpty()
                || found.lost().getAsInt() - found.passed().getAsInt() <= STEP;
        if (!state.isFinished() || refined || isNarrow) {
            return step;
        }
        int above = found.passed().getAsInt();
        int below = found.lost().getAsInt();
        int spacing = ((below - above) / (MOST_BETWEEN + 1) + STEP - 1) / STEP * STEP;
        var between = IntStream.iterate(
                        above + Math.max(spacing, STEP), size -> size < below, size -> size + Math.max(spacing, STEP))
                .limit(MOST_BETWEEN)
                .boxed()
                .toList();
        return new MtuSearch(plan, state.transactions, state.sizes, true).ask(between, now, step.effects());
    }

    @Override
    public OptionalLong dueAt() {
        return transactions.dueAt();
    }

    @Override
    public boolean isFinished() {
        return transactions.open().isEmpty();
    }

    /** What is known by now. */
    PathMtu found() {
        int passed = sizes.values().stream()
                .filter(tried -> tried.result() == Result.PASSED)
                .mapToInt(Tried::size)
                .max()
                .orElse(0);
        OptionalInt lost = sizes.values().stream()
                .filter(tried -> tried.result() == Result.LOST && tried.size() > passed)
                .mapToInt(Tried::size)
                .min();
        return passed == 0 ? PathMtu.UNKNOWN : new PathMtu(OptionalInt.of(passed), lost);
    }

    private Progress<MtuSearch> ask(List<Integer> wanted, long now, List<Send> before) {
        var state = this;
        var sends = new ArrayList<>(before);
        int firstId = refined ? SIZES.size() + 1 : 0;
        for (int size : wanted) {
            var id = plan.ids().get(firstId + sends.size() - before.size());
            var filler = new Opaque(FILLER, Octets.of(new byte[size - plan.overhead()]));
            var ask = new Ask(id, 0, plan.server(), plan.server(), 0, false, List.of(filler), plan.schedule());
            var more = new LinkedHashMap<>(state.sizes);
            more.put(id, new Tried(size, Result.OPEN));
            var step = new MtuSearch(plan, state.transactions, more, state.refined).take(new Asked(ask), now);
            state = step.state();
            sends.addAll(step.effects());
        }
        return new Progress<>(state, sends);
    }

    private Progress<MtuSearch> take(StunEvent event, long now) {
        var step = Transactions.step(transactions, event, now);
        var state = new MtuSearch(plan, step.state(), sizes, refined);
        var sends = new ArrayList<Send>();
        for (StunEffect effect : step.effects()) {
            switch (effect) {
                case Send send -> sends.add(send);
                case Finished(Ask ask, Outcome outcome) -> state = state.finished(ask.id(), outcome, now);
            }
        }
        return new Progress<>(state, sends);
    }

    private MtuSearch finished(TransactionId id, Outcome outcome, long now) {
        boolean passed = switch (outcome) {
            // Whatever the server says of it, it has got the request.
            case Outcome.Answered a -> true;
            case Outcome.Refused r -> true;
            case Outcome.Unusable u -> true;
            case Outcome.Unmoved u -> true;
            case Outcome.Looped l -> false;
            case Outcome.Silent s -> false;
            case Outcome.Unsent u -> false;
        };
        var known = new LinkedHashMap<>(sizes);
        var tried = sizes.get(id);
        if (tried == null) {
            return this;
        }
        // Any other refusal of the kernel's is no matter of size: there is nothing to learn on this way.
        boolean says =
                !(outcome instanceof Outcome.Unsent unsent) || unsent.why().equals(Errno.EMSGSIZE);
        if (says) {
            known.put(id, new Tried(tried.size(), passed ? Result.PASSED : Result.LOST));
        } else {
            known.remove(id);
        }
        var open = transactions;
        if (passed) {
            for (Transactions.Open one : transactions.open()) {
                var smaller = known.get(one.ask().id());
                if (smaller != null && smaller.size() < tried.size()) {
                    open = Transactions.step(open, new Forgotten(one.ask().id()), now)
                            .state();
                }
            }
        }
        return new MtuSearch(plan, open, known, refined);
    }
}
