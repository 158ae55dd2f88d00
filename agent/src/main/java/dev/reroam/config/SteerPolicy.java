package dev.reroam.config;

import java.util.Locale;

/** Whether a tunnel may leave by another uplink than the routing tables say. */
public enum SteerPolicy {
    /** Where nobody else decides by policy routing. */
    AUTO,
    /** Also beside others that decide. */
    ALWAYS,
    /** Not at all. */
    NEVER;

    /** The word in the configuration file and in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
