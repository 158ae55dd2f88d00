package dev.reroam.netcheck;

import java.time.Duration;
import java.util.List;

/**
 * What was found out over each uplink. Immutable.
 *
 * @param took until the last answer, or until waiting for it was given up; without the measuring of binding lifetimes
 */
public record Report(List<UplinkReport> uplinks, Duration took) {

    public Report {
        uplinks = List.copyOf(uplinks);
    }
}
