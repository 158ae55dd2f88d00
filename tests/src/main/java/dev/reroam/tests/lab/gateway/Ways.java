package dev.reroam.tests.lab.gateway;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** How a gateway behaves. Changed only by {@link FakeGateway#change}: on the gateway's own thread. */
public final class Ways {

    /** What it speaks; the rest it does not hear. */
    public final Set<Speech> speaks = EnumSet.allOf(Speech.class);

    /** The outer address that it tells, whatever the truth. */
    public String external = "11.22.33.1";

    /** The lease that it grants, seconds; 0 is what was asked for. */
    public long leaseSeconds;

    /** How long it thinks before each answer. */
    public Duration thinks = Duration.ZERO;

    /** Whether its PCP and NAT-PMP answer from some port of their own. */
    public boolean fromAnotherPort;

    /** From which address of its namespace its PCP and NAT-PMP answer; empty for the one that was asked. */
    public Optional<String> fromAnotherAddress = Optional.empty();

    /** Whether each answer of PCP and NAT-PMP comes once more, when the next question may be out. */
    public boolean repeatsLate;

    /** Whether PCP answers with another nonce than it was asked with. */
    public boolean wrongNonce;

    /** Whether searches are answered from some port, as UDA allows, instead of 1900. */
    public boolean foundFromAnotherPort;

    /** Another service that the description names before the one that maps. */
    public Optional<OtherService> otherServiceFirst = Optional.empty();

    /** The error that every new UPnP mapping gets. */
    public OptionalInt upnpError = OptionalInt.empty();

    /** Whether it answers a version that it does not speak with silence, instead of saying so. */
    public boolean ignoresOtherVersions;

    /** Whether UPnP takes mappings only that nothing ends (error 725). */
    public boolean permanentOnly;

    /** What it writes as the description of every UPnP mapping, maybe nothing; empty to keep what was asked for. */
    public Optional<String> describes = Optional.empty();

    /** The version of its UPnP device: 1 or 2. */
    public int igd = 2;

    /** What is wrong with the first of its UPnP devices; without a trick there is only the good one. */
    public Trick trick = Trick.NONE;

    Ways() {}

    /**
     * A service that can map nothing.
     *
     * @param status that it says it has
     * @param external address that it says it has
     */
    public record OtherService(String status, String external) {}
}
