package dev.reroam.tests.integration;

/**
 * What may run beside what (see {@code junit-platform.properties}): classes of one lane run one after the other. Classes
 * without one tell a tunnel that heals in time from one that does not, and are a lane of their own. Resource names for JUnit's locks.
 */
public final class Lanes {

    /** The emulated machine: it takes a processor, and its clock is its own. */
    public static final String GUEST = "guest";

    /** Emulated machines that compute for many minutes: they take what the others leave of the processors. */
    public static final String LONG_GUEST = "long-guest";

    /** What mostly waits, or does not care how long something takes. */
    public static final String PATIENT = "patient";

    /** As patient, but a minute or more each, so that what is short need not wait for them. */
    public static final String LONG = "long";

    /** NATs, and the reference clients that look at them: these wait for seconds at each silence. */
    public static final String NATS = "nats";

    private Lanes() {}
}
