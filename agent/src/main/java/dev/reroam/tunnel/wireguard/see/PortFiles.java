package dev.reroam.tunnel.wireguard.see;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of this box that may name WireGuard's ports and endpoints. Blocks; confined to the slow lane. Files that did
 * not change since (size and time) are not read again.
 *
 * <p>Those files hold private keys. They are read into memory outside the heap, only lines without a secret become text
 * ({@link PortText}), and the memory is cleared.
 */
final class PortFiles {

    // Ours: no such file is a tenth of this.
    private static final int LARGEST = 1 << 20;
    private static final int MOST_FILES = 2000;

    private static final List<Place> PLACES = List.of(
            // wg-quick(8), and amneziawg-tools' twin of it
            new Place("etc/wireguard", "*.conf"),
            new Place("etc/amnezia/amneziawg", "*.conf"),
            // OpenWrt
            new Place("etc/config", "network"),
            new Place("etc/config", "firewall"),
            new Place("etc/config", "mwan3"),
            // systemd.netdev(5)
            new Place("etc/systemd/network", "*.netdev"),
            new Place("run/systemd/network", "*.netdev"),
            new Place("usr/lib/systemd/network", "*.netdev"),
            // nm-settings-keyfile(5)
            new Place("etc/NetworkManager/system-connections", "*"),
            new Place("run/NetworkManager/system-connections", "*"),
            // firewalls
            new Place("etc", "nftables.conf"),
            new Place("etc/nftables.d", "*.nft"),
            new Place("etc/iptables", "rules.v[46]"),
            new Place("etc/ufw", "user*.rules"),
            new Place("etc/network", "interfaces"),
            new Place("etc/network/interfaces.d", "*"));
    private static final String EPHEMERAL = "proc/sys/net/ipv4/ip_local_port_range";

    private static final int LONGEST_RANGE = 64;

    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,5})\\s+(\\d{1,5})");

    private record Place(String folder, String names) {}

    private record Stamp(Path file, long size, FileTime changed) {}

    private final Path root;
    private List<Stamp> stamps = List.of();
    private List<String> unlisted = List.of();
    // Null before the first reading.
    private @Nullable PortEvidence evidence;

    /** @param root of the file system; another one in tests */
    PortFiles(Path root) {
        this.root = root;
    }

    /** What the files say now; the same object as before when nothing changed. */
    PortEvidence read() {
        var unreadable = new ArrayList<String>();
        var found = new ArrayList<Stamp>();
        for (var place : PLACES) {
            list(place, found, unreadable);
        }
        var known = evidence;
        var ephemeral = ephemeral();
        if (known != null
                && found.equals(stamps)
                && unreadable.equals(unlisted)
                && known.ephemeral().equals(ephemeral)) {
            return known;
        }
        stamps = found;
        unlisted = List.copyOf(unreadable);
        var read = readAll(found, ephemeral, unreadable);
        evidence = read;
        return read;
    }

    private PortEvidence readAll(List<Stamp> files, PortRange ephemeral, List<String> unreadable) {
        long largest = files.stream().mapToLong(Stamp::size).max().orElse(0);
        var memory = new WipedMemory((int) Math.min(largest, LARGEST));
        var text = new PortText();
        for (var file : files) {
            read(file.file, memory, text, unreadable);
        }
        return text.evidence(ephemeral, unreadable);
    }

    private void list(Place place, List<Stamp> found, List<String> unreadable) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(place.folder), place.names)) {
            var stamps = new ArrayList<Stamp>();
            for (var entry : entries) {
                var attributes = Files.readAttributes(entry, BasicFileAttributes.class);
                if (attributes.isRegularFile() && found.size() + stamps.size() == MOST_FILES) {
                    unreadable.add("more than " + MOST_FILES + " files");
                    break;
                }
                if (attributes.isRegularFile()) {
                    stamps.add(new Stamp(entry, attributes.size(), attributes.lastModifiedTime()));
                }
            }
            stamps.sort(Comparator.comparing(Stamp::file));
            found.addAll(stamps);
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Why it is safe: a folder that is not there names nothing, and a file that went away meanwhile neither.
            return;
        } catch (IOException | DirectoryIteratorException e) {
            unreadable.add("/" + place.folder);
        }
    }

    private void read(Path file, WipedMemory memory, PortText text, List<String> unreadable) {
        String name = "/" + root.relativize(file);
        try {
            if (!memory.read(file, content -> text.read(name, content))) {
                unreadable.add(name);
            }
        } catch (IOException e) {
            unreadable.add(name);
        }
    }

    /** The range of ports that the kernel gives away by itself; empty when it cannot be read. */
    private PortRange ephemeral() {
        // In one read: the kernel tells such a file from its beginning only, and Files.readString asks for one byte
        // first.
        try (var file = Files.newInputStream(root.resolve(EPHEMERAL))) {
            var ends = NUMBERS.matcher(new String(file.readNBytes(LONGEST_RANGE), StandardCharsets.US_ASCII));
            return ends.find()
                    ? new PortRange(Integer.parseInt(ends.group(1)), Integer.parseInt(ends.group(2)))
                    : PortRange.NONE;
        } catch (IOException e) {
            // Why it is safe: without the range no port is ephemeral, and every port is fixed.
            return PortRange.NONE;
        }
    }
}
