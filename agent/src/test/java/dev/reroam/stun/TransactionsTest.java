package dev.reroam.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Errno;
import dev.reroam.stun.Outcome.Answered;
import dev.reroam.stun.Outcome.Looped;
import dev.reroam.stun.Outcome.Refused;
import dev.reroam.stun.Outcome.Silent;
import dev.reroam.stun.Outcome.Unmoved;
import dev.reroam.stun.Outcome.Unsent;
import dev.reroam.stun.Outcome.Unusable;
import dev.reroam.stun.StunAttribute.ChangeRequest;
import dev.reroam.stun.StunAttribute.ErrorCode;
import dev.reroam.stun.StunAttribute.MappedAddress;
import dev.reroam.stun.StunAttribute.Opaque;
import dev.reroam.stun.StunAttribute.UnknownAttributes;
import dev.reroam.stun.StunAttribute.XorMappedAddress;
import dev.reroam.stun.StunEffect.Finished;
import dev.reroam.stun.StunEffect.Send;
import dev.reroam.stun.StunEvent.Asked;
import dev.reroam.stun.StunEvent.Forgotten;
import dev.reroam.stun.StunEvent.Garbled;
import dev.reroam.stun.StunEvent.NotSent;
import dev.reroam.stun.StunEvent.Received;
import dev.reroam.stun.StunEvent.TimePassed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TransactionsTest {

    private static final long MS = 1_000_000;
    private static final Endpoint SERVER = Endpoint.parse("198.51.100.1:3478");
    private static final Endpoint OTHER = Endpoint.parse("198.51.100.2:3479");
    private static final Endpoint SEEN = Endpoint.parse("203.0.113.7:40000");
    private static final TransactionId ID = new TransactionId(1, 2);
    private static final int SOCKET = 7;

    private Transactions state = Transactions.NONE;
    private final List<StunEffect> effects = new ArrayList<>();

    private void step(StunEvent event, long now) {
        var step = Transactions.step(state, event, now);
        state = step.state();
        effects.addAll(step.effects());
    }

    private static Ask plain(Schedule schedule) {
        return Ask.plain(ID, SOCKET, SERVER, schedule);
    }

    private static StunMessage success(TransactionId id, StunAttribute... attributes) {
        return new StunMessage(MessageClass.SUCCESS, StunMessage.BINDING, id, List.of(attributes), false);
    }

    private static StunMessage error(StunAttribute... attributes) {
        return new StunMessage(MessageClass.ERROR, StunMessage.BINDING, ID, List.of(attributes), false);
    }

    private List<Outcome> outcomes() {
        return effects.stream()
                .filter(Finished.class::isInstance)
                .map(effect -> ((Finished) effect).outcome())
                .toList();
    }

    /** Runs time until nothing is open; the times of sending, in milliseconds after {@code start}. */
    private List<Long> sendTimes(long start) {
        var times = new ArrayList<Long>();
        step(new Asked(plain(Schedule.RFC_8489)), start);
        times.add(0L);
        while (state.dueAt().isPresent()) {
            long now = state.dueAt().getAsLong();
            int before = effects.size();
            step(new TimePassed(), now);
            effects.subList(before, effects.size()).forEach(effect -> {
                if (effect instanceof Send) {
                    times.add((now - start) / MS);
                } else {
                    times.add(-(now - start) / MS);
                }
            });
        }
        return times;
    }

    @Test
    void repeatsOnTheScheduleOfTheRfcAndThenGivesUp() {
        var expected = List.of(0L, 500L, 1500L, 3500L, 7500L, 15500L, 31500L, -39500L);
        assertEquals(expected, sendTimes(0));
        assertEquals(List.of(new Silent(7)), outcomes());
        assertEquals(39_500 * MS, Schedule.RFC_8489.givesUpAfterNanos());
        assertEquals(2_200 * MS, Schedule.PROBE.givesUpAfterNanos());
    }

    @Test
    void theClockMayWrap() {
        assertEquals(sendTimes(0), new TransactionsTest().sendTimes(Long.MAX_VALUE - 1_000 * MS));
    }

    @Test
    void afterAStallItSendsOnceAndNotInABurst() {
        step(new Asked(plain(Schedule.RFC_8489)), 0);
        step(new TimePassed(), 20_000 * MS);
        assertEquals(2, effects.size());
        assertEquals(OptionalLong.of(21_000 * MS), state.dueAt());
    }

    @Test
    void anAnswerEndsTheQuestion() {
        step(new Asked(plain(Schedule.PROBE)), 0);
        step(new TimePassed(), 200 * MS);
        var message = success(ID, new XorMappedAddress(SEEN));
        step(new Received(SOCKET, SERVER, message), 230 * MS);
        assertEquals(List.of(new Answered(SEEN, SERVER, message, 230 * MS, 2)), outcomes());
        assertEquals(OptionalLong.empty(), state.dueAt());
        assertEquals(Map.of(), state.dropped());
    }

    @Test
    void whatIsNoAnswerIsDroppedAndCountedAndChangesNothing() {
        step(new Asked(plain(Schedule.PROBE)), 0);
        var good = success(ID, new XorMappedAddress(SEEN));
        step(new Received(SOCKET, SERVER, success(new TransactionId(1, 3), new XorMappedAddress(SEEN))), 1);
        step(new Received(SOCKET, new Endpoint(SERVER.address(), 3479), good), 2);
        step(new Received(SOCKET, new Endpoint(OTHER.address(), 3478), good), 3);
        step(new Received(SOCKET + 1, SERVER, good), 4);
        step(new Received(SOCKET, SERVER, StunMessage.request(ID)), 5);
        step(new Received(SOCKET, SERVER, new StunMessage(MessageClass.INDICATION, 1, ID, List.of(), false)), 6);
        step(new Received(SOCKET, SERVER, new StunMessage(MessageClass.SUCCESS, 3, ID, List.of(), false)), 7);
        step(new Garbled(), 8);
        assertEquals(
                Map.of(
                        Dropped.UNKNOWN_ID, 1L,
                        Dropped.WRONG_SOURCE, 2L,
                        Dropped.WRONG_PORT, 1L,
                        Dropped.NO_ANSWER, 3L,
                        Dropped.MALFORMED, 1L),
                state.dropped());
        assertEquals(List.of(), outcomes());
        step(new Received(SOCKET, SERVER, good), 9);
        assertEquals(List.of(new Answered(SEEN, SERVER, good, 9, 1)), outcomes());
    }

    @Test
    void aDuplicateAndALateAnswerAreTold() {
        var good = success(ID, new XorMappedAddress(SEEN));
        step(new Asked(plain(Schedule.ONCE)), 0);
        step(new Received(SOCKET, SERVER, good), 1);
        step(new Received(SOCKET, SERVER, good), 2);
        var second = new TransactionId(9, 9);
        step(new Asked(Ask.plain(second, SOCKET, SERVER, Schedule.ONCE)), 3);
        step(new TimePassed(), 1_000 * MS);
        step(new Received(SOCKET, SERVER, success(second, new XorMappedAddress(SEEN))), 1_001 * MS);
        assertEquals(Map.of(Dropped.LATE, 2L), state.dropped());
        assertEquals(2, outcomes().size());
        assertEquals(new Silent(1), outcomes().get(1));
    }

    @Test
    void aServerThatKnowsOnlyTheOldAddressIsUnderstood() {
        step(new Asked(plain(Schedule.ONCE)), 0);
        step(new Received(SOCKET, SERVER, success(ID, new MappedAddress(SEEN))), 1);
        assertEquals(SEEN, ((Answered) outcomes().getFirst()).mapped());
    }

    @Test
    void anAnswerThatMustNotBeUsedEndsTheQuestion() {
        var required = new AttributeType(0x7123);
        step(new Asked(plain(Schedule.ONCE)), 0);
        step(
                new Received(
                        SOCKET,
                        SERVER,
                        success(ID, new XorMappedAddress(SEEN), new Opaque(required, Octets.of(new byte[0])))),
                1);
        assertEquals(List.of(new Unusable(List.of(required))), outcomes());
    }

    @Test
    void anAnswerWithoutAnAddressAndARefusalWithoutAReasonAreUnusable() {
        step(new Asked(plain(Schedule.ONCE)), 0);
        step(new Received(SOCKET, SERVER, success(ID)), 1);
        step(new Asked(plain(Schedule.ONCE)), 2);
        step(new Received(SOCKET, SERVER, error()), 3);
        assertEquals(List.of(new Unusable(List.of()), new Unusable(List.of())), outcomes());
    }

    @Test
    void aRefusalSaysWhatWasNotUnderstood() {
        var change = Ask.changed(ID, SOCKET, SERVER, new ChangeRequest(true, true), OTHER, Schedule.ONCE);
        step(new Asked(change), 0);
        var unknown = List.of(AttributeType.CHANGE_REQUEST);
        step(new Received(SOCKET, SERVER, error(new ErrorCode(420, "no"), new UnknownAttributes(unknown))), 1);
        assertEquals(List.of(new Refused(420, "no", unknown)), outcomes());
    }

    @Test
    void aChangedAnswerCountsFromTheOtherAddressAlone() {
        var change = Ask.changed(ID, SOCKET, SERVER, new ChangeRequest(true, true), OTHER, Schedule.ONCE);
        var good = success(ID, new XorMappedAddress(SEEN));
        step(new Asked(change), 0);
        step(new Received(SOCKET, new Endpoint(OTHER.address(), 3478), good), 1);
        step(new Received(SOCKET, OTHER, good), 2);
        assertEquals(List.of(new Answered(SEEN, OTHER, good, 2, 1)), outcomes());
        step(new Asked(change), 3);
        step(new Received(SOCKET, SERVER, good), 4);
        assertEquals(new Unmoved(SERVER), outcomes().get(1));
    }

    @Test
    void ourOwnRequestComesBackWhereItIsWaitedFor() {
        step(new Asked(Ask.hairpin(ID, SOCKET, SEEN, Schedule.ONCE)), 0);
        step(new Received(SOCKET + 1, SEEN, StunMessage.request(ID)), 1);
        step(new Received(SOCKET, SEEN, StunMessage.request(ID)), 2);
        assertEquals(List.of(new Looped(SEEN)), outcomes());
        assertEquals(Map.of(Dropped.NO_ANSWER, 1L), state.dropped());
    }

    @Test
    void anAnswerElsewhereCountsThereAlone() {
        var good = success(ID, new XorMappedAddress(SEEN));
        step(new Asked(Ask.elsewhere(ID, SOCKET, SERVER, 40_000, SOCKET + 1, Schedule.ONCE)), 0);
        step(new Received(SOCKET, SERVER, good), 1);
        step(new Received(SOCKET + 1, SERVER, good), 2);
        assertEquals(1, outcomes().size());
        assertEquals(Map.of(Dropped.WRONG_PORT, 1L), state.dropped());
    }

    @Test
    void whatTheKernelRefusesAndWhatNobodyWantsIsOver() {
        step(new Asked(plain(Schedule.PROBE)), 0);
        step(new NotSent(ID, Errno.ENETUNREACH), 1);
        assertEquals(List.of(new Unsent(Errno.ENETUNREACH)), outcomes());
        step(new NotSent(ID, Errno.ENETUNREACH), 2);
        step(new Asked(plain(Schedule.PROBE)), 3);
        step(new Forgotten(ID), 4);
        assertEquals(1, outcomes().size());
        assertEquals(OptionalLong.empty(), state.dueAt());
    }

    @Test
    void aPacketThatTheKernelAteIsSentAgain() {
        step(new Asked(plain(Schedule.PROBE)), 0);
        step(new NotSent(ID, Errno.EPERM), 1);
        assertEquals(List.of(), outcomes());
        step(new TimePassed(), 200 * MS);
        assertEquals(2, effects.size());
    }

    @Test
    void anIdIsUsedOnceAtATime() {
        step(new Asked(plain(Schedule.PROBE)), 0);
        assertThrows(IllegalArgumentException.class, () -> step(new Asked(plain(Schedule.PROBE)), 1));
    }

    /** Whatever comes in whatever order: every question ends once, and nothing is kept without bound. */
    @Test
    void everyQuestionEndsExactlyOnce() {
        long seed = Long.getLong("seed", new java.security.SecureRandom().nextLong());
        System.out.println("seed " + seed);
        var random = new Random(seed);
        int asked = 0;
        int given = 0;
        long now = random.nextLong();
        for (int i = 0; i < 20_000; i++) {
            now += random.nextInt(300) * MS;
            // Few ids, so that answers often hit a question, open or closed.
            var id = new TransactionId(0, random.nextInt(100));
            Endpoint from = random.nextBoolean() ? SERVER : OTHER;
            boolean open = state.open().stream().anyMatch(one -> one.ask().id().equals(id));
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (!open) {
                        step(new Asked(Ask.plain(id, SOCKET, SERVER, Schedule.PROBE)), now);
                        asked++;
                    }
                }
                case 1, 2 -> step(new Received(SOCKET, from, success(id, new XorMappedAddress(SEEN))), now);
                case 3 -> step(new Received(SOCKET, from, StunMessage.request(id)), now);
                case 4 -> {
                    step(new Forgotten(id), now);
                    given += open ? 1 : 0;
                }
                default -> step(new TimePassed(), now);
            }
            assertTrue(state.closed().size() <= Transactions.REMEMBERED);
        }
        assertEquals(asked, outcomes().size() + given + state.open().size(), () -> "seed " + seed);
    }
}
