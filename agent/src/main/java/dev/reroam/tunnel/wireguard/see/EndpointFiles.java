package dev.reroam.tunnel.wireguard.see;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads the files of this box that give peers' endpoints by name. Blocks; confined to the slow lane. Read anew each time: it is
 * seldom, and somebody may have just corrected one. The private keys in them never become text ({@link PlainLines}).
 */
public final class EndpointFiles {

    // Ours: no such file is a tenth of this.
    private static final int LARGEST = 1 << 20;
    private static final int MOST_FILES = 500;

    private static final String CONF = ".conf";
    private static final String UCI = "etc/config/network";
    private static final List<Place> PLACES = List.of(
            // wg-quick(8), and amneziawg-tools' twin of it
            new Place("etc/wireguard", "*.conf"),
            new Place("etc/amnezia/amneziawg", "*.conf"),
            // systemd.netdev(5)
            new Place("etc/systemd/network", "*.netdev"),
            new Place("run/systemd/network", "*.netdev"),
            // nm-settings-keyfile(5)
            new Place("etc/NetworkManager/system-connections", "*"),
            new Place("run/NetworkManager/system-connections", "*"));

    private record Place(String folder, String names) {}

    private final Path root;

    /** @param root of the file system; another one in tests */
    public EndpointFiles(Path root) {
        this.root = root;
    }

    /** What they say now. */
    public NamedEndpoints read() {
        var text = new EndpointText();
        var files = new ArrayList<Path>();
        PLACES.forEach(place -> files.addAll(list(place, text)));
        var uci = root.resolve(UCI);
        if (Files.exists(uci)) {
            files.add(uci);
        }
        long largest =
                files.stream().mapToLong(file -> file.toFile().length()).max().orElse(0);
        var memory = new WipedMemory((int) Math.min(largest, LARGEST));
        for (var file : files) {
            String shown = "/" + root.relativize(file);
            Consumer<ByteBuffer> reader = file.equals(uci)
                    ? content -> text.readUci(shown, content)
                    : content -> text.readSections(shown, device(file), content);
            try {
                if (!memory.read(file, reader)) {
                    text.problem(shown + ":0: is too large");
                }
            } catch (IOException e) {
                text.problem(shown + ":0: cannot be read");
            }
        }
        return text.gathered();
    }

    /** wg-quick(8): the interface is called as the file. The others' names say nothing. */
    private static String device(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(CONF) ? name.substring(0, name.length() - CONF.length()) : "";
    }

    private List<Path> list(Place place, EndpointText text) {
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(place.folder), place.names)) {
            for (var entry : entries) {
                if (Files.isRegularFile(entry) && found.size() < MOST_FILES) {
                    found.add(entry);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Why it is safe: a folder that is not there names nothing.
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            text.problem("/" + place.folder + ":0: cannot be read");
        }
        found.sort(null);
        return found;
    }
}
