package dev.reroam.tests.lab;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What is started on the router before the fault, to heal it: nothing, the agent, or somebody's script. */
@FunctionalInterface
public interface Remedy {

    /** Nobody helps. */
    Remedy NONE = net -> new Running() {
        @Override
        public List<TimelineEntry> timeline(Moments moments) {
            return List.of();
        }

        @Override
        public void close() {}
    };

    /** Starts it on the network's router, and returns when it is ready. */
    Running start(Topology net);

    /** A remedy at work. */
    interface Running extends AutoCloseable {

        /** What it did, with times counted from the fault's {@link Moments#shownAt()}. */
        List<TimelineEntry> timeline(Moments moments);

        /** How each tunnel stands in its eyes, by the peer's public key; empty for what has no eyes. */
        default Map<String, String> states() {
            return Map.of();
        }

        /** The last of what it printed until now; nothing where it is not kept. */
        default String log() {
            return "";
        }

        @Override
        void close();
    }

    /** One thing that a remedy did, {@code at} after the fault was shown. */
    record TimelineEntry(Duration at, String what) {}
}
