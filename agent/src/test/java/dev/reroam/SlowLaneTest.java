package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SlowLaneTest {

    @Test
    void runsTasksInOrderAndFinishesThemBeforeItCloses() {
        var seen = new ArrayList<Integer>();
        try (var lane = new SlowLane(1000, bug -> {})) {
            for (int i = 0; i < 1000; i++) {
                int number = i;
                lane.execute(() -> seen.add(number));
            }
        }
        assertEquals(java.util.stream.IntStream.range(0, 1000).boxed().toList(), seen);
    }

    @Test
    void refusesOneTaskTooManyAndSaysSo() throws InterruptedException {
        var running = new CountDownLatch(1);
        var hold = new CountDownLatch(1);
        try (var lane = new SlowLane(2, bug -> {})) {
            lane.execute(() -> {
                running.countDown();
                await(hold);
            });
            running.await();
            lane.execute(() -> {});
            lane.execute(() -> {});
            var refusal = assertThrows(RejectedExecutionException.class, () -> lane.execute(() -> {}));
            assertEquals("the slow lane is full: 2 tasks wait", refusal.getMessage());
            hold.countDown();
        }
    }

    @Test
    void reportsABugAndGoesOn() {
        var bug = new AtomicReference<Throwable>();
        var seen = new ArrayList<String>();
        try (var lane = new SlowLane(8, bug::set)) {
            lane.execute(() -> {
                throw new IllegalStateException("a bug");
            });
            lane.execute(() -> seen.add("next"));
        }
        assertEquals("a bug", bug.get().getMessage());
        assertEquals(List.of("next"), seen);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
