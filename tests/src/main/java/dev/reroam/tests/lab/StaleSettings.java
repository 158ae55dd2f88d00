package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Both sides agreed on a preshared key; it stands in the file of the router's owner, wg-quick, and its device still lacks it. */
public final class StaleSettings {

    private final Topology net;
    private final String key;

    /** The file, where programs look for it that are started in the router's namespace from now on. */
    public StaleSettings(Topology net) {
        this.net = net;
        this.key = net.far().run("wg", "genpsk").strip();
        var tunnel = net.tunnel();
        // The daemon that wg-quick starts is nobody's child.
        net.belongings().everyProcessIn(net.near());
        // ip netns exec shows its programs the files of this folder in place of those in /etc.
        var folder = Path.of("/etc/netns", net.near().name());
        net.belongings().folder(folder);
        try {
            Files.createDirectories(folder.resolve("wireguard"));
            Files.writeString(
                    folder.resolve("wireguard").resolve(tunnel.device() + ".conf"),
                    tunnel.quickConfiguration().replace("SaveConfig=true\n", "") + "PresharedKey=" + key + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The far side has the key from now on. */
    public void agree() {
        var tunnel = net.tunnel();
        var peer = net.near().run("wg", "show", tunnel.device(), "public-key").strip();
        net.far().script(fill("""
                wg set %1$s peer %2$s remove
                echo %3$s | wg set %1$s peer %2$s preshared-key /dev/stdin allowed-ips %4$s/32,%5$s/128
                """, tunnel.farDevice(), peer, key, tunnel.routerInner(), tunnel.routerInnerV6()));
    }
}
