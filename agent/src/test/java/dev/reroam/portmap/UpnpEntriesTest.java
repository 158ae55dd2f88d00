package dev.reroam.portmap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Wanted;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries of a UPnP device, ours and those of others: permanent ones, ones that were left; and its events. */
class UpnpEntriesTest {

    private static final int PORT = 51820;
    private static final Wanted WANTED = Wanted.udp(PORT);

    private final SimulatedUplink uplink = new SimulatedUplink(20261121);
    private final SimulatedGateway gateway = uplink.gateway;

    @Test
    void permanentMappingWaitsForTheLedgerAndIsTakenBackAtTheEnd() {
        gateway.speaksOnly(Protocol.UPNP);
        gateway.onlyPermanent = true;
        uplink.notesPermanent = false;
        uplink.want(PORT).pass(10, TimeUnit.MINUTES);
        assertEquals(1, uplink.count(News.PermanentAhead.class));
        assertEquals(0, gateway.permanentMade);
        uplink.step(new MapperEvent.PermanentNoted(WANTED));
        uplink.pass(1, TimeUnit.SECONDS);
        assertEquals(1, gateway.ours(uplink.now));
        assertEquals(0, uplink.only().leaseSeconds());
        uplink.pass(10, TimeUnit.HOURS);
        assertEquals(Set.of(), uplink.stop());
        assertEquals(0, gateway.ours(uplink.now));
        assertEquals(1, uplink.count(News.PermanentGone.class));
    }

    @Test
    void whatAnAgentBeforeLeftIsFoundUnderWhateverPortItGotAndTakenBack() {
        gateway.speaksOnly(Protocol.UPNP);
        gateway.table.put(40000, SimulatedGateway.Entry.permanent(40000, "192.0.2.99", PORT, "Reroam"));
        gateway.table.put(50000, SimulatedGateway.Entry.permanent(50000, SimulatedGateway.LOCAL, PORT, "Reroam"));
        uplink.step(new MapperEvent.Left(WANTED, PORT));
        uplink.pass(5, TimeUnit.SECONDS);
        assertEquals(Set.of(40000), gateway.table.keySet());
        assertEquals(1, uplink.count(News.PermanentGone.class));
    }

    @Test
    void whatAnAgentBeforeLeftAndIsWantedEndsAsOneMapping() {
        gateway.speaksOnly(Protocol.UPNP);
        gateway.onlyPermanent = true;
        gateway.table.put(PORT, SimulatedGateway.Entry.permanent(PORT, SimulatedGateway.LOCAL, PORT, "Reroam"));
        uplink.step(new MapperEvent.Left(WANTED, PORT));
        uplink.want(PORT).pass(15, TimeUnit.SECONDS);
        assertEquals(1, gateway.ours(uplink.now));
        assertEquals(0, uplink.only().leaseSeconds());
        assertEquals(Set.of(), uplink.stop());
        assertEquals(Set.of(), gateway.table.keySet());
    }

    /** Some keep no description, some write their own: that is no reason to refuse what they have just made for us. */
    @ParameterizedTest
    @ValueSource(strings = {"", "UPnP IGD", "Reroam (192.0.2.2)"})
    void entryIsOursWhateverTheDeviceCallsIt(String description) {
        gateway.speaksOnly(Protocol.UPNP);
        gateway.describes = Optional.of(description);
        uplink.want(PORT).pass(5, TimeUnit.HOURS);
        assertEquals(Protocol.UPNP, uplink.only().source());
        assertEquals(0, uplink.count(News.Refused.class));
        assertEquals(1, gateway.mostOurs);
        assertEquals(Set.of(), uplink.stop());
        assertEquals(Set.of(), gateway.table.keySet());
    }

    /** A mapping of ours ran out, and somebody else on this host has the port since. */
    @Test
    void entryOfAnotherProgramStaysWhereOursWas() {
        gateway.speaksOnly(Protocol.UPNP);
        gateway.describes = Optional.of("UPnP IGD");
        uplink.want(PORT).pass(1, TimeUnit.MINUTES);
        gateway.table.put(PORT, SimulatedGateway.Entry.permanent(PORT, SimulatedGateway.LOCAL, PORT, "a game"));
        assertEquals(Set.of(), uplink.stop());
        assertEquals(Set.of(PORT), gateway.table.keySet());
    }

    @Test
    void entryOfAnotherProgramIsNotTakenForWhatAnAgentBeforeLeft() {
        gateway.speaksOnly(Protocol.UPNP);
        gateway.table.put(PORT, SimulatedGateway.Entry.permanent(PORT, SimulatedGateway.LOCAL, PORT, "a game"));
        uplink.step(new MapperEvent.Left(WANTED, PORT));
        uplink.pass(5, TimeUnit.SECONDS);
        assertEquals(Set.of(PORT), gateway.table.keySet());
    }

    @Test
    void stopGivesUpTheSubscription() {
        gateway.speaksOnly(Protocol.UPNP);
        uplink.want(PORT).pass(10, TimeUnit.SECONDS);
        assertEquals(1, gateway.subscriptions);
        assertEquals(Set.of(), uplink.stop());
        assertEquals(0, gateway.subscriptions);
    }

    /** Another protocol maps, and does not tell its outer address by itself. */
    @Test
    void eventsAreSubscribedToWhoeverMaps() {
        uplink.want(PORT).pass(10, TimeUnit.SECONDS);
        assertEquals(Protocol.PCP, uplink.only().source());
        assertEquals(1, gateway.subscriptions);
        gateway.reboot(uplink.now);
        gateway.subscriptions = 0;
        uplink.announce();
        uplink.pass(10, TimeUnit.SECONDS);
        assertEquals(1, gateway.subscriptions, "after a restart too");
        assertEquals(Set.of(), uplink.stop());
        assertEquals(0, gateway.subscriptions);
    }

    /** It asks for the mapping's entry just now; the device has started anew since it was found. */
    @Test
    void restartThatIsAnnouncedInTheMiddleOfAMappingIsRemembered() {
        gateway.speaksOnly(Protocol.UPNP);
        uplink.want(PORT).pass(1, TimeUnit.HOURS);
        gateway.delayNanos = TimeUnit.MILLISECONDS.toNanos(100);
        uplink.step(new MapperEvent.CheckAll("a test"));
        uplink.pass(250, TimeUnit.MILLISECONDS);
        gateway.reboot(uplink.now);
        uplink.announce();
        assertEquals(0, uplink.count(News.Forgot.class));
        uplink.pass(5, TimeUnit.SECONDS);
        assertEquals(1, uplink.count(News.Forgot.class));
        assertEquals(1, gateway.ours(uplink.now));
    }

    @Test
    void eventOfAnotherAddressMapsAnewAndTellsIt() {
        gateway.speaksOnly(Protocol.UPNP);
        uplink.want(PORT).pass(10, TimeUnit.SECONDS);
        gateway.external = "198.51.100.50";
        var body = Octets.of(("<e:propertyset xmlns:e=\"urn:schemas-upnp-org:event-1-0\"><e:property>"
                        + "<ExternalIPAddress>198.51.100.50</ExternalIPAddress></e:property></e:propertyset>")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        uplink.step(new MapperEvent.Came(Protocol.UPNP, new Stimulus.Notified("uuid:s1", body)));
        uplink.pass(150, TimeUnit.MILLISECONDS);
        assertEquals(1, uplink.count(News.ExternalAddressChanged.class));
        assertEquals("198.51.100.50", uplink.only().external().address().toString());
    }
}
