package dev.reroam.tests.lab;

import java.util.List;

/** A remedy whose log outlives its experiment, however that ends. For one experiment, used by its thread. */
final class LogKeeper implements Remedy {

    private final Remedy remedy;
    private String log = "";

    LogKeeper(Remedy remedy) {
        this.remedy = remedy;
    }

    /** What the remedy had printed when it was told to end. */
    String log() {
        return log;
    }

    @Override
    public Running start(Topology net) {
        var running = remedy.start(net);
        return new Running() {
            @Override
            public List<TimelineEntry> timeline(Moments moments) {
                return running.timeline(moments);
            }

            @Override
            public void close() {
                log = running.log();
                running.close();
            }
        };
    }
}
