package dev.reroam.tests.lab;

import java.util.ArrayList;
import java.util.List;

/** A key pair in base64, made by {@code wg genkey}. The lab's keys protect nothing and may be printed. */
record WireGuardKeys(String privateKey, String publicKey) {

    /** {@code count} fresh pairs. */
    static List<WireGuardKeys> generate(int count) {
        var script = "for i in $(seq " + count + "); do k=$(wg genkey); echo $k; echo $k | wg pubkey; done";
        var keys = Command.script(script).run().lines().iterator();
        var pairs = new ArrayList<WireGuardKeys>();
        for (int i = 0; i < count; i++) {
            pairs.add(new WireGuardKeys(keys.next(), keys.next()));
        }
        return pairs;
    }
}
