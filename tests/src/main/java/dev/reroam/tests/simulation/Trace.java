package dev.reroam.tests.simulation;

import dev.reroam.record.RecordJson;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What happened, a line each: what was done to the world, what the brain was told, what it wanted. Equal runs give equal bytes,
 * on any Java: sets are written in their own order. Confined to its run's thread.
 */
final class Trace {

    private static final RecordJson<Observation> OBSERVATIONS = RecordJson.of(Observation.class);
    private static final RecordJson<Action> ACTIONS = RecordJson.of(Action.class);

    private final VirtualTime time;
    private final long start;
    private final boolean on;
    private final StringBuilder text = new StringBuilder();
    private final MessageDigest digest;

    /** @param on else nothing is written down, as in runs that last a year */
    Trace(VirtualTime time, boolean on) {
        this.time = time;
        this.start = time.now();
        this.on = on;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    void world(String what) {
        line("world ", what);
    }

    void observed(Observation observation) {
        if (on) {
            line("see   ", OBSERVATIONS.text(observation));
        }
    }

    void wanted(Action action) {
        if (on) {
            line("want  ", ACTIONS.text(action));
        }
    }

    private void line(String kind, String what) {
        if (!on) {
            return;
        }
        int from = text.length();
        text.append(time.now() - start).append(' ').append(kind).append(what).append('\n');
        digest.update(text.substring(from).getBytes(StandardCharsets.UTF_8));
    }

    String text() {
        return text.toString();
    }

    /** The last call. */
    String hash() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
