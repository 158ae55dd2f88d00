package dev.reroam.linux.packet;

import dev.reroam.linux.libc.DescriptorLoop;
import dev.reroam.linux.libc.Libc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A loop that a test turns itself, with poll(2). */
final class TurnedLoop implements DescriptorLoop {

    private static final int BOUND_MILLIS = 10_000;

    private final Map<Integer, Runnable> waiting = new LinkedHashMap<>();

    @Override
    public Registration register(int fd, Runnable onReadable) {
        waiting.put(fd, onReadable);
        return () -> waiting.remove(fd);
    }

    /** Descriptors that are waited for. */
    int size() {
        return waiting.size();
    }

    /** Calls back what is readable within this time; how many that was. */
    int turn(int timeoutMillis) {
        var fds = List.copyOf(waiting.keySet());
        var set = ByteBuffer.allocateDirect(8 * fds.size()).order(ByteOrder.nativeOrder());
        fds.forEach(fd -> set.putInt(fd).putShort((short) Libc.POLLIN).putShort((short) 0));
        int ready = Libc.poll(set.flip(), timeoutMillis);
        for (int i = 0; i < fds.size(); i++) {
            var callback = waiting.get(fds.get(i));
            if (set.getShort(8 * i + 6) != 0 && callback != null) {
                callback.run();
            }
        }
        return ready;
    }

    /** Turns until something holds; false when it did not within ten seconds of silence. */
    boolean until(BooleanSupplier holds) {
        while (!holds.getAsBoolean()) {
            if (turn(BOUND_MILLIS) <= 0) {
                return false;
            }
        }
        return true;
    }
}
