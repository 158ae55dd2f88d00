package dev.reroam.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.DescriptorLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On the loopback interface, whose answers are there when the request is sent. */
class EchoProberTest {

    private static final int LOOPBACK = 1;
    private static final int FLOOD = 100;

    private final List<Runnable> readers = new ArrayList<>();
    private final List<Long> answers = new ArrayList<>();
    private final DescriptorLoop loop = (fd, onReadable) -> {
        readers.add(onReadable);
        return () -> {};
    };
    private final EchoProber prober =
            new EchoProber(loop, Clock.system(), new Random(1), (echo, roundTrip) -> answers.add(echo));
    private final EchoProber other =
            new EchoProber(loop, Clock.system(), new Random(2), (echo, roundTrip) -> answers.add(-echo));

    @AfterEach
    void close() {
        prober.close();
        other.close();
    }

    @Test
    void tellsOnlyTheAnswersToWhatItAsked() throws Exception {
        ask(prober, 7, "127.0.0.1");
        ask(prober, 8, "::1");
        ask(other, 9, "127.0.0.1");
        readers.subList(0, 2).forEach(Runnable::run);
        assertEquals(List.of(7L, 8L), answers);
    }

    @Test
    void readsAFloodOfRepliesInTurns() throws Exception {
        ask(prober, 1, "127.0.0.1");
        for (int i = 0; i < FLOOD; i++) {
            ask(other, i, "127.0.0.1");
        }
        ask(prober, 2, "127.0.0.1");
        readers.getFirst().run();
        assertEquals(List.of(1L), answers);
        for (int turn = 0; turn < FLOOD && answers.size() < 2; turn++) {
            readers.getFirst().run();
        }
        assertEquals(List.of(1L, 2L), answers);
    }

    private static void ask(EchoProber prober, long echo, String target) throws Exception {
        prober.send(echo, LOOPBACK, "lo", IpAddress.parse(target));
    }
}
