package dev.reroam.names;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolvConfTest {

    @Test
    void readsTheServersAndNothingElse() {
        assertEquals(
                List.of(IpAddress.parse("192.0.2.1"), IpAddress.parse("fe80::1"), IpAddress.parse("127.0.0.53")),
                ResolvConf.servers("""
                        # Generated
                        search example.org
                        nameserver 192.0.2.1
                        nameserver fe80::1%eth0
                        nameserver router.lan
                          nameserver\t127.0.0.53 trailing
                        nameserver 192.0.2.4
                        options edns0
                        """));
        assertEquals(List.of(), ResolvConf.servers(""));
    }
}
