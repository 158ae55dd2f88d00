package dev.reroam.portmap;

/** Whether the gateway speaks a protocol, as far as we know. */
public sealed interface Presence {

    /** Never asked, or long ago. */
    record Unknown() implements Presence {}

    /**
     * Asked at this moment.
     *
     * @param wasSilent when it was asked before: it is not waited for
     */
    record Probing(long since, boolean wasSilent) implements Presence {}

    /** It does. */
    record There() implements Presence {}

    /**
     * It does not.
     *
     * @param answered it said so itself; else it was silent
     */
    record Absent(boolean answered, String why) implements Presence {}
}
